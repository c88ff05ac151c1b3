#include "native/cuda/kernels/elementwise.hpp"

#include "engine/core/philox.hpp"
#include "native/cuda/kernels/activation_math.hpp"
#include "native/cuda/kernels/map.hpp"

namespace cnnlab::cuda {

namespace {

/// The kind is a constant inside the kernel: a memory-bound kernel must not branch.
template <ActivationKind kind, bool narrow>
struct Activate {
    float alpha;
    __device__ float operator()(float x) const { return activate<narrow>(kind, x, alpha); }
};
template <ActivationKind kind, bool narrow>
struct ActivateBackward {
    float alpha;
    __device__ float operator()(float saved, float dy) const {
        return dy * activation_slope<narrow>(kind, saved, alpha);
    }
};
struct Sum {
    __device__ float operator()(float a, float b) const { return a + b; }
};

/// A thread takes four elements: those of one Philox block, or of two where the batch's first image here is not the
/// first of all.
template <class T>
__global__ void dropout_kernel(const T* x, T* y, uint32_t count, uint32_t row, float p, float factor,
                               uint32_t stream, const RunScalars* scalars) {
    const uint32_t block = global_thread();
    if (block * 4 >= count) return;
    const Philox random{scalars->seed, stream, scalars->step};
    const uint64_t before = uint64_t(scalars->first) * row;
    auto words = random((before + block * 4) / 4);
    const uint32_t elements = std::min(4U, count - block * 4);
    for (uint32_t i = 0; i < elements; ++i) {
        const uint32_t at = block * 4 + i;
        const uint64_t number = before + at;
        if (i > 0 && number % 4 == 0) words = random(number / 4);
        y[at] = from_float<T>(unit_float(words[number % 4]) >= p ? to_float(x[at]) * factor : 0.0F);
    }
}

template <class T>
__global__ void copy_channels_kernel(const T* x, T* y, uint32_t count, uint32_t width, uint32_t x_channels,
                                     uint32_t from, uint32_t y_channels, uint32_t to) {
    const uint32_t i = global_thread();
    if (i >= count) return;
    const uint32_t row = i / width, channel = i % width;
    y[row * y_channels + to + channel] = x[row * x_channels + from + channel];
}

}  // namespace

void run_activation(const Site& site, const void* x, void* y, uint32_t count, ActivationKind kind,
                    float alpha) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        with_kind(kind, [&](auto k) {
            map(site, static_cast<T*>(y), count, Activate<decltype(k)::value, is_narrow<T>>{alpha},
                static_cast<const T*>(x));
        });
    });
}

void run_activation_backward(const Site& site, const void* saved, const void* dy, void* dx, uint32_t count,
                             ActivationKind kind, float alpha) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        with_kind(kind, [&](auto k) {
            map(site, static_cast<T*>(dx), count, ActivateBackward<decltype(k)::value, is_narrow<T>>{alpha},
                static_cast<const T*>(saved), static_cast<const T*>(dy));
        });
    });
}

void run_add(const Site& site, const void* a, const void* b, void* y, uint32_t count) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        map(site, static_cast<T*>(y), count, Sum{}, static_cast<const T*>(a), static_cast<const T*>(b));
    });
}

void run_dropout(const Site& site, const void* x, void* y, uint32_t count, uint32_t row, float p,
                 uint32_t stream) {
    // With p = 1 nothing is kept, and the factor is not used.
    const float factor = p < 1 ? static_cast<float>(1.0 / (1.0 - double{p})) : 0.0F;
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, blocks_for(blocks_for(count, 4), threads_a_block), threads_a_block,
                           dropout_kernel<T>, static_cast<const T*>(x), static_cast<T*>(y), count, row, p,
                           factor, stream, site.scalars);
    });
}

void run_copy_channels(const Site& site, const void* x, void* y, uint32_t rows, uint32_t width,
                       uint32_t x_channels, uint32_t from, uint32_t y_channels, uint32_t to) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, blocks_for(rows * width, threads_a_block), threads_a_block,
                           copy_channels_kernel<T>, static_cast<const T*>(x), static_cast<T*>(y),
                           rows * width, width, x_channels, from, y_channels, to);
    });
}

}  // namespace cnnlab::cuda
