#pragma once

#include <vector>

#include "engine/data/augmentation_draw.hpp"
#include "native/cuda/kernels/site.hpp"

namespace cnnlab::cuda {

/// The fields of a LoadBatch op, as the device reads them (engine/ops/load_batch.hpp).
struct LoadBatchSpec {
    Augmentation augment;
    int batch = 1, height = 1, width = 1, channels = 1;
    uint32_t stream = 0;
    bool floats = false;
    const float* mean = nullptr;    ///< on the device, [C]
    const float* stddev = nullptr;  ///< on the device, [C]
};

/// Bytes of scratch: each image's draw.
[[nodiscard]] int64_t load_batch_scratch(int batch);

/// Draws, gathers, augments and normalises the batch at site.scalars' cursor, in the split's order. Zeros beyond
/// count.
void run_load_batch(const Site& site, const LoadBatchSpec& spec, void* images, int32_t* targets,
                    void* scratch);

}  // namespace cnnlab::cuda
