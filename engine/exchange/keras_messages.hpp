#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of networks for Keras and TensorFlow.js, by key, beside the other messages
/// (engine/core/messages.hpp).
inline constexpr Sentence keras_sentences[] = {
    {"keras.names", "has the name \"{name}\", which TensorFlow cannot use for a layer"},
    {"keras.rename",
     "give the layer a name of letters, digits, underscores, points and dashes that begins with a letter or "
     "digit"},
    {"keras.groups", "has {groups} groups of several channels each, which no layer of TensorFlow.js has"},
    {"keras.depthwise_dilation",
     "has a group for each channel and dilations, which TensorFlow.js leaves out"},
    {"keras.depthwise_stride",
     "has a group for each channel and other steps down than right, which TensorFlow does not have"},
    {"keras.max_padding", "has padding that never wins of a kind that no layer of Keras has"},
    {"keras.mean_padding", "has padding that does not count of a kind that no layer of Keras has"},
    {"keras.other_format", "export it as onnx or pytorch-code"},
};

/// As say() of engine/core/messages.hpp: say_keras("keras.max_padding").
template <class... Args>
[[nodiscard]] Message say_keras(SentenceOf<keras_sentences, std::type_identity_t<Args>...> id,
                                const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
