#pragma once

#include "native/cuda/kernels/device_code.hpp"

/// Sums in a fixed order: the same input gives the same bits.
namespace cnnlab::cuda {

/// The sum over the 32 threads of a warp (or what `combine` says), in every one of them.
template <class V, class Combine>
[[nodiscard]] __device__ V warp_reduce(V value, Combine combine) {
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2)
        value = combine(value, __shfl_xor_sync(0xFFFFFFFFU, value, mask));
    return value;
}
template <class V>
[[nodiscard]] __device__ V warp_sum(V value) {
    return warp_reduce(value, [](V a, V b) { return a + b; });
}

/// The sum over a block of threads_a_block threads, in every one of them. `shared` holds one value a warp.
template <class V>
[[nodiscard]] __device__ V block_sum(V value, V* shared) {
    value = warp_sum(value);
    __syncthreads();  // some threads may still read the last sum
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
    __syncthreads();
    V sum = 0;
    for (int warp = 0; warp < threads_a_block / 32; ++warp) sum += shared[warp];
    return sum;
}

}  // namespace cnnlab::cuda
