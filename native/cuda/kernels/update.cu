#include "native/cuda/kernels/update.hpp"

#include "native/cuda/kernels/device_code.hpp"
#include "native/cuda/kernels/reduce.hpp"

namespace cnnlab::cuda {

namespace {

/// A block for each chunk. The updates of one parameter follow each other for each element.
__global__ void update_kernel(const Update* updates, const UpdateChunk* chunks, const RunScalars* scalars) {
    const UpdateChunk chunk = chunks[blockIdx.x];
    for (int k = chunk.first; k < chunk.last; ++k) {
        const Update update = updates[k];
        const UpdateRates rates(update, *scalars);
        for (int64_t i = chunk.begin + threadIdx.x; i < chunk.end; i += threads_a_block)
            apply_update(update, rates, i);
    }
}

__global__ void squares_kernel(const NormChunk* chunks, double* partial) {
    __shared__ double sums[threads_a_block / 32];
    const NormChunk chunk = chunks[blockIdx.x];
    double sum = 0;
    for (int64_t i = threadIdx.x; i < chunk.count; i += threads_a_block)
        sum += double{chunk.values[i]} * double{chunk.values[i]};
    sum = block_sum(sum, sums);
    if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

__global__ void norm_kernel(const double* partial, int count, float max_norm, float* clip,
                            RunResult* result) {
    __shared__ double sums[threads_a_block / 32];
    double sum = 0;
    for (int i = int(threadIdx.x); i < count; i += threads_a_block) sum += partial[i];
    sum = block_sum(sum, sums);
    if (threadIdx.x != 0) return;
    const double norm = sqrt(sum);
    result->gradient_norm = norm;
    *clip = max_norm > 0 ? float(fmin(1.0, double{max_norm} / (norm + 1e-6))) : 1.0F;
}

template <class T>
__global__ void cast_kernel(const CastChunk* chunks) {
    const CastChunk chunk = chunks[blockIdx.x];
    T* to = static_cast<T*>(chunk.to);
    for (int64_t i = threadIdx.x; i < chunk.count; i += threads_a_block) to[i] = from_float<T>(chunk.from[i]);
}

template <class T>
__global__ void to_float_kernel(const T* from, float* to, uint32_t count, float factor) {
    const uint32_t i = global_thread();
    if (i < count) to[i] = to_float(from[i]) * factor;
}

}  // namespace

void run_updates(const Site& site, const Update* updates, const UpdateChunk* chunks, int chunk_count) {
    launch_independent(site, uint32_t(chunk_count), threads_a_block, update_kernel, updates, chunks,
                       site.scalars);
}

void run_gradient_norm(const Site& site, const NormChunk* chunks, int chunk_count, float max_norm,
                       float* clip, double* partial) {
    launch(site, uint32_t(chunk_count), threads_a_block, squares_kernel, chunks, partial);
    launch(site, 1, threads_a_block, norm_kernel, partial, chunk_count, max_norm, clip, site.result);
}

void run_casts(const Site& site, const CastChunk* chunks, int chunk_count) {
    with_element(site.element, [&](auto t) {
        launch_independent(site, uint32_t(chunk_count), threads_a_block, cast_kernel<decltype(t)>, chunks);
    });
}

void run_to_float(const Site& site, const void* from, float* to, uint32_t count, float factor) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, blocks_for(count, threads_a_block), threads_a_block, to_float_kernel<T>,
                           static_cast<const T*>(from), to, count, factor);
    });
}

}  // namespace cnnlab::cuda
