#include "engine/exchange/torch_code.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

#include "engine/exchange/exchange_messages.hpp"
#include "engine/exchange/layer_window.hpp"
#include "engine/model/outputs.hpp"

namespace cnnlab {

namespace {

/// The shortest text that reads back as the same float.
std::string text_of(float value) {
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string text_of(Pair pair) {
    if (pair.height == pair.width) return std::to_string(pair.height);
    return "(" + std::to_string(pair.height) + ", " + std::to_string(pair.width) + ")";
}

/// A Python text.
std::string quoted(const std::string& text) { return Json(text).dump(); }

/// One line for the constructor and the expression for forward() of each layer.
struct LayerCode {
    std::string module;  ///< empty: a function does it
    std::string call;    ///< with the module or without
};

/// Writes a layer. One overload a layer: a layer without one does not build.
class Writer {
  public:
    Writer(const LayerInfo& info, Window window, std::vector<std::string> inputs, bool sees_map)
        : info_(info), window_(window), inputs_(std::move(inputs)), sees_map_(sees_map) {}

    LayerCode operator()(const layers::Conv2d& layer) const {
        const ImageShape in(info_.input), out(info_.output);
        std::string arguments =
            std::to_string(in.channels) + ", " + std::to_string(out.channels) + ", " + text_of(layer.kernel);
        if (!(layer.stride == Pair(1))) arguments += ", stride=" + text_of(layer.stride);
        if (is_even() && !(window_.before == Pair(0))) arguments += ", padding=" + text_of(window_.before);
        if (!(layer.dilation == Pair(1))) arguments += ", dilation=" + text_of(layer.dilation);
        const int groups = layer.groups == 0 ? in.channels : layer.groups;
        if (groups != 1) arguments += ", groups=" + std::to_string(groups);
        if (!layer.bias) arguments += ", bias=False";
        return module("nn.Conv2d(" + arguments + ")", padded("0"));
    }
    LayerCode operator()(const layers::Dense& layer) const {
        const int64_t values = info_.input.count();
        return module("nn.Linear(" + std::to_string(values) + ", " + std::to_string(layer.out_features) +
                          (layer.bias ? "" : ", bias=False") + ")",
                      sees_map_ ? "torch.flatten(" + input() + ", 1)" : input());
    }
    LayerCode operator()(const layers::BatchNorm& layer) const {
        const bool map = info_.input.rank() == 3;
        return module(std::string("nn.BatchNorm") + (map ? "2d(" : "1d(") +
                          std::to_string(ImageShape(info_.input).channels) + ", eps=" + text_of(layer.eps) +
                          ", momentum=" + text_of(layer.momentum) + ")",
                      input());
    }
    LayerCode operator()(const layers::Relu& /*layer*/) const { return function("F.relu"); }
    LayerCode operator()(const layers::Relu6& /*layer*/) const { return function("F.relu6"); }
    LayerCode operator()(const layers::LeakyRelu& layer) const {
        return function("F.leaky_relu", ", " + text_of(layer.negative_slope));
    }
    LayerCode operator()(const layers::Gelu& /*layer*/) const { return function("F.gelu"); }
    LayerCode operator()(const layers::Silu& /*layer*/) const { return function("F.silu"); }
    LayerCode operator()(const layers::HardSwish& /*layer*/) const { return function("F.hardswish"); }
    LayerCode operator()(const layers::Sigmoid& /*layer*/) const { return function("torch.sigmoid"); }
    LayerCode operator()(const layers::HardSigmoid& /*layer*/) const { return function("F.hardsigmoid"); }
    LayerCode operator()(const layers::Tanh& /*layer*/) const { return function("torch.tanh"); }
    LayerCode operator()(const layers::Softmax& /*layer*/) const { return function("F.softmax", ", dim=1"); }
    LayerCode operator()(const layers::Scale& layer) const {
        return {"", text_of(layer.factor) + " * " + input()};
    }
    LayerCode operator()(const layers::MaxPool2d& layer) const {
        const std::string x = padded("-torch.inf");
        std::string arguments = ", " + text_of(layer.kernel) + ", " + text_of(window_.stride);
        if (is_even() && !(window_.before == Pair(0))) arguments += ", " + text_of(window_.before);
        if (!(layer.dilation == Pair(1))) arguments += ", dilation=" + text_of(layer.dilation);
        return {"", "F.max_pool2d(" + x + arguments + ")"};
    }
    LayerCode operator()(const layers::AvgPool2d& layer) const {
        std::string arguments = ", " + text_of(layer.kernel) + ", " + text_of(window_.stride);
        const bool padding = !(window_.before == Pair(0)) || !(window_.after == Pair(0));
        if (!padding) return {"", "F.avg_pool2d(" + input() + arguments + ")"};
        if (layer.count_include_pad) return {"", "F.avg_pool2d(" + pad(input(), "0") + arguments + ")"};
        if (is_even())
            return {"", "F.avg_pool2d(" + input() + arguments + ", " + text_of(window_.before) +
                            ", count_include_pad=False)"};
        // means over what is in the image: the share of ones in each window divides
        return {"", "F.avg_pool2d(" + pad(input(), "0") + arguments + ") / F.avg_pool2d(" +
                        pad("torch.ones_like(" + input() + ")", "0") + arguments + ")"};
    }
    LayerCode operator()(const layers::GlobalAvgPool& /*layer*/) const {
        return {"", input() + ".mean((2, 3))"};
    }
    LayerCode operator()(const layers::GlobalMaxPool& /*layer*/) const {
        return {"", input() + ".amax((2, 3))"};
    }
    LayerCode operator()(const layers::Dropout& layer) const {
        return function("F.dropout", ", " + text_of(layer.p) + ", self.training");
    }
    /// In the order of rows, columns, channels, which layers other than dense ones see.
    LayerCode operator()(const layers::Flatten& /*layer*/) const {
        const bool map = info_.input.rank() == 3;
        return {"", map ? input() + ".permute(0, 2, 3, 1).flatten(1)" : input()};
    }
    LayerCode operator()(const layers::Add& /*layer*/) const { return {"", joined(" + ")}; }
    LayerCode operator()(const layers::Concat& /*layer*/) const {
        return {"", "torch.cat([" + joined(", ") + "], 1)"};
    }
    LayerCode operator()(const layers::Resize& layer) const {
        return function("F.interpolate", ", (" + std::to_string(layer.size.height) + ", " +
                                             std::to_string(layer.size.width) + "), mode=\"bilinear\"" +
                                             (layer.antialias ? ", antialias=True" : ""));
    }

  private:
    [[nodiscard]] const std::string& input() const { return inputs_.front(); }
    [[nodiscard]] std::string joined(const std::string& separator) const {
        std::string text;
        for (const std::string& one : inputs_) text += (text.empty() ? "" : separator) + one;
        return text;
    }
    [[nodiscard]] bool is_even() const { return window_.before == window_.after; }
    [[nodiscard]] std::string pad(const std::string& x, const std::string& value) const {
        const Pair b = window_.before, a = window_.after;
        return "F.pad(" + x + ", (" + std::to_string(b.width) + ", " + std::to_string(a.width) + ", " +
               std::to_string(b.height) + ", " + std::to_string(a.height) + ")" +
               (value == "0" ? "" : ", value=" + value) + ")";
    }
    /// The input, padded where PyTorch's own padding, the same on both sides, does not do.
    [[nodiscard]] std::string padded(const std::string& value) const {
        return is_even() ? input() : pad(input(), value);
    }
    [[nodiscard]] LayerCode module(std::string made, const std::string& argument) const {
        return {std::move(made), "self." + info_.name + "(" + argument + ")"};
    }
    [[nodiscard]] LayerCode function(const std::string& name, const std::string& more = "") const {
        return {"", name + "(" + input() + more + ")"};
    }

    const LayerInfo& info_;
    Window window_;
    std::vector<std::string> inputs_;
    bool sees_map_;
};

void check_name(const LayerInfo& layer) {
    constexpr std::array keywords{"and",      "as",     "assert", "async",    "await", "break",    "class",
                                  "continue", "def",    "del",    "elif",     "else",  "except",   "False",
                                  "finally",  "for",    "from",   "global",   "if",    "import",   "in",
                                  "is",       "lambda", "None",   "nonlocal", "not",   "or",       "pass",
                                  "raise",    "return", "True",   "try",      "while", "with",     "yield",
                                  "self",     "torch",  "nn",     "F",        "input", "training", "forward"};
    const bool letters = std::all_of(layer.name.begin(), layer.name.end(), [](unsigned char c) {
        return c < 128 && (std::isalnum(c) != 0 || c == '_');
    });
    const bool keyword = std::find(keywords.begin(), keywords.end(), layer.name) != keywords.end();
    if (letters && !keyword && std::isdigit(static_cast<unsigned char>(layer.name.front())) == 0) return;
    throw Error(ErrorCode::unsupported, "model.layers", say_exchange("exchange.names", layer.name),
                say_exchange("exchange.rename"));
}

bool only_dense_layers_read(const SavedModel& model, const Compiled& compiled, size_t flatten) {
    const std::string& name = compiled.layers[flatten].name;
    bool found = false;
    for (size_t i = flatten + 1; i < compiled.layers.size(); ++i) {
        const std::vector<std::string>& from = compiled.layers[i].from;
        const bool reads =
            from.empty() ? i == flatten + 1 : std::find(from.begin(), from.end(), name) != from.end();
        if (!reads) continue;
        if (!std::holds_alternative<layers::Dense>(model.experiment.model.layers[i].kind)) return false;
        found = true;
    }
    return found;
}

std::string list_of(const std::vector<float>& values, float otherwise, int channels) {
    std::string text;
    for (int c = 0; c < channels; ++c)
        text += (c == 0 ? "" : ", ") + text_of(values.empty() ? otherwise : values[static_cast<size_t>(c)]);
    return "[" + text + "]";
}

/// Reading pictures as the network was trained on them.
std::string main_code(const SavedModel& model, int64_t outputs, const std::string& weights_file) {
    const DatasetCard& card = model.card;
    const ImageShape& in = card.image;
    std::string classes;
    for (const std::string& name : card.classes) classes += (classes.empty() ? "" : ", ") + quoted(name);
    const bool safetensors = weights_file.ends_with(".safetensors");
    const std::string size = "(" + std::to_string(in.width) + ", " + std::to_string(in.height) + ")";
    std::string probabilities = "logits";
    switch (output_kind(model.experiment)) {
        case OutputKind::softmax:
            probabilities = "logits.softmax(1)";
            break;
        case OutputKind::sigmoid:
            probabilities = "logits.sigmoid()";
            break;
        case OutputKind::identity:
            break;
    }
    return "\n\nCLASSES = [" + classes + "]\nMEAN = " + list_of(card.mean, 0, in.channels) +
           "\nSTDDEV = " + list_of(card.stddev, 1, in.channels) +
           "\n\n\ndef load(weights=" + quoted(weights_file) + "):\n    network = Network()\n    network." +
           "load_state_dict(" +
           (safetensors ? "load_file(weights)" : "torch.load(weights, weights_only=True)") +
           ")\n    return network.eval()\n\n\ndef read(path):\n    from PIL import Image, ImageOps\n\n" +
           "    image = ImageOps.exif_transpose(Image.open(path)).convert(" +
           quoted(in.channels == 1 ? "L" : "RGB") + ")\n    image = ImageOps.fit(image, " + size +
           ", Image.Resampling.BILINEAR)\n    pixels = torch.tensor(list(image.tobytes()), "
           "dtype=torch.float32)\n" +
           "    pixels = pixels.reshape(" + std::to_string(in.height) + ", " + std::to_string(in.width) +
           ", " + std::to_string(in.channels) + ").permute(2, 0, 1) / 255\n" +
           "    return (pixels - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STDDEV)[:, None, None]\n" +
           "\n\nif __name__ == \"__main__\":\n    network = load()\n    for path in sys.argv[1:]:\n" +
           "        with torch.no_grad():\n            logits = network(read(path)[None])\n" +
           "        probabilities = " + probabilities + "[0]\n" +
           (card.classes.size() == 2 && outputs == 1
                ? "        best = int(probabilities[0] > 0.5)\n"
                  "        print(path, CLASSES[best], f\"{float(probabilities[0]):.3f}\")\n"
                : "        best = int(probabilities.argmax())\n"
                  "        print(path, CLASSES[best], f\"{float(probabilities[best]):.3f}\")\n");
}

}  // namespace

std::string torch_code(const SavedModel& model, const std::string& weights_file) {
    const Compiled compiled = model.compiled();
    const bool chain = std::all_of(compiled.layers.begin(), compiled.layers.end(),
                                   [](const LayerInfo& layer) { return layer.from.empty(); });
    std::map<std::string, std::string> flattened;  // the map that a flatten layer flattens
    std::string modules, forward, last = "input";
    for (size_t i = 0; i < compiled.layers.size(); ++i) {
        const LayerInfo& info = compiled.layers[i];
        check_name(info);
        const AnyLayer& kind = model.experiment.model.layers[i].kind;
        std::vector<std::string> inputs = info.from.empty() ? std::vector{last} : info.from;
        const auto source = flattened.find(inputs.front());
        bool sees_map = info.input.rank() == 3;
        if (std::holds_alternative<layers::Flatten>(kind) && sees_map) flattened[info.name] = inputs.front();
        last = info.name;
        if (std::holds_alternative<layers::Dense>(kind) && source != flattened.end()) {
            inputs = {source->second};
            sees_map = true;
        }
        // A flatten that dense layers alone read is part of them.
        if (std::holds_alternative<layers::Flatten>(kind) && only_dense_layers_read(model, compiled, i))
            continue;
        if (chain) inputs = {forward.empty() ? "input" : "x"};
        const LayerCode code = std::visit(Writer(info, window_of(compiled, i), inputs, sees_map), kind);
        if (!code.module.empty()) modules += "        self." + info.name + " = " + code.module + "\n";
        forward += "        " + (chain ? "x" : info.name) + " = " + code.call + "\n";
    }
    const std::string title = model.experiment.title.empty() ? model.experiment.name : model.experiment.title;
    const bool safetensors = weights_file.ends_with(".safetensors");
    return "# " + title + "\n# Needs PyTorch and Pillow" + (safetensors ? ", safetensors too" : "") +
           ". Written by cnnlab.\nimport sys\n\nimport torch\nimport torch.nn as nn\n" +
           "import torch.nn.functional as F\n" +
           (safetensors ? "from safetensors.torch import load_file\n" : "") +
           "\n\nclass Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n" + modules +
           "\n    def forward(self, input):\n" + forward + "        return " + (chain ? "x" : last) + "\n" +
           main_code(model, ImageShape(compiled.layers.back().output).channels, weights_file);
}

}  // namespace cnnlab
