#pragma once

#include <type_traits>

#include "native/cuda/kernels/device_code.hpp"

/// Elementwise kernels over whole tensors.
namespace cnnlab::cuda {

/// y[i] = f(in[i]…). Each thread takes V neighbours; the last one may have fewer.
template <class T, int V, class F, class... In>
__global__ void map_kernel(T* y, uint32_t count, F f, const In*... in) {
    const uint32_t first = global_thread() * V;
    if (first >= count) return;
    if (first + V <= count) {
        Pack<T, V> out;
        const auto all = [&](const auto... packs) {  // copies, so that each is one load
#pragma unroll
            for (int v = 0; v < V; ++v) out.at[v] = from_float<T>(f(to_float(packs.at[v])...));
        };
        all(*reinterpret_cast<const Pack<In, V>*>(in + first)...);
        *reinterpret_cast<Pack<T, V>*>(y + first) = out;
    } else {
        for (uint32_t i = first; i < count; ++i) y[i] = from_float<T>(f(to_float(in[i])...));
    }
}

template <class T, class F, class... In>
void map(const Site& site, T* y, uint32_t count, const F& f, const In*... in) {
    constexpr int V = 16 / sizeof(T);
    launch_independent(site, blocks_for(count, threads_a_block * V), threads_a_block,
                       map_kernel<T, V, F, In...>, y, count, f, in...);
}

/// y[r, c] = f(constants of channel c, in[r, c]…). A thread keeps the constants of V channels in registers and
/// iterates over rows.
template <class T, int V, class F, class... In>
__global__ void channel_map_kernel(T* y, uint32_t rows, uint32_t channels, const RunScalars* scalars, F f,
                                   const In*... in) {
    const uint32_t packs = channels / V, lanes = gridDim.x * blockDim.x / packs * packs;
    const uint32_t id = global_thread();
    if (id >= lanes) return;
    const uint32_t channel = id % packs * V;
    typename F::Constants constants[V];
#pragma unroll
    for (int v = 0; v < V; ++v) constants[v] = f.constants(channel + v, scalars);
    for (uint32_t i = id; i < rows * packs; i += lanes) {
        Pack<T, V> out;
        const bool counted = f.counted(i / packs, scalars);
        const auto all = [&](const auto... packed) {
#pragma unroll
            for (int v = 0; v < V; ++v)
                out.at[v] = from_float<T>(counted ? f(constants[v], to_float(packed.at[v])...) : 0.0F);
        };
        all(reinterpret_cast<const Pack<In, V>*>(in)[i]...);
        reinterpret_cast<Pack<T, V>*>(y)[i] = out;
    }
}

/// Enough blocks to fill the machine, few enough to load the constants rarely, and a thread for every pack of a row.
[[nodiscard]] inline uint32_t channel_map_blocks(const Site& site, uint32_t rows, uint32_t packs) {
    const uint32_t wanted = blocks_for(rows * packs, threads_a_block);
    const uint32_t most = static_cast<uint32_t>(site.multiprocessors) * 16;
    return std::max(std::min(wanted, most), blocks_for(packs, threads_a_block));
}

template <int V, class T, class F, class... In>
void channel_map(const Site& site, T* y, uint32_t rows, uint32_t channels, const F& f, const In*... in) {
    launch_independent(site, channel_map_blocks(site, rows, channels / V), threads_a_block,
                       channel_map_kernel<T, V, F, In...>, y, rows, channels, site.scalars, f, in...);
}

/// f(constants of V channels, row, first of these channels) for all rows and channels, as channel_map, but f does its
/// own reads and writes.
template <int V, class F>
__global__ void channel_rows_kernel(uint32_t rows, uint32_t channels, const RunScalars* scalars, F f) {
    const uint32_t packs = channels / V, side_by_side = gridDim.x * blockDim.x / packs;
    const uint32_t id = global_thread();
    if (id >= side_by_side * packs) return;
    const uint32_t channel = id % packs * V;
    const auto constants = f.constants(channel, scalars);
    for (uint32_t row = id / packs; row < rows; row += side_by_side) f(constants, row, channel, scalars);
}

template <int V, class F>
void for_channel_rows(const Site& site, uint32_t rows, uint32_t channels, const F& f) {
    launch_independent(site, channel_map_blocks(site, rows, channels / V), threads_a_block,
                       channel_rows_kernel<V, F>, rows, channels, site.scalars, f);
}

}  // namespace cnnlab::cuda
