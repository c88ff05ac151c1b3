// What all layers of Keras need: constants, weights, axes turned; and which class has which handler.

#include <array>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_graph.hpp"
#include "engine/exchange/keras_messages.hpp"

namespace cnnlab::keras {

std::string Translator::constant(const std::string& name, std::vector<int64_t> shape,
                                 const std::vector<float>& values) {
    // A layer that is called again has its weights again: NetworkBuilder has the same bound.
    made_bytes_ += values.size() * sizeof(float);
    if (made_bytes_ > StoredTensor::most_bytes(weights_.float_bytes()))
        throw Error(ErrorCode::bad_file, place_, say_import("import.weights_large", made_bytes_),
                    say_import("import.smaller"));
    StoredTensor tensor;
    tensor.type = StoredTensor::f32;
    tensor.shape = std::move(shape);
    tensor.own(values);
    graph_.initializers.insert_or_assign(name, std::move(tensor));
    return name;
}

std::string Translator::whole_constant(const std::vector<int64_t>& values) {
    StoredTensor tensor;
    tensor.type = StoredTensor::i64;
    tensor.shape = {static_cast<int64_t>(values.size())};
    tensor.own(values);
    std::string name = "#" + std::to_string(++values_);
    graph_.initializers.emplace(name, std::move(tensor));
    return name;
}

std::string Translator::channels_last(const Value& x) {
    if (x.rank != 4) return x.name;
    onnx::ReadNode& turned = node("Transpose", {x.name});
    turned.attributes["perm"].integers = {0, 2, 3, 1};
    return turned.outputs[0];
}

std::string Translator::channels_first(const std::string& x) {
    onnx::ReadNode& turned = node("Transpose", {x});
    turned.attributes["perm"].integers = {0, 3, 1, 2};
    return turned.outputs[0];
}

// ---- weights ----

const StoredTensor* Translator::find_weight(const Call& call, const char* weight) const {
    if (!weights_.are_numbered) return weights_.find(call.path, weight);
    // Those that the layer does without have no number.
    constexpr std::array names{"depthwise_kernel", "pointwise_kernel", "kernel", "bias", "gamma", "beta",
                               "moving_mean",      "moving_variance"};
    const bool norm = call.type == "BatchNormalization", separable = call.type == "SeparableConv2D";
    size_t number = 0;
    for (const std::string_view name : names) {
        if (name == weight) return weights_.find(call.place, number);
        const bool has =
            norm ? (name == "gamma" && call.config.flag("scale", true)) ||
                       (name == "beta" && call.config.flag("center", true)) || name == "moving_mean"
                 : name == (separable || call.type == "DepthwiseConv2D" ? "depthwise_kernel" : "kernel") ||
                       (separable && name == "pointwise_kernel");
        number += has ? 1 : 0;
    }
    return nullptr;
}

const StoredTensor& Translator::weight(const Call& call, const char* weight, size_t rank) const {
    const StoredTensor* found = find_weight(call, weight);
    if (found == nullptr) throw Refused{say_keras("keras.no_weight", weight)};
    if (found->shape.size() != rank || found->count() == 0)
        throw Refused{say_import("import.weight_shape", extents_text(found->shape))};
    if (!found->is_float()) throw Refused{say_import("import.tensor_type")};
    return *found;
}

std::vector<float> Translator::floats(const Call& call, const char* name, size_t rank) const {
    return weight(call, name, rank).floats(place_ + ": " + call.name + "/" + name);
}

std::string Translator::kernel(const Call& call, const char* name, const std::string& made, bool depthwise) {
    const std::vector<int64_t>& s = weight(call, name, 4).shape;
    const std::vector<float> theirs = floats(call, name, 4);
    const auto area = static_cast<size_t>(s[0] * s[1]), in = static_cast<size_t>(s[2]),
               out = static_cast<size_t>(s[3]);
    std::vector<float> turned(theirs.size());
    for (size_t at = 0; at < area; ++at)
        for (size_t c = 0; c < in; ++c)
            for (size_t k = 0; k < out; ++k)
                turned[((depthwise ? c * out + k : k * in + c)) * area + at] =
                    theirs[(at * in + c) * out + k];
    if (!depthwise) return constant(made, {s[3], s[2], s[0], s[1]}, turned);
    // Filter c · M + m stands at (c · M + m) · area.
    return constant(made, {s[2] * s[3], 1, s[0], s[1]}, turned);
}

std::vector<std::string> Translator::bias(const Call& call) {
    if (!call.config.flag("use_bias", true)) return {};
    const std::vector<float> values = floats(call, "bias", 1);
    return {constant(call.name + ".bias", {static_cast<int64_t>(values.size())}, values)};
}

const std::map<std::string, Translator::Handler>& Translator::handlers() {
    using T = Translator;
    static const std::map<std::string, Handler> all{
        {"Conv2D", &T::conv},
        {"Convolution2D", &T::conv},
        {"DepthwiseConv2D", &T::depthwise},
        {"SeparableConv2D", &T::separable},
        {"Dense", &T::dense},
        {"BatchNormalization", &T::batch_norm},
        {"Activation", &T::activation},
        {"ReLU", &T::relu},
        {"LeakyReLU", &T::leaky_relu},
        {"Softmax", &T::softmax},
        {"MaxPooling2D", &T::pool},
        {"AveragePooling2D", &T::pool},
        {"GlobalAveragePooling2D", &T::global_pool},
        {"GlobalMaxPooling2D", &T::global_pool},
        {"ZeroPadding2D", &T::zero_padding},
        {"Rescaling", &T::rescaling},
        {"Resizing", &T::resizing},
        {"Flatten", &T::flatten},
        {"Reshape", &T::reshape},
        {"Permute", &T::permute},
        {"Dropout", &T::dropout},
        {"SpatialDropout2D", &T::training_only},
        {"GaussianDropout", &T::training_only},
        {"GaussianNoise", &T::training_only},
        {"AlphaDropout", &T::training_only},
        {"ActivityRegularization", &T::training_only},
        {"RandomFlip", &T::training_only},
        {"RandomRotation", &T::training_only},
        {"RandomTranslation", &T::training_only},
        {"RandomZoom", &T::training_only},
        {"RandomContrast", &T::training_only},
        {"RandomBrightness", &T::training_only},
        {"Add", &T::merge},
        {"Subtract", &T::merge},
        {"Multiply", &T::merge},
        {"Average", &T::merge},
        {"Concatenate", &T::concatenate},
    };
    return all;
}

}  // namespace cnnlab::keras
