#pragma once

#include <filesystem>
#include <string>

#include "engine/model/base.hpp"

namespace cnnlab {

/// Weights of a base as they lie on the disk.
struct BaseFile {
    std::filesystem::path path;
    std::string sha256;
    BaseNetwork network;
};

/// Where a base's file is looked for.
struct BasePlaces {
    std::filesystem::path beside;  ///< the folder that a relative path counts from
    std::filesystem::path models;  ///< --models; empty: CNNLAB_MODELS, else models/ here and beside `lab`
};

/// Whether it is the name of a network that comes with the program, without its weights.
[[nodiscard]] bool is_known_network(const std::string& name);

/// Where a network's weights lie (BasePlaces::models); empty: nowhere.
[[nodiscard]] std::filesystem::path find_weights(const NetworkCard& card,
                                                 const std::filesystem::path& models = {});

/// Throws Error (missing_data) where the weights of a network by name are nowhere, as read_base_file() will: before
/// anything is fetched or computed.
void require_base(const BaseSpec& spec, const BasePlaces& places);

/// Finds and reads what "base.file" names: a network that comes with the program, by its name; a run, by its path, or
/// by its name in runs/ or beside the experiment; or a file of weights, with its network inside (a model of ours) or
/// beside it as FILE.json (network_card.hpp).
/// Throws Error: missing_data with all places that were looked at, bad_file for a file whose SHA-256 is not the wanted
/// one.
[[nodiscard]] BaseFile read_base_file(const BaseSpec& spec, const BasePlaces& places);

}  // namespace cnnlab
