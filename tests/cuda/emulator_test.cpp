#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "native/cuda/kernels/device_code.hpp"
#include "native/cuda/kernels/reduce.hpp"

/// The emulator itself: threads that wait for each other, and what the kernels build on that.
namespace cnnlab::cuda {

namespace {

__global__ void turn_round_kernel(int* values) {
    __shared__ int shared[threads_a_block];
    const int i = int(threadIdx.x), n = int(blockDim.x);
    shared[i] = values[int(blockIdx.x) * n + i];
    __syncthreads();
    values[int(blockIdx.x) * n + i] = shared[n - 1 - i];
}

__global__ void sum_kernel(const float* values, float* sums) {
    __shared__ float shared[threads_a_block / 32];
    const float sum = block_sum(values[global_thread()], shared);
    const float again = block_sum(1.0F, shared);
    sums[global_thread()] = sum + again;
}

/// Threads of the second half of each warp leave at once.
__global__ void half_leaves_kernel(int* values) {
    if (threadIdx.x % 32 >= 16) return;
    __syncthreads();
    values[global_thread()] = 1;
}

}  // namespace

TEST(CudaEmulator, a_block_waits_for_all_its_threads) {
    std::vector<int> values(2 * threads_a_block);
    std::iota(values.begin(), values.end(), 0);
    launch(Site{}, 2, threads_a_block, turn_round_kernel, values.data());
    for (int block = 0; block < 2; ++block)
        for (int i = 0; i < threads_a_block; ++i)
            EXPECT_EQ(values[static_cast<size_t>(block * threads_a_block + i)],
                      block * threads_a_block + threads_a_block - 1 - i);
}

TEST(CudaEmulator, every_thread_gets_its_blocks_sum) {
    std::vector<float> values(3 * threads_a_block), sums(values.size());
    std::iota(values.begin(), values.end(), 0.0F);
    launch(Site{}, 3, threads_a_block, sum_kernel, values.data(), sums.data());
    for (size_t i = 0; i < sums.size(); ++i) {
        const auto begin = values.begin() + static_cast<long>(i / threads_a_block * threads_a_block);
        EXPECT_EQ(sums[i], std::accumulate(begin, begin + threads_a_block, 0.0F) + threads_a_block);
    }
}

TEST(CudaEmulator, nobody_waits_for_a_thread_that_has_ended) {
    std::vector<int> values(64);
    launch(Site{}, 1, 64, half_leaves_kernel, values.data());
    EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0), 32);
}

}  // namespace cnnlab::cuda
