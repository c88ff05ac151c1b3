#include "native/cuda/kernels/move.hpp"

#include "engine/data/augmentation_draw.hpp"
#include "native/cuda/kernels/device_code.hpp"

namespace cnnlab::cuda {

namespace {

/// The pixel of a thread.
struct Pixel {
    int n, y, x;
    __device__ Pixel(uint32_t i, const Images& images) {
        x = int(i) % images.width;
        y = int(i) / images.width % images.height;
        n = int(i) / images.width / images.height;
    }
};

__device__ uint32_t place_of(const Images& images, int n, int y, int x) {
    return uint32_t((n * images.height + y) * images.width + x) * uint32_t(images.channels);
}

template <class T>
__global__ void shift_kernel(Images images, const T* x, T* y, int down, int right, bool flip) {
    const uint32_t i = global_thread();
    if (i >= uint32_t(images.batch * images.height * images.width)) return;
    const Pixel p(i, images);
    const int across = flip ? images.width - 1 - p.x : p.x;
    const T* from =
        x + place_of(images, p.n, reflect(p.y + down, images.height), reflect(across + right, images.width));
    T* to = y + i * uint32_t(images.channels);
    for (int c = 0; c < images.channels; ++c) to[c] = from[c];
}

/// Bilinear neighbours of position i of `small` in `large`: the two pixels, and the weight of the second.
struct Between {
    int first, second;
    float share;
    __device__ Between(int i, int small, int large) {
        const float at = (float(i) + 0.5F) * float(large) / float(small) - 0.5F;
        const float inside = fminf(fmaxf(at, 0.0F), float(large - 1));
        first = int(inside);
        second = first + 1 < large ? first + 1 : first;
        share = inside - float(first);
    }
};

template <class T>
__global__ void resize_kernel(Images from, Images to, const T* x, T* y) {
    const uint32_t i = global_thread();
    if (i >= uint32_t(to.batch * to.height * to.width)) return;
    const Pixel p(i, to);
    const Between v(p.y, to.height, from.height), u(p.x, to.width, from.width);
    const T *top_left = x + place_of(from, p.n, v.first, u.first),
            *top_right = x + place_of(from, p.n, v.first, u.second),
            *low_left = x + place_of(from, p.n, v.second, u.first),
            *low_right = x + place_of(from, p.n, v.second, u.second);
    T* out = y + i * uint32_t(to.channels);
    for (int c = 0; c < to.channels; ++c) {
        const float top = (1 - u.share) * to_float(top_left[c]) + u.share * to_float(top_right[c]);
        const float low = (1 - u.share) * to_float(low_left[c]) + u.share * to_float(low_right[c]);
        out[c] = from_float<T>((1 - v.share) * top + v.share * low);
    }
}

/// The pixels that position i of a shrunk axis is the mean of, and the sum of their weights.
struct Window {
    int first, last;
    float at, scale, sum;

    __device__ Window(int i, int small, int large) {
        scale = fmaxf(1.0F, float(large) / float(small));
        at = (float(i) + 0.5F) * float(large) / float(small) - 0.5F;
        first = std::max(0, int(ceilf(at - scale)));
        last = std::min(large - 1, int(floorf(at + scale)));
        sum = 0;
        for (int k = first; k <= last; ++k) sum += weight(k);
    }
    [[nodiscard]] __device__ float weight(int k) const {
        return fmaxf(0.0F, 1.0F - fabsf(float(k) - at) / scale);
    }
};

/// A thread for each pixel, with all its channels. Also right for an axis that grows.
template <class T>
__global__ void resize_antialiased_kernel(Images from, Images to, const T* x, T* y) {
    const uint32_t i = global_thread();
    if (i >= uint32_t(to.batch * to.height * to.width)) return;
    const Pixel p(i, to);
    const Window v(p.y, to.height, from.height), u(p.x, to.width, from.width);
    T* out = y + i * uint32_t(to.channels);
    for (int c = 0; c < to.channels; ++c) {
        float sum = 0;
        for (int row = v.first; row <= v.last; ++row)
            for (int column = u.first; column <= u.last; ++column)
                sum += v.weight(row) * u.weight(column) *
                       to_float(x[place_of(from, p.n, row, column) + size_t(c)]);
        out[c] = from_float<T>(sum / (v.sum * u.sum));
    }
}

template <class T>
__global__ void weighted_sum_kernel(WeightedParts parts, T* y, uint32_t count) {
    const uint32_t i = global_thread();
    if (i >= count) return;
    float sum = 0;
    for (int part = 0; part < parts.count; ++part)
        sum += parts.weights[part] * to_float(static_cast<const T*>(parts.parts[part])[i]);
    y[i] = from_float<T>(sum);
}

}  // namespace

void run_shift(const Site& site, const Images& images, const void* x, void* y, int down, int right,
               bool flip) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, blocks_for(images.positions(), threads_a_block), threads_a_block,
                           shift_kernel<T>, images, static_cast<const T*>(x), static_cast<T*>(y), down, right,
                           flip);
    });
}

void run_resize(const Site& site, const Images& from, const Images& to, const void* x, void* y,
                bool antialias) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, blocks_for(to.positions(), threads_a_block), threads_a_block,
                           antialias ? resize_antialiased_kernel<T> : resize_kernel<T>, from, to,
                           static_cast<const T*>(x), static_cast<T*>(y));
    });
}

void run_weighted_sum(const Site& site, const WeightedParts& parts, void* y, uint32_t count) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, blocks_for(count, threads_a_block), threads_a_block, weighted_sum_kernel<T>,
                           parts, static_cast<T*>(y), count);
    });
}

}  // namespace cnnlab::cuda
