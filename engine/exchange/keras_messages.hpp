#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of networks for and from Keras and TensorFlow.js, by key, beside the other messages
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
    {"keras.pool_dilation", "has a dilation, which no pool of Keras has"},
    {"keras.max_padding", "has padding that never wins of a kind that no layer of Keras has"},
    {"keras.mean_padding", "has padding that does not count of a kind that no layer of Keras has"},
    {"keras.other_format", "export it as onnx or pytorch-code"},

    {"keras.no_keras", "describes no model of Keras that is read here: {what}"},
    {"keras.setting", "has a setting {name} that is not understood: {value}"},
    {"keras.no_weight", "has no weight \"{name}\" in the file"},
    {"keras.channels_first", "has the channels before height and width"},
    {"keras.two_resizes", "resizes one way in Keras and another way in TensorFlow.js"},
    {"keras.graph_model", "is a graph model of TensorFlow.js: its operations have no layers any more"},
    {"keras.save_layers",
     "save the Keras model as a layers model (tensorflowjs_converter --input_format=keras), or as ONNX with "
     "tf2onnx"},
    {"keras.no_tfjs", "is no layers model of TensorFlow.js, or a damaged one: {what}"},
    {"keras.shard_twice", "names the file {name} twice"},
    {"keras.shards_short", "needs {wanted} bytes of weights, and {files} have {given}"},
    {"keras.no_model", "holds no model of Keras, at most weights without one"},
    {"keras.save_whole", "save the whole model in Python: model.save(\"model.keras\")"},
    {"keras.lacks", "lacks {name}"},
    {"keras.weight_twice", "gives the weight \"{name}\" twice"},
    {"keras.weight_type", "has the weight \"{name}\" of a type that is not read here: {type}"},
};

/// As say() of engine/core/messages.hpp: say_keras("keras.max_padding").
template <class... Args>
[[nodiscard]] Message say_keras(SentenceOf<keras_sentences, std::type_identity_t<Args>...> id,
                                const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
