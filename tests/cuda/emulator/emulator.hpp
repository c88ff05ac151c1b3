#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <functional>

#include "native/cuda/kernels/site.hpp"

/// CUDA for kernels that are compiled as plain C++ and run on the host, so that a machine without a GPU can run all
/// of the CUDA backend but the libraries. Blocks run one after the other; the threads of a block are fibers that take
/// turns where they wait for each other.
/// It cannot show races within a block, tensor cores, or speed.
#undef __global__
#undef __shared__
#undef __device__
#undef __host__
#define __global__
#define __device__
#define __host__
#define __shared__ static thread_local  // blocks of a GPU run one at a time

namespace cnnlab::emulator {

/// Which thread runs now.
struct Index {
    uint3 thread{}, block{};
    dim3 block_size{}, grid_size{};
};
extern thread_local Index current;

/// Every thread of every block as a fiber.
void run_blocks(dim3 grid, dim3 block, const std::function<void()>& thread);
/// The same for threads that never wait.
void run_threads(dim3 grid, dim3 block, const std::function<void()>& thread);
/// Waits for all threads of the block that have not ended.
void wait_for_block();
/// Leaves a value for the thread `mask` lanes away in the same warp, and takes that one's.
uint64_t exchange(uint64_t value, int mask);
/// Runs now, or becomes a node of the graph that is being captured.
void submit(cudaStream_t stream, std::function<void()> work);

}  // namespace cnnlab::emulator

#define threadIdx (::cnnlab::emulator::current.thread)
#define blockIdx (::cnnlab::emulator::current.block)
#define blockDim (::cnnlab::emulator::current.block_size)
#define gridDim (::cnnlab::emulator::current.grid_size)

inline void __syncthreads() { cnnlab::emulator::wait_for_block(); }

template <class V>
V __shfl_xor_sync(unsigned, V value, int mask) {
    static_assert(sizeof(V) <= sizeof(uint64_t));
    uint64_t bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(V));
    bits = cnnlab::emulator::exchange(bits, mask);
    __builtin_memcpy(&value, &bits, sizeof(V));
    return value;
}

namespace cnnlab::cuda {

template <class... P, class... A>
void launch(const Site& site, dim3 grid, dim3 block, void (*kernel)(P...), const A&... arguments) {
    emulator::submit(site.stream, [=] {
        emulator::run_blocks(grid, block, [&] { kernel(static_cast<P>(arguments)...); });
    });
}
template <class... P, class... A>
void launch_independent(const Site& site, dim3 grid, dim3 block, void (*kernel)(P...),
                        const A&... arguments) {
    emulator::submit(site.stream, [=] {
        emulator::run_threads(grid, block, [&] { kernel(static_cast<P>(arguments)...); });
    });
}

}  // namespace cnnlab::cuda
