#pragma once

#include "native/cuda/kernels/device_code.hpp"

/// Sums over the rows of [rows, C] for each channel: batch-norm statistics, bias gradients. Two kernels: blocks store
/// partial sums; then a few threads a channel add them, in a fixed order.
namespace cnnlab::cuda {

/// How a launch covers [rows, C]. Depends on shapes alone, and so do the bits of the sums.
struct ChannelSumsGrid {
    uint32_t positions = 1;  ///< rows of one image; rows of images beyond count do not count
    uint32_t batch = 1, channels = 1;
    uint32_t row_blocks = 1;  ///< partial sums of each channel

    ChannelSumsGrid(uint32_t positions_, uint32_t batch_, uint32_t channels_)
        : positions(positions_), batch(batch_), channels(channels_) {
        // 256 threads of a block cover at least 8 rows; 512 blocks fill any GPU four times over.
        row_blocks = std::min(512U, blocks_for(positions * batch, 64));
    }
    /// Floats of scratch for `sums` sums a channel.
    [[nodiscard]] int64_t scratch(int sums) const { return int64_t{row_blocks} * channels * sums; }
};

/// partial[block][s][c] = Σ over the block's rows of what f adds for (row, row · C + c), s < S. `across` threads lie
/// side by side in a row. An f that also writes says in beyond() what happens to rows that do not count.
template <int S, int V, class F>
__global__ void channel_sums_kernel(float* partial, ChannelSumsGrid grid, uint32_t across,
                                    const RunScalars* scalars, F f) {
    __shared__ float shared[S * V][threads_a_block];
    const uint32_t x = threadIdx.x % across, y = threadIdx.x / across, down = threads_a_block / across;
    const uint32_t channel = (blockIdx.y * across + x) * V;
    const uint32_t rows = static_cast<uint32_t>(scalars->count) * grid.positions;
    float sums[S][V] = {};
    if (channel < grid.channels) {
        const auto constants = f.constants(channel);
        uint32_t row = blockIdx.x * down + y;
        for (; row < rows; row += gridDim.x * down)
            f.add(sums, constants, row, row * grid.channels + channel);
        if constexpr (requires { f.beyond(constants, row, row); })
            for (; row < grid.batch * grid.positions; row += gridDim.x * down)
                f.beyond(constants, row, row * grid.channels + channel);
    }
#pragma unroll
    for (int s = 0; s < S; ++s)
#pragma unroll
        for (int v = 0; v < V; ++v) shared[s * V + v][threadIdx.x] = sums[s][v];
    __syncthreads();
    for (uint32_t half = down / 2; half > 0; half /= 2) {
        if (y < half)
            for (int k = 0; k < S * V; ++k) shared[k][threadIdx.x] += shared[k][threadIdx.x + half * across];
        __syncthreads();
    }
    if (y == 0 && channel < grid.channels)
        for (int s = 0; s < S; ++s)
            for (int v = 0; v < V; ++v)
                partial[(blockIdx.x * S + s) * grid.channels + channel + v] = shared[s * V + v][x];
}

/// Channels of an epilogue block, side by side, and the threads that share each.
constexpr uint32_t finish_channels = 8, finish_threads = threads_a_block / finish_channels;

/// finish(c, sums[S]) for each channel, with the sums of all blocks. Each thread adds every n-th partial sum.
template <int S, class Finish>
__global__ void channel_sums_finish_kernel(const float* partial, ChannelSumsGrid grid,
                                           const RunScalars* scalars, Finish finish) {
    __shared__ double shared[S][threads_a_block];
    const uint32_t x = threadIdx.x % finish_channels, y = threadIdx.x / finish_channels;
    const uint32_t channel = blockIdx.x * finish_channels + x;
    double sums[S] = {};
    if (channel < grid.channels)
        for (uint32_t block = y; block < grid.row_blocks; block += finish_threads)
            for (int s = 0; s < S; ++s) sums[s] += double{partial[(block * S + s) * grid.channels + channel]};
    for (int s = 0; s < S; ++s) shared[s][threadIdx.x] = sums[s];
    __syncthreads();
    for (uint32_t half = finish_threads / 2; half > 0; half /= 2) {
        if (y < half)
            for (int s = 0; s < S; ++s)
                shared[s][threadIdx.x] += shared[s][threadIdx.x + half * finish_channels];
        __syncthreads();
    }
    if (y > 0 || channel >= grid.channels) return;
    for (int s = 0; s < S; ++s) sums[s] = shared[s][x];
    finish(channel, sums, scalars);
}

template <int S, int V, class F, class Finish>
void channel_sums(const Site& site, const ChannelSumsGrid& grid, float* scratch, const F& f,
                  const Finish& finish) {
    const uint32_t packs = grid.channels / V;
    uint32_t across = 1;
    while (across < 32 && across < packs) across *= 2;
    launch(site, dim3(grid.row_blocks, blocks_for(packs, across)), threads_a_block,
           channel_sums_kernel<S, V, F>, scratch, grid, across, site.scalars, f);
    launch(site, blocks_for(grid.channels, finish_channels), threads_a_block,
           channel_sums_finish_kernel<S, Finish>, scratch, grid, site.scalars, finish);
}

}  // namespace cnnlab::cuda
