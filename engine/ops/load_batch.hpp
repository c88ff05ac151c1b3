#pragma once

#include <vector>

#include "engine/data/augmentation.hpp"
#include "engine/ops/value.hpp"

namespace cnnlab::ops {

/// images[n] = (augment(source[order[cursor + n]]) / 255 − mean) / stddev and targets[n] = its label, for n < count;
/// zeros beyond. The source is the uint8 split on the device.
/// With `floats` the split holds numbers (Split::floats), which are copied as they are.
/// Random numbers are Philox{seed, stream, step}: blocks 8 n … 8 n + 7 for the image at position n of the batch. An
/// alternating flip depends on the number of the image and the run's epoch (engine/data/augmentation.hpp).
struct LoadBatch {
    static constexpr auto name = "load_batch";
    ValueId images;   ///< out, [H, W, C]
    ValueId targets;  ///< out, [1] int32
    Augmentation augment;
    std::vector<float> mean, stddev;  ///< per channel, of pixels / 255
    uint32_t stream = 0;
    bool floats = false;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.out(self.images);
        v.out(self.targets);
    }
};

}  // namespace cnnlab::ops
