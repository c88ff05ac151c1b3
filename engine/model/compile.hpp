#pragma once

#include <string>
#include <vector>

#include "engine/model/experiment.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab {

/// What a compiled Program depends on beside the experiment.
struct CompileOptions {
    Phase phase = Phase::evaluate;
    int batch = 1;
    ImageShape input;
    Pair size{0};     ///< what images are resized to before the network; 0: as they are
    int begin = 0;    ///< the first layer; `input` is then the output of the one before, in floats
    int classes = 0;  ///< checks the last layer's width; 0: do not
    std::vector<float> mean, stddev;  ///< per channel, of pixels / 255
    bool averaged = false;            ///< evaluate with the moving averages of the weights
    std::vector<std::string>
        keep;  ///< names of values to keep for download: a layer's output "conv2d_1", a gradient "d_conv2d_1"
    bool keep_everything = false;  ///< keep every activation (tests, the page's microscope)
    bool floats = false;           ///< images are floats, normalised already
    /// Instead of the loss's gradients those of one output, the one that an image's label names: see explain.hpp.
    bool explain = false;
    std::string map;  ///< explain: the layer whose output is kept with its gradient; may be empty
};

/// One layer as compiled: what `describe` and the page's builder show.
struct LayerInfo {
    std::string name, type;
    std::vector<std::string> from;
    Shape input, output;        ///< per image; input is the first one
    ValueId value;              ///< its output in the Program
    int64_t parameters = 0;     ///< learned numbers
    int64_t multiply_adds = 0;  ///< forward, per image
    int64_t output_bytes = 0;   ///< as floats, per image

    static constexpr auto fields() {
        using L = LayerInfo;
        return std::tuple{field("name", &L::name),
                          field("type", &L::type),
                          field("from", &L::from, "names of its inputs"),
                          field("input", &L::input, "shape of one image; of the first input"),
                          field("output", &L::output, "shape of one image"),
                          field("parameters", &L::parameters, "learned numbers"),
                          field("multiply_adds", &L::multiply_adds, "forward, of one image"),
                          field("output_bytes", &L::output_bytes, "as floats, of one image")};
    }
};

struct Compiled {
    Program program;
    std::vector<PersistentSpec> persistents;  ///< in the order of ValueInfo::persistent
    std::vector<LayerInfo> layers;
    ValueId d_input, map, d_map;  ///< explain: the images' gradient, the map and its own; kept
};

/// Model → Program: load, forward, loss and, for Phase::train, backward and update. Throws Error with the layer's
/// place.
[[nodiscard]] Compiled compile(const Experiment& experiment, const CompileOptions& options);

}  // namespace cnnlab
