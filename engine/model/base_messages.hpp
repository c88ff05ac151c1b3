#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of pretrained weights, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence base_sentences[] = {
    {"base.no_network", "has no network beside its weights"},
    {"base.network_beside",
     "give a model of this program, or write the network's \"layers\" into {file}, as engine/networks has "
     "them"},
    {"base.not_fitting", "does not fit its network: {list}"},
    {"base.right_file", "give the weights that belong to the network"},
    {"base.no_layer", "has no layer \"{name}\""},
    {"base.tensor_missing", "{name} is missing"},
    {"base.tensor_shape", "{name} is {given} instead of {wanted}"},
    {"base.tensor_not_finite", "{name} has numbers that are not finite"},
    {"base.more", "and {count} more"},
    {"base.changed", "is not the wanted file: its SHA-256 is {given}"},
    {"base.same_file", "give the file whose SHA-256 is {wanted}"},
};

/// As say() of messages.hpp: say_base("base.no_layer", name).
template <class... Args>
[[nodiscard]] Message say_base(SentenceOf<base_sentences, std::type_identity_t<Args>...> id,
                               const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
