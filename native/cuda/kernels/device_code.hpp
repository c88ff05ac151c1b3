#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "native/cuda/device/error.hpp"
#include "native/cuda/kernels/site.hpp"

/// CUDA for kernels. With CNNLAB_CUDA_EMULATED the same sources are plain C++, and blocks run on the host.
#ifdef CNNLAB_CUDA_EMULATED
#include "tests/cuda/emulator/emulator.hpp"
#else
namespace cnnlab::cuda {

/// kernel<<<grid, block>>>(arguments), checked for errors.
template <class... P, class... A>
void launch(const Site& site, dim3 grid, dim3 block, void (*kernel)(P...), const A&... arguments) {
    kernel<<<grid, block, 0, site.stream>>>(static_cast<P>(arguments)...);
    CNNLAB_CUDA(cudaGetLastError());
}
/// The same for a kernel whose threads never wait for each other.
template <class... P, class... A>
void launch_independent(const Site& site, dim3 grid, dim3 block, void (*kernel)(P...),
                        const A&... arguments) {
    launch(site, grid, block, kernel, arguments...);
}

}  // namespace cnnlab::cuda
#endif

namespace cnnlab::cuda {

constexpr int threads_a_block = 256;

[[nodiscard]] __host__ __device__ constexpr uint32_t blocks_for(uint32_t items, uint32_t each) {
    return (items + each - 1) / each;
}

[[nodiscard]] __host__ __device__ inline float to_float(float v) { return v; }
[[nodiscard]] __host__ __device__ inline float to_float(__half v) { return __half2float(v); }
[[nodiscard]] __host__ __device__ inline float to_float(__nv_bfloat16 v) { return __bfloat162float(v); }

template <class T>
[[nodiscard]] __host__ __device__ T from_float(float v) {
    if constexpr (sizeof(T) == 4) {
        return v;
    } else if constexpr (std::is_same_v<T, __half>) {
        return __float2half_rn(v);
    } else {
        return __float2bfloat16_rn(v);
    }
}

template <class T>
constexpr bool is_narrow = sizeof(T) == 2;

/// A pack: neighbouring elements that one instruction loads, 16 bytes where the row length allows it.
template <class T, int V>
struct alignas(sizeof(T) * V) Pack {
    T at[V];
};

/// Calls f(T{}) with the element type.
template <class F>
void with_element(Element element, const F& f) {
    switch (element) {
        case Element::f32:
            return f(float{});
        case Element::f16:
            return f(__half{});
        case Element::bf16:
            return f(__nv_bfloat16{});
    }
}

/// Calls f(T{}, std::integral_constant<int, V>) where V is the largest pack that divides `row`.
template <class F>
void with_packs(Element element, uint32_t row, const F& f) {
    with_element(element, [&](auto t) {
        constexpr int widest = 16 / sizeof(t);
        if (row % widest == 0) return f(t, std::integral_constant<int, widest>{});
        return f(t, std::integral_constant<int, 1>{});
    });
}

/// The index of this thread in the launch (one-dimensional).
[[nodiscard]] __device__ inline uint32_t global_thread() { return blockIdx.x * blockDim.x + threadIdx.x; }

}  // namespace cnnlab::cuda
