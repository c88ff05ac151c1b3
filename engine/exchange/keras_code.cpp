#include "engine/exchange/keras_code.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "engine/exchange/keras_layers.hpp"
#include "engine/model/outputs.hpp"

namespace cnnlab {

namespace keras {

namespace {

/// A value of a layer's configuration in Python.
std::string python(const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
    if (!value.is_array()) return value.dump();
    std::string text;
    for (const Json& one : value) text += (text.empty() ? "" : ", ") + python(one);
    return "(" + text + ")";
}

/// A pair of two equal numbers as one, which Keras takes too.
Json shortened(const Json& value) {
    const bool pair = value.is_array() && value.size() == 2 && value[0] == value[1];
    return pair && !value[0].is_array() ? value[0] : value;
}

/// layers.Conv2D(32, 3, padding="same", name="conv2d_1")
std::string call_of(const Layer& layer) {
    // The first arguments are known by their places, and so is the slope whose name Keras 3 has changed.
    constexpr std::array places{"filters", "units", "kernel_size", "pool_size",    "alpha",
                                "scale",   "rate",  "dims",        "target_shape", "activation"};
    std::string arguments;
    for (const auto& [key, value] : layer.config.items()) {
        if (key == "axis") continue;  // the last one, as Keras has it unless told otherwise
        const bool is_place = std::find(places.begin(), places.end(), key) != places.end();
        const bool whole = key == "dims" || key == "target_shape" || key == "padding";
        arguments += (arguments.empty() ? "" : ", ") + (is_place ? std::string() : key + "=") +
                     python(whole ? value : shortened(value));
    }
    if (!layer.trainable && !layer.weights.empty()) arguments += ", trainable=False";
    return "layers." + layer.type + "(" + arguments + (arguments.empty() ? "" : ", ") +
           "name=" + python(layer.name) + ")";
}

/// Names of Python's variables for the layers' outputs.
class Variables {
  public:
    const std::string& of(const std::string& layer) {
        std::string& name = names_[layer];
        if (!name.empty()) return name;
        for (const char c : layer) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
        constexpr std::array keywords{
            "and",  "as",   "assert", "async", "await",    "break", "class",  "continue", "def",   "del",
            "elif", "else", "except", "False", "finally",  "for",   "from",   "global",   "if",    "import",
            "in",   "is",   "lambda", "None",  "nonlocal", "not",   "or",     "pass",     "raise", "return",
            "True", "try",  "while",  "with",  "yield",    "keras", "layers", "numpy"};
        const bool keyword = std::find(keywords.begin(), keywords.end(), name) != keywords.end();
        if (keyword || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name.insert(0, "x_");
        while (!taken_.insert(name).second) name += "_";
        return name;
    }

  private:
    std::map<std::string, std::string> names_;
    std::set<std::string> taken_;
};

std::string network_code(const Network& network) {
    const ImageShape& image = network.image;
    const std::string input = "keras.Input((" + std::to_string(image.height) + ", " +
                              std::to_string(image.width) + ", " + std::to_string(image.channels) + ")";
    std::string code =
        "def network():\n    \"\"\"Pixels from 0 to 255 in, numbers for each class out.\"\"\"\n";
    if (network.is_chain()) {
        code += "    return keras.Sequential([\n        " + input + "),\n";
        for (const Layer& layer : network.layers) code += "        " + call_of(layer) + ",\n";
        return code + "    ])\n";
    }
    Variables variables;
    code += "    " + variables.of("input") + " = " + input + ", name=\"input\")\n";
    for (const Layer& layer : network.layers) {
        std::string from;
        for (const std::string& one : layer.from) from += (from.empty() ? "" : ", ") + variables.of(one);
        const bool joins = layer.type == "Add" || layer.type == "Concatenate" || layer.type == "Multiply";
        code += "    " + variables.of(layer.name) + " = " + call_of(layer) + "(" +
                (joins ? "[" + from + "]" : from) + ")\n";
    }
    return code + "    return keras.Model(" + variables.of("input") + ", " + variables.of(network.output) +
           ")\n";
}

/// Reading pictures as the network was trained on them.
std::string main_code(const SavedModel& model, bool one_output) {
    const ImageShape& image = model.card.image;
    std::string probabilities = "logits", end;
    switch (output_kind(model.experiment)) {
        case OutputKind::softmax:
            end = "        powers = numpy.exp(logits - logits.max())\n";
            probabilities = "powers / powers.sum()";
            break;
        case OutputKind::sigmoid:
            probabilities = "1 / (1 + numpy.exp(-logits))";
            break;
        case OutputKind::identity:
            break;
    }
    const bool two = model.card.classes.size() == 2 && one_output;
    const std::string size = "(" + std::to_string(image.width) + ", " + std::to_string(image.height) + ")";
    return "def read(path):\n    from PIL import Image, ImageOps\n\n"
           "    image = ImageOps.exif_transpose(Image.open(path)).convert(" +
           python(image.channels == 1 ? "L" : "RGB") + ")\n    image = ImageOps.fit(image, " + size +
           ", Image.Resampling.BILINEAR)\n    return numpy.asarray(image, \"float32\").reshape(" +
           std::to_string(image.height) + ", " + std::to_string(image.width) + ", " +
           std::to_string(image.channels) +
           ")\n\n\nif __name__ == \"__main__\":\n    model = load()\n    for path in sys.argv[1:]:\n"
           "        logits = model.predict(read(path)[None], verbose=0)[0]\n" +
           end + "        probabilities = " + probabilities + "\n" +
           (two ? "        best = int(probabilities[0] > 0.5)\n"
                  "        print(path, CLASSES[best], f\"{probabilities[0]:.3f}\")\n"
                : "        best = int(probabilities.argmax())\n"
                  "        print(path, CLASSES[best], f\"{probabilities[best]:.3f}\")\n");
}

}  // namespace

}  // namespace keras

KerasProgram keras_code(const SavedModel& model, const std::string& weights_file) {
    keras::Network network = keras::network_of(model, false);
    KerasProgram made;
    const std::string title = model.experiment.title.empty() ? model.experiment.name : model.experiment.title;
    std::string classes;
    for (const std::string& name : model.card.classes)
        classes += (classes.empty() ? "" : ", ") + keras::python(name);
    made.code = "# " + title +
                "\n# Needs Keras 2 or 3, NumPy and Pillow. Written by cnnlab.\nimport sys\n\n"
                "import keras\nimport numpy\nfrom keras import layers\n\nCLASSES = [" +
                classes + "]\n\n\n" + keras::network_code(network) +
                "\n\ndef load(weights=" + keras::python(weights_file) +
                "):\n    model = network()\n    with numpy.load(weights) as arrays:\n"
                "        for layer in model.layers:\n"
                "            # \"conv2d_1/kernel\", \"conv2d_1/bias\" in the order of Keras' own lists\n"
                "            names = [name for name in arrays.files if name.split(\"/\")[0] == layer.name]\n"
                "            layer.set_weights([arrays[name] for name in names])\n    return model\n\n\n" +
                keras::main_code(model, network.outputs == 1);
    for (keras::Layer& layer : network.layers)
        for (auto& [name, tensor] : layer.weights)
            made.weights.tensors.push_back({layer.name + "/" + name, std::move(tensor)});
    return made;
}

}  // namespace cnnlab
