#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "engine/core/tensor.hpp"
#include "engine/data/dataset.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab {

/// A trained network without a backend: what a model file holds.
struct SavedModel {
    Experiment experiment;
    DatasetCard card;
    std::map<std::string, HostTensor> weights;  ///< as Model::weights()

    /// The network for one image as it is, by running statistics. Every layer's output has a value of its own.
    [[nodiscard]] Compiled compiled() const;
};

/// What a Program for these images depends on.
[[nodiscard]] CompileOptions compile_options(const DatasetCard& card);

/// The contents of a model file (engine/model/model_file.hpp), whose tensors fit its experiment. `place` is the file in
/// errors. Throws Error: bad_file for a damaged file, checkpoint for one that is no model's or whose tensors do not
/// fit.
[[nodiscard]] SavedModel read_saved_model(std::span<const uint8_t> bytes, const std::string& place);

}  // namespace cnnlab
