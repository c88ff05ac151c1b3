#include "native/cuda/kernels/load_batch.hpp"

#include "native/cuda/kernels/augmented_pixel.hpp"
#include "native/cuda/kernels/device_code.hpp"
#include "native/cuda/kernels/reduce.hpp"

namespace cnnlab::cuda {

namespace {

/// The source of one image of the batch.
struct DrawnImage {
    uint32_t number;  ///< in the split
    float mean;       ///< of the moved pixels, if the augmentation recolours
    AugmentationDraw draw;
};

__device__ SourceImage source_of(const LoadBatchSpec& spec, const DrawnImage& drawn, const uint8_t* images) {
    const size_t size = size_t(spec.height) * size_t(spec.width) * size_t(spec.channels);
    return {images + drawn.number * size, spec.height, spec.width, spec.channels, spec.augment.padding};
}

/// A thread for each image.
__global__ void draw_kernel(LoadBatchSpec spec, const RunScalars* scalars, DrawnImage* drawn,
                            int32_t* targets) {
    const int n = int(global_thread());
    if (n >= spec.batch) return;
    if (n >= scalars->count) {
        targets[n] = 0;
        return;
    }
    const uint32_t number = scalars->order[scalars->cursor + n];
    const Philox random{scalars->seed, spec.stream, scalars->step};
    drawn[n].number = number;
    drawn[n].mean = 0;
    drawn[n].draw = draw_augmentation(spec.augment, random, uint64_t(scalars->first + n), spec.height,
                                      spec.width, number, scalars->epoch);
    targets[n] = scalars->labels[number];
}

/// A block for each image: the mean of its moved pixels.
__global__ void image_mean_kernel(LoadBatchSpec spec, const RunScalars* scalars, DrawnImage* drawn) {
    __shared__ float sums[threads_a_block / 32];
    const int n = int(blockIdx.x);
    if (n >= scalars->count) return;
    const DrawnImage mine = drawn[n];
    const SourceImage source = source_of(spec, mine, scalars->images);
    const bool warps = spec.augment.warps();
    const int elements = spec.height * spec.width * spec.channels;
    float sum = 0;
    for (int i = int(threadIdx.x); i < elements; i += threads_a_block) {
        const int position = i / spec.channels;
        sum += moved_pixel(source, warps, mine.draw, position / spec.width, position % spec.width,
                           i % spec.channels);
    }
    sum = block_sum(sum, sums);
    if (threadIdx.x == 0) drawn[n].mean = sum / float(elements);
}

/// A thread for each pixel, with all its channels.
template <class T>
__global__ void gather_kernel(LoadBatchSpec spec, const RunScalars* scalars, const DrawnImage* drawn,
                              T* images) {
    const int i = int(global_thread()), positions = spec.height * spec.width;
    if (i >= spec.batch * positions) return;
    const int n = i / positions, y = i % positions / spec.width, x = i % spec.width;
    T* out = images + i * spec.channels;
    if (n >= scalars->count) {
        for (int c = 0; c < spec.channels; ++c) out[c] = from_float<T>(0.0F);
        return;
    }
    const DrawnImage& mine = drawn[n];
    if (spec.floats) {
        const float* values =
            reinterpret_cast<const float*>(scalars->images) +
            (size_t(mine.number) * size_t(positions) + size_t(i % positions)) * size_t(spec.channels);
        for (int c = 0; c < spec.channels; ++c) out[c] = from_float<T>(values[c]);
        return;
    }
    const SourceImage source = source_of(spec, mine, scalars->images);
    const bool cut = spec.augment.cutout > 0 && is_cut_out(spec.augment.cutout, mine.draw, y, x);
    for (int c = 0; c < spec.channels; ++c) {
        float pixel = moved_pixel(source, spec.augment.warps(), mine.draw, y, x, c);
        if (spec.augment.recolours()) pixel = recoloured(pixel, mine.mean, mine.draw);
        out[c] = from_float<T>(cut ? 0.0F : (pixel / 255.0F - spec.mean[c]) / spec.stddev[c]);
    }
}

}  // namespace

int64_t load_batch_scratch(int batch) { return int64_t{batch} * int64_t{sizeof(DrawnImage)}; }

void run_load_batch(const Site& site, const LoadBatchSpec& spec, void* images, int32_t* targets,
                    void* scratch) {
    auto* drawn = static_cast<DrawnImage*>(scratch);
    const auto batch = uint32_t(spec.batch);
    launch_independent(site, blocks_for(batch, threads_a_block), threads_a_block, draw_kernel, spec,
                       site.scalars, drawn, targets);
    if (spec.augment.recolours())
        launch(site, batch, threads_a_block, image_mean_kernel, spec, site.scalars, drawn);
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(
            site, blocks_for(batch * uint32_t(spec.height) * uint32_t(spec.width), threads_a_block),
            threads_a_block, gather_kernel<T>, spec, site.scalars, drawn, static_cast<T*>(images));
    });
}

}  // namespace cnnlab::cuda
