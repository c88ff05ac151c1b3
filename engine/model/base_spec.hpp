#pragma once

#include <string>
#include <string_view>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// A trained network whose layers stand before an experiment's own, with its weights.
struct BaseSpec {
    static constexpr std::string_view key = "base";
    std::string file, until;
    bool trainable = false;
    float lr = -1;  ///< −1: the optimizer's own
    Pair size{0};
    bool antialias = true;
    int layers = 0;  ///< the first ones of the model come from here; 0: none have been put there yet
    std::string sha256;

    static constexpr auto fields() {
        using B = BaseSpec;
        return std::tuple{
            field("file", &B::file, "a network that `list` names, a run, or a file of weights").must(),
            field("until", &B::until, "the last layer that is taken; empty: as the network's card says")
                .if_set(),
            field("trainable", &B::trainable, "whether its layers learn too").if_set(),
            field("lr", &B::lr, "their learning rate where they learn; -1: the optimizer's own", -1, 1e6)
                .if_set(),
            field("size", &B::size, "height and width that images get before it; 0: as they are", 0, 4096)
                .if_set(),
            field("antialias", &B::antialias, "shrink images by means over the pixels in between").if_set(),
            field("layers", &B::layers, "filled in: how many of the model's layers it has given", 0, 1000)
                .if_set(),
            field("sha256", &B::sha256, "filled in: of the file").if_set()};
    }
};

}  // namespace cnnlab
