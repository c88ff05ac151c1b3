#pragma once

#include <cstdint>
#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xview.hpp>

#include "engine/backend/backend.hpp"

namespace cnnlab::reference {

using Array = xt::xarray<double>;

/// A split, and the order in which the cursor visits it.
struct DeviceSplit {
    ImageShape image;
    Split data;
    std::vector<uint32_t> order;
};

/// What a kernel sees of a run: the values by id, the host's input, and where results go. Activations and targets are
/// stored as [N, H, W, C] (a vector is a 1×1 image, a target a number), everything else in its own shape.
struct Context {
    const Program& program;
    const RunInput& input;
    const DeviceSplit& split;
    std::vector<Array>& values;
    std::vector<Array>& persistents;
    RunOutput output;

    Array& operator[](ValueId id) {
        const int32_t persistent = program.info(id).persistent;
        return persistent >= 0 ? persistents[static_cast<size_t>(persistent)]
                               : values[static_cast<size_t>(id.index)];
    }
    [[nodiscard]] ImageShape image(ValueId id) const { return ImageShape(program.shape(id)); }
    /// An activation of zeros, with the value's shape.
    [[nodiscard]] Array zeros(ValueId id) const {
        const ImageShape s = image(id);
        return xt::zeros<double>(
            std::vector<size_t>{static_cast<size_t>(program.batch), static_cast<size_t>(s.height),
                                static_cast<size_t>(s.width), static_cast<size_t>(s.channels)});
    }
    /// The images that count: the first `count` of the batch.
    [[nodiscard]] Array counted(ValueId id) { return xt::view((*this)[id], xt::range(0, input.count)); }
};

}  // namespace cnnlab::reference
