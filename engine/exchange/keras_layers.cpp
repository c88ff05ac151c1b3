#include "engine/exchange/keras_layers.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/error.hpp"
#include "engine/exchange/keras_messages.hpp"
#include "engine/exchange/layer_window.hpp"
#include "engine/model/outputs.hpp"

namespace cnnlab::keras {

namespace {

Json list_of(Pair pair) { return Json::array({pair.height, pair.width}); }

/// Filters [K, Kh, Kw, C] → [Kh, Kw, C, K].
HostTensor kernel_of(const HostTensor& weight) {
    const Shape& s = weight.shape();
    HostTensor turned(Shape{s[1], s[2], s[3], s[0]});
    const int64_t each = s[1] * s[2] * s[3];
    for (int64_t k = 0; k < s[0]; ++k)
        for (int64_t j = 0; j < each; ++j) turned[j * s[0] + k] = weight[k * each + j];
    return turned;
}

/// Filters of single channels [C · M, Kh, Kw, 1] → [Kh, Kw, C, M]: filter c · M + m reads channel c.
HostTensor depthwise_kernel_of(const HostTensor& weight, int64_t channels) {
    const HostTensor turned = kernel_of(weight);
    const Shape& s = turned.shape();
    return {Shape{s[0], s[1], channels, s[3] / channels}, {turned.span().begin(), turned.span().end()}};
}

/// [K, H, W, C] → [H · W · C, K], what Keras' Dense has after its Flatten.
HostTensor matrix_of(const HostTensor& weight) {
    const HostTensor turned = kernel_of(weight);
    const Shape& s = turned.shape();
    return {Shape{s[0] * s[1] * s[2], s[3]}, {turned.span().begin(), turned.span().end()}};
}

/// Padding before and after one axis as TensorFlow's "same" has it.
std::pair<int, int> same_padding(int in, int kernel, int stride, int dilation) {
    const int windows = (in + stride - 1) / stride;
    const int total = std::max(0, (windows - 1) * stride + dilation * (kernel - 1) + 1 - in);
    return {total / 2, total - total / 2};
}

/// Of a softmax: Keras' own default, which TensorFlow.js has otherwise.
Json last_axis() { return {{"axis", -1}}; }

bool is_padded(const Window& w) { return !(w.before == Pair(0)) || !(w.after == Pair(0)); }

bool is_same(const Window& w, ImageShape in) {
    const auto rows = same_padding(in.height, w.kernel.height, w.stride.height, w.dilation.height);
    const auto columns = same_padding(in.width, w.kernel.width, w.stride.width, w.dilation.width);
    return w.before == Pair(rows.first, columns.first) && w.after == Pair(rows.second, columns.second);
}

/// Writes a layer. One overload a layer: a layer without one does not build.
class Writer {
  public:
    explicit Writer(const SavedModel& model) : model_(model), compiled_(model.compiled()) {}

    Network run(bool probabilities) {
        network_.name = model_.experiment.name;
        network_.image = model_.card.image;
        for (const LayerInfo& layer : compiled_.layers) taken_.insert(layer.name);
        normalise();
        std::string last = "input";
        for (size_t i = 0; i < compiled_.layers.size(); ++i) {
            info_ = &compiled_.layers[i];
            window_ = window_of(compiled_, i);
            trainable_ = model_.experiment.model.layers[i].trainable;
            check_name();
            inputs_.clear();
            const std::vector<std::string> sources = info_->from.empty() ? std::vector{last} : info_->from;
            for (const std::string& source : sources) inputs_.push_back(values_.at(source));
            last = info_->name;
            // Keras' layers over windows want a map: a row of numbers is one of 1×1.
            const AnyLayer& kind = model_.experiment.model.layers[i].kind;
            values_[last] = std::visit([&](const auto& layer) { return write(layer); }, kind);
            if (is_positive(kind)) positive_.insert(values_[last]);
        }
        network_.output = values_.at(last);
        finish(probabilities);
        return std::move(network_);
    }

