#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of formats of other programs, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence exchange_sentences[] = {
    {"exchange.antialias_opset", "resizes with antialiasing, which ONNX has from opset 18 on"},
    {"exchange.newer_opset", "export with --opset 18"},
    {"exchange.opset", "ONNX opset {opset} is not written here"},
    {"exchange.opset_range", "choose one from {least} to {most}"},
    {"exchange.of_training", "is an op of training, in a network for evaluation"},
    {"exchange.names", "has the name \"{name}\", which Python cannot use for a variable"},
    {"exchange.rename",
     "give the layer a name of letters, digits and underscores, or export the weights alone"},
};

/// As say() of engine/core/messages.hpp: say_exchange("exchange.newer_opset").
template <class... Args>
[[nodiscard]] Message say_exchange(SentenceOf<exchange_sentences, std::type_identity_t<Args>...> id,
                                   const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
