#pragma once

#include "engine/cpu/kernels/tile.hpp"

/// Packs weights into the chunks of columns that tiles read.
namespace cnnlab::cpu::CNNLAB_ARCH {

/// out[r][j] = in[j][r] for `rows` rows of `wide` columns. `valid` columns are copied, the others are 0. Rows of `in`
/// are `stride` apart.
inline void pack_columns(const float* in, int64_t stride, int rows, int wide, int valid, float* out) {
    for (int j = 0; j < wide; j += width) {
        int r = 0;
        if (j + width <= valid)
            for (; r + width <= rows; r += width) {
                Vec square[width];
                unroll<width>([&](auto i) { square[i] = load(in + (j + i) * stride + r); });
                transpose(square);
                unroll<width>([&](auto i) { store(out + int64_t{r + i} * wide + j, square[i]); });
            }
        for (; r < rows; ++r)
            for (int i = j; i < j + width; ++i)
                out[int64_t{r} * wide + i] = i < valid ? in[i * stride + r] : 0.0F;
    }
}

/// The same without transposing: out[r][j] = in[r][j].
inline void pack_rows(const float* in, int64_t stride, int rows, int wide, int valid, float* out) {
    for (int64_t r = 0; r < rows; ++r)
        for (int j = 0; j < wide; j += width) {
            float* to = out + r * wide + j;
            const float* from = in + r * stride + j;
            if (j + width <= valid)
                store(to, load(from));
            else
                for (int i = 0; i < width; ++i) to[i] = j + i < valid ? from[i] : 0.0F;
        }
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