  private:
    std::string add(std::string type, const std::string& name, Json config, std::vector<std::string> from,
                    std::vector<NamedTensor> weights = {}) {
        network_.layers.push_back(
            {std::move(type), name, std::move(config), std::move(from), std::move(weights), trainable_});
        return name;
    }
    /// A name that no layer has.
    std::string helper(const std::string& name) {
        std::string free = name;
        while (!taken_.insert(free).second) free += "_";
        return free;
    }
    std::string helper_of(const char* suffix) { return helper(info_->name + suffix); }
    [[nodiscard]] const HostTensor& weight(const char* suffix) const {
        return model_.weights.at(info_->name + "." + suffix);
    }
    [[nodiscard]] ImageShape in() const { return ImageShape(info_->input); }
    [[noreturn]] void refuse(Message reason) const {
        throw Error(ErrorCode::unsupported, info_->name, std::move(reason), say_keras("keras.other_format"));
    }
    void check_name() const {
        const auto letter = [](unsigned char c) { return c < 128 && std::isalnum(c) != 0; };
        const std::string& name = info_->name;
        const bool fits =
            letter(static_cast<unsigned char>(name.front())) &&
            std::all_of(name.begin(), name.end(), [&](char c) {
                return letter(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
            });
        if (!fits)
            throw Error(ErrorCode::unsupported, "model.layers", say_keras("keras.names", name),
                        say_keras("keras.rename"));
    }

    /// (pixels / 255 − mean) / stddev as a factor and a summand a channel. Keras' Rescaling has one for all, in
    /// TensorFlow.js, and its Normalization is not there: a convolution of single pixels is everywhere.
    void normalise() {
        const DatasetCard& card = model_.card;
        const int64_t channels = card.image.channels;
        HostTensor factor(Shape{1, 1, channels, 1}), summand(Shape{channels});
        for (int64_t c = 0; c < channels; ++c) {
            const float mean = card.mean.empty() ? 0 : card.mean[static_cast<size_t>(c)];
            const float stddev = card.stddev.empty() ? 1 : card.stddev[static_cast<size_t>(c)];
            factor[c] = 1 / (255 * stddev);
            summand[c] = -mean / stddev;
        }
        trainable_ = false;
        values_["input"] = add("DepthwiseConv2D", helper("normalised"), {{"kernel_size", {1, 1}}}, {"input"},
                               {{"depthwise_kernel", std::move(factor)}, {"bias", std::move(summand)}});
    }

    void finish(bool probabilities) {
        trainable_ = true;
        network_.outputs = compiled_.layers.back().output.count();
        if (compiled_.layers.back().output.rank() > 1)  // a 1×1 map
            network_.output = add("Flatten", helper("logits"), Json::object(), {network_.output});
        if (!probabilities) return;
        const OutputKind kind = output_kind(model_.experiment);
        if (kind == OutputKind::softmax)
            network_.output = add("Softmax", helper("probabilities"), last_axis(), {network_.output});
        if (kind == OutputKind::sigmoid)
            network_.output =
                add("Activation", helper("probabilities"), {{"activation", "sigmoid"}}, {network_.output});
    }

    /// Whether no value of the layer's output is below zero, so that padding by zeros never wins in a window.
    [[nodiscard]] bool is_positive(const AnyLayer& kind) const {
        const bool keeps =
            std::holds_alternative<layers::MaxPool2d>(kind) ||
            std::holds_alternative<layers::AvgPool2d>(kind) ||
            std::holds_alternative<layers::GlobalMaxPool>(kind) ||
            std::holds_alternative<layers::GlobalAvgPool>(kind) ||
            std::holds_alternative<layers::Dropout>(kind) || std::holds_alternative<layers::Flatten>(kind) ||
            std::holds_alternative<layers::Add>(kind) || std::holds_alternative<layers::Concat>(kind);
        if (keeps)
            return std::all_of(inputs_.begin(), inputs_.end(),
                               [&](const std::string& input) { return positive_.contains(input); });
        return std::holds_alternative<layers::Relu>(kind) || std::holds_alternative<layers::Relu6>(kind) ||
               std::holds_alternative<layers::Sigmoid>(kind) ||
               std::holds_alternative<layers::HardSigmoid>(kind) ||
               std::holds_alternative<layers::Softmax>(kind);
    }

    // ---- inputs ----

    [[nodiscard]] std::string map() {
        if (info_->input.rank() > 1) return inputs_.front();
        return add("Reshape", helper_of("_map"), {{"target_shape", {1, 1, in().channels}}},
                   {inputs_.front()});
    }
    [[nodiscard]] std::string padded(const std::string& x, const Window& w) {
        return add("ZeroPadding2D", helper_of("_pad"),
                   {{"padding", {{w.before.height, w.after.height}, {w.before.width, w.after.width}}}}, {x});
    }

    // ---- one layer each ----

    std::string write(const layers::Conv2d& layer) {
        const int channels = in().channels, parts = layer.groups == 0 ? channels : layer.groups;
        const bool depthwise = parts == channels && channels > 1;
        Window w = window_;
        std::string x = map();
        if (parts != 1 && !depthwise) refuse(say_keras("keras.groups", parts));
        if (depthwise && !(w.dilation == Pair(1))) refuse(say_keras("keras.depthwise_dilation"));
        if (depthwise && w.stride.height != w.stride.width) refuse(say_keras("keras.depthwise_stride"));
        // TensorFlow does not take steps and dilations together: every pixel, then some of them.
        const bool thins = !(w.stride == Pair(1)) && !(w.dilation == Pair(1));
        const Pair steps = w.stride;
        if (thins) w.stride = Pair(1);
        Json config = Json::object();
        if (!depthwise) config["filters"] = ImageShape(info_->output).channels;
        config["kernel_size"] = list_of(layer.kernel);
        if (!(w.stride == Pair(1))) config["strides"] = list_of(w.stride);
        if (is_padded(w)) {
            if (is_same(w, in()))
                config["padding"] = "same";
            else
                x = padded(x, w);
        }
        if (!(w.dilation == Pair(1))) config["dilation_rate"] = list_of(w.dilation);
        if (depthwise && weight("weight").shape()[0] != channels)
            config["depth_multiplier"] = weight("weight").shape()[0] / channels;
        if (!layer.bias) config["use_bias"] = false;
        std::vector<NamedTensor> weights;
        if (depthwise)
            weights.push_back({"depthwise_kernel", depthwise_kernel_of(weight("weight"), channels)});
        else
            weights.push_back({"kernel", kernel_of(weight("weight"))});
        if (layer.bias) weights.push_back({"bias", weight("bias")});
        const std::string type = depthwise ? "DepthwiseConv2D" : "Conv2D";
        std::string y = add(type, info_->name, config, {x}, std::move(weights));
        return thins ? thinned(y, steps) : y;
    }
    /// One pixel of each window of `steps`.
    std::string thinned(const std::string& x, Pair steps) {
        return add("MaxPooling2D", helper_of("_steps"), {{"pool_size", {1, 1}}, {"strides", list_of(steps)}},
                   {x});
    }

    std::string write(const layers::Dense& layer) {
        std::string x = inputs_.front();
        if (info_->input.rank() > 1) x = add("Flatten", helper_of("_flatten"), Json::object(), {x});
        Json config{{"units", layer.out_features}};
        if (!layer.bias) config["use_bias"] = false;
        std::vector<NamedTensor> weights{{"kernel", matrix_of(weight("weight"))}};
        if (layer.bias) weights.push_back({"bias", weight("bias")});
        return add("Dense", info_->name, config, {x}, std::move(weights));
    }

    std::string write(const layers::BatchNorm& layer) {
        // 1 − 0.1F is 0.9 for people, who read it
        const double kept = std::round((1 - static_cast<double>(layer.momentum)) * 1e7) / 1e7;
        return add("BatchNormalization", info_->name,
                   {{"momentum", kept}, {"epsilon", write_json(layer.eps)}}, inputs_,
                   {{"gamma", weight("weight")},
                    {"beta", weight("bias")},
                    {"moving_mean", weight("running_mean")},
                    {"moving_variance", weight("running_var")}});
    }

    std::string activation(const char* function) {
        return add("Activation", info_->name, {{"activation", function}}, inputs_);
    }
    std::string write(const layers::Relu& /*layer*/) {
        return add("ReLU", info_->name, Json::object(), inputs_);
    }
    std::string write(const layers::Relu6& /*layer*/) {
        return add("ReLU", info_->name, {{"max_value", 6.0}}, inputs_);
    }
    std::string write(const layers::LeakyRelu& layer) {
        return add("LeakyReLU", info_->name, {{"alpha", write_json(layer.negative_slope)}}, inputs_);
    }
    std::string write(const layers::Gelu& /*layer*/) { return activation("gelu"); }
    std::string write(const layers::Silu& /*layer*/) { return activation("swish"); }
    /// Keras 2 and TensorFlow.js have a hard_sigmoid of x / 5 + ½, Keras 3 has ours: so it is made of its parts.
    std::string hard_sigmoid(const std::string& name) {
        const std::string line =
            add("Rescaling", helper_of("_line"), {{"scale", write_json(1.0F / 6)}, {"offset", 0.5}}, inputs_);
        return add("ReLU", name, {{"max_value", 1.0}}, {line});
    }
    std::string write(const layers::HardSwish& /*layer*/) {
        const std::string gate = hard_sigmoid(helper_of("_gate"));
        return add("Multiply", info_->name, Json::object(), {inputs_.front(), gate});
    }
    std::string write(const layers::Sigmoid& /*layer*/) { return activation("sigmoid"); }
    std::string write(const layers::HardSigmoid& /*layer*/) { return hard_sigmoid(info_->name); }
    std::string write(const layers::Tanh& /*layer*/) { return activation("tanh"); }
    std::string write(const layers::Softmax& /*layer*/) {
        return add("Softmax", info_->name, last_axis(), inputs_);
    }
    std::string write(const layers::Scale& layer) {
        return add("Rescaling", info_->name, {{"scale", write_json(layer.factor)}}, inputs_);
    }

    /// Keras' pools have padding that neither wins nor counts, TensorFlow's "same". Another one with windows at the
    /// same places is a pool of steps of 1 with "same", of which some pixels are kept.
    [[nodiscard]] bool is_thinned_same(const Window& w) const {
        const Window every{w.kernel, Pair(1), Pair(1), w.before, w.after};
        return is_same(every, in()) &&
               w.output_height(in().height) == (in().height - 1) / w.stride.height + 1 &&
               w.output_width(in().width) == (in().width - 1) / w.stride.width + 1;
    }
    std::string pool(const char* type, const std::string& x, const Window& w, bool same) {
        Json config{{"pool_size", list_of(w.kernel)}, {"strides", list_of(w.stride)}};
        if (same) config["padding"] = "same";
        return add(type, info_->name, config, {x});
    }
    std::string pool_same(const char* type, const std::string& x, Message reason) {
        if (is_same(window_, in())) return pool(type, x, window_, true);
        if (!is_thinned_same(window_)) refuse(std::move(reason));
        Window every = window_;
        every.stride = Pair(1);
        return thinned(pool(type, x, every, true), window_.stride);
    }
    std::string write(const layers::MaxPool2d& layer) {
        if (!(layer.dilation == Pair(1))) refuse(say_keras("keras.pool_dilation"));
        const std::string x = map();
        if (!is_padded(window_)) return pool("MaxPooling2D", x, window_, false);
        if (!is_same(window_, in()) && positive_.contains(inputs_.front()))
            return pool("MaxPooling2D", padded(x, window_), window_, false);
        return pool_same("MaxPooling2D", x, say_keras("keras.max_padding"));
    }
    std::string write(const layers::AvgPool2d& layer) {
        const std::string x = map();
        if (!is_padded(window_)) return pool("AveragePooling2D", x, window_, false);
        if (layer.count_include_pad) return pool("AveragePooling2D", padded(x, window_), window_, false);
        return pool_same("AveragePooling2D", x, say_keras("keras.mean_padding"));
    }
    std::string write(const layers::GlobalAvgPool& /*layer*/) {
        return add("GlobalAveragePooling2D", info_->name, Json::object(), {map()});
    }
    std::string write(const layers::GlobalMaxPool& /*layer*/) {
        return add("GlobalMaxPooling2D", info_->name, Json::object(), {map()});
    }

    std::string write(const layers::Dropout& layer) {
        return add("Dropout", info_->name, {{"rate", write_json(layer.p)}}, inputs_);
    }
    std::string write(const layers::Flatten& /*layer*/) {
        return add("Flatten", info_->name, Json::object(), inputs_);
    }
    std::string write(const layers::Add& /*layer*/) {
        return add("Add", info_->name, Json::object(), inputs_);
    }
    std::string write(const layers::Concat& /*layer*/) {
        return add("Concatenate", info_->name, Json::object(), inputs_);
    }

    /// TensorFlow.js' Resizing lays the corners of both images onto each other, Keras' does not. Rows and columns are
    /// multiplied by matrices instead, which is the same everywhere.
    std::string write(const layers::Resize& layer) {
        if (info_->input == info_->output) return inputs_.front();
        trainable_ = false;
        const ImageShape from = in();
        const auto turn = [&](const std::string& name, const std::string& x, Json dims) {
            return add("Permute", name, {{"dims", std::move(dims)}}, {x});
        };
        const auto multiply = [&](const char* suffix, const std::string& x, int pixels, int to) {
            return add("Dense", helper_of(suffix), {{"units", to}, {"use_bias", false}}, {x},
                       {{"kernel", resize_matrix(pixels, to, layer.antialias)}});
        };
        std::string x = turn(helper_of("_rows_last"), map(), {3, 2, 1});
        x = multiply("_rows", x, from.height, layer.size.height);
        x = turn(helper_of("_columns_last"), x, {1, 3, 2});
        x = multiply("_columns", x, from.width, layer.size.width);
        return turn(info_->name, x, {2, 3, 1});
    }

    const SavedModel& model_;
    Compiled compiled_;
    Network network_;
    std::set<std::string> taken_{"input"};  ///< names
    std::map<std::string, std::string>
        values_;                      ///< of our layers: the names of Keras' that give their outputs
    std::set<std::string> positive_;  ///< of Keras' layers: no value is below zero
    // of the layer that is written
    const LayerInfo* info_ = nullptr;
    Window window_;
    std::vector<std::string> inputs_;
    bool trainable_ = true;
};

}  // namespace

bool Network::is_chain() const {
    std::string before = "input";
    for (const Layer& layer : layers) {
        if (layer.from.size() != 1 || layer.from[0] != before) return false;
        before = layer.name;
    }
    return true;
}

Network network_of(const SavedModel& model, bool probabilities) { return Writer(model).run(probabilities); }

HostTensor resize_matrix(int from, int to, bool antialias) {
    HostTensor matrix(Shape{from, to}, 0.0F);
    const double ratio = static_cast<double>(from) / to, reach = antialias ? std::max(1.0, ratio) : 1.0;
    for (int i = 0; i < to; ++i) {
        const double at = (i + 0.5) * ratio - 0.5;
        std::vector<double> shares(static_cast<size_t>(from));
        double sum = 0;
        for (int k = 0; k < from; ++k)
            sum += shares[static_cast<size_t>(k)] = std::max(0.0, 1 - std::abs(k - at) / reach);
        for (int k = 0; k < from; ++k)
            matrix[int64_t{k} * to + i] = static_cast<float>(shares[static_cast<size_t>(k)] / sum);
    }
    return matrix;
}

}  // namespace cnnlab::keras
