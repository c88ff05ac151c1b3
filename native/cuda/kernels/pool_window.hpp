#pragma once

#include "native/cuda/kernels/norm_math.hpp"
#include "native/cuda/kernels/window_map.hpp"

/// Max pooling of V channels at once, for fused kernels. A row is an output position over the whole batch.
namespace cnnlab::cuda {

/// The largest values of a window and their taps. The first of equals wins: taps come in row-major order.
template <int V>
struct Winners {
    float value[V];
    int tap[V];

    __device__ Winners() {
#pragma unroll
        for (int v = 0; v < V; ++v) {
            value[v] = -INFINITY;
            tap[v] = 0;
        }
    }
    __device__ void meet(const float (&x)[V], int at) {
#pragma unroll
        for (int v = 0; v < V; ++v)
            if (x[v] > value[v]) {
                value[v] = x[v];
                tap[v] = at;
            }
    }
};

/// Pools x. Stores y and argmax if they are wanted.
template <class T, int V>
struct PooledRows {
    WindowMap window;
    const T* x = nullptr;
    T* y = nullptr;
    uint16_t* argmax = nullptr;
    bool whole = false;  ///< 2×2 windows without padding: all four loads are in flight at once

    PooledRows(const WindowMap& w, const T* x_, T* y_, uint16_t* argmax_)
        : window(w), x(x_), y(y_), argmax(argmax_) {
        whole = w.kernel_height == 2 && w.kernel_width == 2 && w.dilation_y == 1 && w.dilation_x == 1 &&
                w.before_y == 0 && w.before_x == 0 && (w.out_height - 1) * w.stride_y + 2 <= w.height &&
                (w.out_width - 1) * w.stride_x + 2 <= w.width;
    }

    [[nodiscard]] __device__ Winners<V> winners(uint32_t row, uint32_t channel) const {
        const auto width = static_cast<uint32_t>(window.out_width);
        const auto height = static_cast<uint32_t>(window.out_height);
        const uint32_t line = row / width;
        const Place2d o{static_cast<int>(line % height), static_cast<int>(row % width)};
        const int image = static_cast<int>(line / height) * window.height;
        const auto pixel = [&](Place2d p) {
            const auto at = static_cast<uint32_t>((image + p.y) * window.width + p.x);
            return x + at * static_cast<uint32_t>(window.channels) + channel;
        };
        Winners<V> best;
        if (whole) {
            float taps[4][V];
            const Place2d p = window.pixel(o, 0, 0);
#pragma unroll
            for (int tap = 0; tap < 4; ++tap) load_pack(pixel({p.y + tap / 2, p.x + tap % 2}), taps[tap]);
#pragma unroll
            for (int tap = 0; tap < 4; ++tap) best.meet(taps[tap], tap);
            return best;
        }
        for (int i = 0; i < window.kernel_height; ++i)
            for (int j = 0; j < window.kernel_width; ++j) {
                const Place2d p = window.pixel(o, i, j);
                if (!window.inside(p)) continue;
                float values[V];
                load_pack(pixel(p), values);
                best.meet(values, i * window.kernel_width + j);
            }
        return best;
    }

    /// The values of the row as they are stored.
    __device__ void operator()(uint32_t row, uint32_t channel, float (&values)[V]) const {
        const Winners<V> best = winners(row, channel);
        const uint32_t at = row * static_cast<uint32_t>(window.channels) + channel;
#pragma unroll
        for (int v = 0; v < V; ++v) values[v] = rounded<T>(best.value[v]);
        if (y != nullptr) store_pack(y + at, values);
        if (argmax == nullptr) return;
        Pack<uint16_t, V> taps;
#pragma unroll
        for (int v = 0; v < V; ++v) taps.at[v] = static_cast<uint16_t>(best.tap[v]);
        *reinterpret_cast<Pack<uint16_t, V>*>(argmax + at) = taps;
    }
};

/// Rows that are read without pooling.
template <class T, int V>
struct PlainRows {
    const T* x = nullptr;
    uint32_t channels = 1;
    __device__ void operator()(uint32_t row, uint32_t channel, float (&values)[V]) const {
        load_pack(x + row * channels + channel, values);
    }
};

/// An image cut into cells of stride × stride pixels. A window that overlaps no other lies in the cell of its number.
struct PoolCells {
    WindowMap window;
    int height = 1, width = 1;  ///< cells

    explicit PoolCells(const WindowMap& w) : window(w) {
        // A single window has no stride.
        if (w.out_height == 1) window.stride_y = std::max(w.stride_y, w.kernel_height);
        if (w.out_width == 1) window.stride_x = std::max(w.stride_x, w.kernel_width);
        const auto cells = [](int pixels, int before, int stride, int windows) {
            return std::max(windows, (pixels + before + stride - 1) / stride);
        };
        height = cells(w.height, w.before_y, window.stride_y, w.out_height);
        width = cells(w.width, w.before_x, window.stride_x, w.out_width);
    }
};

}  // namespace cnnlab::cuda
