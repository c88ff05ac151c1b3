#pragma once

#include "native/cuda/kernels/device_code.hpp"

/// A matrix product whose operands are functions of their indices: the body of our own convolutions and of Muon.
/// Legend
///   m, n, k   rows and columns of the result, length of the sums
///   group     independent products of one launch (groups of a convolution, matrices of a batch)
///   split     parts of the sums, each with a result of its own, where m × n alone would not fill the machine
namespace cnnlab::cuda {

/// How a launch divides a product. Depends on the shapes alone.
struct GemmShape {
    int m = 0, n = 0, k = 0, groups = 1, splits = 1;

    /// Terms of one split, a multiple of the tile's depth.
    [[nodiscard]] __host__ __device__ constexpr int split_length() const {
        const int each = (k + splits - 1) / splits;
        return (each + 15) / 16 * 16;
    }
};

/// result(group, split, row, column, Σ_k a(group, row, k) · b(group, k, column)). A block computes 64 × 64 of the
/// result, a thread 4 × 4 of these. Slices of depth 16 go through shared memory, in fp32.
template <class A, class B, class Result>
__global__ void gemm_kernel(GemmShape shape, A a, B b, Result result) {
    constexpr int tile = 64, depth = 16, own = 4;
    __shared__ float as[depth][tile + 4], bs[depth][tile + 4];
    const int thread = int(threadIdx.x);
    const int row0 = int(blockIdx.x) * tile, column0 = int(blockIdx.y) * tile;
    const int group = int(blockIdx.z) / shape.splits, split = int(blockIdx.z) % shape.splits;
    const int begin = split * shape.split_length();
    const int end = begin + shape.split_length() < shape.k ? begin + shape.split_length() : shape.k;
    const int ty = thread / 16, tx = thread % 16;
    float sums[own][own] = {};
    for (int k0 = begin; k0 < end; k0 += depth) {
        // Neighbouring threads take neighbouring k of A and neighbouring columns of B.
#pragma unroll
        for (int i = 0; i < own; ++i) {
            const int k = k0 + thread % depth, row = row0 + thread / depth + i * depth;
            as[thread % depth][thread / depth + i * depth] =
                k < end && row < shape.m ? a(group, row, k) : 0.0F;
        }
#pragma unroll
        for (int i = 0; i < own; ++i) {
            const int k = k0 + thread / tile + i * (threads_a_block / tile), column = column0 + thread % tile;
            bs[thread / tile + i * (threads_a_block / tile)][thread % tile] =
                k < end && column < shape.n ? b(group, k, column) : 0.0F;
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < depth; ++k) {
            float left[own], right[own];
#pragma unroll
            for (int i = 0; i < own; ++i) left[i] = as[k][ty * own + i];
#pragma unroll
            for (int j = 0; j < own; ++j) right[j] = bs[k][tx * own + j];
#pragma unroll
            for (int i = 0; i < own; ++i)
#pragma unroll
                for (int j = 0; j < own; ++j) sums[i][j] += left[i] * right[j];
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < own; ++i)
#pragma unroll
        for (int j = 0; j < own; ++j) {
            const int row = row0 + ty * own + i, column = column0 + tx * own + j;
            if (row < shape.m && column < shape.n) result(group, split, row, column, sums[i][j]);
        }
}

template <class A, class B, class Result>
void gemm(const Site& site, const GemmShape& shape, const A& a, const B& b, const Result& result) {
    launch(site,
           dim3(blocks_for(uint32_t(shape.m), 64), blocks_for(uint32_t(shape.n), 64),
                uint32_t(shape.groups * shape.splits)),
           threads_a_block, gemm_kernel<A, B, Result>, shape, a, b, result);
}

/// The number of splits that make a product of few tiles fill the machine, none shorter than 512.
[[nodiscard]] inline int splits_for(int m, int n, int k, int groups) {
    const int64_t tiles = int64_t{(m + 63) / 64} * ((n + 63) / 64) * groups;
    const int64_t wanted = std::max<int64_t>(1, 512 / tiles);
    const auto splits = static_cast<int>(std::clamp<int64_t>(std::min<int64_t>(wanted, k / 512), 1, 256));
    // Whole tiles may need fewer.
    const int length = GemmShape{m, n, k, groups, splits}.split_length();
    return (k + length - 1) / length;
}

}  // namespace cnnlab::cuda
