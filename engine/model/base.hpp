#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/model/model.hpp"
#include "engine/model/network_card.hpp"

namespace cnnlab {

/// A trained network: its layers, all named, and its tensors by name, in our layout.
struct BaseNetwork {
    std::vector<LayerSpec> layers;
    Model::Tensors tensors;
    std::vector<float> mean, stddev;  ///< what its images were normalised with; empty: unknown
    std::string until;                ///< where it is cut unless an experiment says so
};

/// A card's network, without weights.
[[nodiscard]] BaseNetwork base_of(const NetworkCard& card);

/// Reads weights (safetensors). The network is the card's, or that of a model file of ours where there is none.
/// `place` is the file in errors. Throws Error: bad_file for a damaged file, missing_data for one without a network.
[[nodiscard]] BaseNetwork read_base(std::span<const uint8_t> bytes, const std::string& place,
                                    const NetworkCard* card = nullptr);

/// The experiment with the base's layers before its own, unless they are there: named "base.NAME", resized to
/// base.size, cut after base.until, frozen unless base.trainable, with a parameter group where they have a learning
/// rate of their own. The data set's mean and deviation become the base's where the experiment gives none. Throws
/// unknown_name for a layer that is none.
[[nodiscard]] Experiment with_base(Experiment experiment, const BaseNetwork& base);
/// The same with a network of engine/networks, without its weights.
[[nodiscard]] Experiment with_known_base(Experiment experiment);

/// Gives the model's first layers, which with_base() has put there, their weights. Throws shape_mismatch with a list of
/// all tensors that are missing or do not fit; nothing is changed then.
void set_base(Model& model, const BaseNetwork& base, const std::string& place);

}  // namespace cnnlab
