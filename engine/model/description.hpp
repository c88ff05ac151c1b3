#pragma once

#include <string>
#include <vector>

#include "engine/model/concerns.hpp"
#include "engine/model/model.hpp"

namespace cnnlab {

/// What an experiment compiles to: what `describe` prints and the page's builder shows.
struct Description {
    Experiment experiment;
    ImageShape input;
    std::vector<std::string> classes;
    std::vector<LayerInfo> layers;
    std::vector<PersistentSpec> tensors;
    int64_t parameters = 0, multiply_adds = 0, output_bytes = 0, training_multiply_adds = 0;
    OutputKind output = OutputKind::softmax;
    std::vector<Concern> concerns;

    static constexpr auto fields() {
        using D = Description;
        return std::tuple{
            field("experiment", &D::experiment, "with every default filled in"),
            field("input", &D::input, "the shape of one image"),
            field("classes", &D::classes, "names in label order"),
            field("layers", &D::layers),
            field("tensors", &D::tensors, "what outlives a step"),
            field("parameters", &D::parameters, "learned numbers"),
            field("multiply_adds", &D::multiply_adds, "forward, of one image"),
            field("output_bytes", &D::output_bytes, "of all layers together, of one image"),
            field("training_multiply_adds", &D::training_multiply_adds, "of one image in a training step"),
            field("output", &D::output, "how the last layer's outputs become probabilities"),
            field("concerns", &D::concerns, "what makes its figures mean little, whatever the images are")};
    }
};

/// Compiles the experiment's training Program for the card's images. Throws Error with the layer's place.
[[nodiscard]] Description describe(const Experiment& experiment, const DatasetCard& card);

}  // namespace cnnlab
