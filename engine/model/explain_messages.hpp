#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said where a network cannot be explained as asked, by key, beside the other messages (messages.hpp).
inline constexpr Sentence explain_sentences[] = {
    {"explain.no_layer", "is no layer of this network"},
    {"explain.no_map", "has the output {shape}, which is no map of several positions"},
    {"explain.name_map", "name a layer before the network becomes flat"},
    {"explain.not_above",
     "is not on the way from the images to the outputs, or lies before they are resized"},
    {"explain.other_layer", "name another layer"},
    {"explain.no_unit", "is none of the layer's {count} units"},
    {"explain.give_unit", "give numbers from 0 to {last}"},
};

/// As say() of messages.hpp: say_explain("explain.no_layer").
template <class... Args>
[[nodiscard]] Message say_explain(SentenceOf<explain_sentences, std::type_identity_t<Args>...> id,
                                  const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
