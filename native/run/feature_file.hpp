#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/model/frozen.hpp"
#include "engine/model/model.hpp"

namespace cnnlab {

/// What the frozen part of a run's network makes of its images.
struct Features {
    Split train, test;
};

/// Two runs of one key have the same features: it is made of the frozen layers, their weights, how images are
/// normalised, and the images' own checksum.
[[nodiscard]] std::string feature_key(const Model& model, const FrozenPart& part, const std::string& images);

/// features.safetensors of a run's folder. None where there is no such file, where it has another key, and where it is
/// damaged: it is only a copy of what can be computed.
[[nodiscard]] std::optional<Features> read_features(const std::filesystem::path& path, const std::string& key,
                                                    const FrozenPart& part, const Dataset& images);

/// On a disk that is full none is kept, and the run goes on.
void write_features(const std::filesystem::path& path, const std::string& key, const FrozenPart& part,
                    const Features& features);

}  // namespace cnnlab
