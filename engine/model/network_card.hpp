#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/model/experiment.hpp"

namespace cnnlab {

/// The order of a convolution's axes in a file of weights: [out, in, height, width] as PyTorch, or ours, [out, height,
/// width, in].
enum class WeightLayout : uint8_t { ohwi, oihw };
template <>
struct EnumNames<WeightLayout> {
    static constexpr std::array<std::string_view, 2> names{"ohwi", "oihw"};
};

/// What belongs to a file of weights: its network, and how images have to come. `engine/networks/NAME.json`, or beside
/// the weights.
struct NetworkCard {
    static constexpr std::string_view key = "network";
    std::string name, title, licence, source;
    std::string file;    ///< the weights, a safetensors file
    std::string sha256;  ///< of that file; may be empty
    WeightLayout layout = WeightLayout::ohwi;
    std::vector<float> mean, stddev;  ///< per channel, of pixels / 255; empty: as the data set has them
    std::string until;                ///< the last layer whose output serves other tasks
    std::vector<LayerSpec> layers;    ///< their names and suffixes ".weight", ".bias" are the tensors' names

    static constexpr auto fields() {
        using N = NetworkCard;
        return std::tuple{
            field("name", &N::name, "what an experiment calls it"),
            field("title", &N::title, "a line for people"),
            field("licence", &N::licence, "who may use it for what"),
            field("source", &N::source, "where the weights come from"),
            field("file", &N::file, "the file of weights"),
            field("sha256", &N::sha256, "of that file"),
            field("layout", &N::layout, "axes of convolutions' weights: oihw as PyTorch, or ohwi"),
            field("mean", &N::mean, "per channel, of pixels / 255", 0, 1),
            field("stddev", &N::stddev, "per channel, of pixels / 255", 1e-6, 1e3),
            field("until", &N::until, "the last layer that serves other tasks"),
            field("layers", &N::layers, "the network").must()};
    }

    /// Throws Error with the field.
    static NetworkCard parse(const Json& json, const std::string& place);
};

/// Those of engine/networks/*.json, compiled into the library.
[[nodiscard]] std::vector<std::string> network_names();
/// Throws Error (unknown_name) with the nearest name.
[[nodiscard]] NetworkCard network_card(const std::string& name);

}  // namespace cnnlab
