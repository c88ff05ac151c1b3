#include "native/cuda/kernels/conv2d.hpp"

#include "native/cuda/kernels/gemm.hpp"
#include "native/cuda/kernels/map.hpp"

namespace cnnlab::cuda {

namespace {

/// A row of a batch of images or maps: image n, position at.
struct Row {
    int n;
    Place2d at;
};
__device__ Row row_of(int row, int height, int width) {
    return {row / (height * width), {row / width % height, row % width}};
}

/// An element of a window: tap (i, j), channel c of the group.
struct Tap {
    int i, j, c;
};
__device__ Tap tap_of(int k, int channels, int kernel_width) {
    const int tap = k / channels;
    return {tap / kernel_width, tap % kernel_width, k % channels};
}

/// (row = output position, k = element of its window) → x. Also the second operand of a product over positions.
template <class T>
struct WindowElements {
    WindowMap w;
    int channels;  ///< of a group
    const T* x;
    __device__ float operator()(int group, int row, int k) const {
        const Row r = row_of(row, w.out_height, w.out_width);
        const Tap t = tap_of(k, channels, w.kernel_width);
        const Place2d p = w.pixel(r.at, t.i, t.j);
        if (!w.inside(p)) return 0.0F;
        return to_float(x[((r.n * w.height + p.y) * w.width + p.x) * w.channels + group * channels + t.c]);
    }
};
/// (k = element of the window, column = output channel of the group) → weight.
template <class T>
struct Filters {
    int window, outs;  ///< elements of a filter; output channels of a group
    const T* weight;
    __device__ float operator()(int group, int k, int column) const {
        return to_float(weight[(group * outs + column) * window + k]);
    }
};

/// y = sum + bias.
template <class T>
struct StoreMaps {
    int channels, outs;  ///< all output channels; those of a group
    const float* bias;
    T* y;
    __device__ void operator()(int group, int, int row, int column, float sum) const {
        const int k = group * outs + column;
        y[row * channels + k] = from_float<T>(bias != nullptr ? sum + bias[k] : sum);
    }
};

/// (row = pixel, k = tap and output channel of the group) → dy of the window whose tap falls on the pixel.
template <class T>
struct Errors {
    WindowMap w;
    int channels, outs;
    const T* dy;
    __device__ float operator()(int group, int row, int k) const {
        const Row r = row_of(row, w.height, w.width);
        const Tap t = tap_of(k, outs, w.kernel_width);
        Place2d o;
        if (!w.window(r.at, t.i, t.j, o)) return 0.0F;
        return to_float(dy[((r.n * w.out_height + o.y) * w.out_width + o.x) * channels + group * outs + t.c]);
    }
};
/// (k = tap and output channel, column = input channel of the group) → weight.
template <class T>
struct FiltersTurned {
    int taps, ins, outs;
    const T* weight;
    __device__ float operator()(int group, int k, int column) const {
        return to_float(weight[((group * outs + k % outs) * taps + k / outs) * ins + column]);
    }
};
template <class T>
struct StorePixels {
    int channels, ins;
    T* dx;
    __device__ void operator()(int group, int, int row, int column, float sum) const {
        dx[row * channels + group * ins + column] = from_float<T>(sum);
    }
};

/// (row = output channel of the group, k = output position) → dy.
template <class T>
struct ErrorsOfChannel {
    int channels, outs;
    const T* dy;
    __device__ float operator()(int group, int row, int k) const {
        return to_float(dy[k * channels + group * outs + row]);
    }
};
struct StorePartialGradient {
    int outs, window;
    int64_t weights;
    float* partial;
    __device__ void operator()(int group, int split, int row, int column, float sum) const {
        partial[split * weights + int64_t{group * outs + row} * window + column] = sum;
    }
};

/// Adds the partial sums of a gradient, in order.
__global__ void sum_parts_kernel(const float* partial, int parts, int64_t count, float factor, float* sums) {
    const int64_t i = int64_t{global_thread()};
    if (i >= count) return;
    float sum = 0;
    for (int part = 0; part < parts; ++part) sum += partial[part * count + i];
    sums[i] = sum * factor;
}

GemmShape weight_product(const ConvShape& s) {
    GemmShape shape{s.out_group(), s.window.taps() * s.in_group(),
                    s.batch * s.window.out_height * s.window.out_width, s.groups, 1};
    shape.splits = splits_for(shape.m, shape.n, shape.k, shape.groups);
    return shape;
}

struct AddBias {
    const float* bias;
    using Constants = float;
    __device__ float constants(uint32_t channel, const RunScalars*) const { return bias[channel]; }
    __device__ bool counted(uint32_t, const RunScalars*) const { return true; }
    __device__ float operator()(float constant, float y) const { return y + constant; }
};

}  // namespace

void run_conv2d(const Site& site, const ConvShape& s, const void* x, const void* weight, const float* bias,
                void* y) {
    const WindowMap& w = s.window;
    const int window = w.taps() * s.in_group();
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        gemm(site, {s.batch * w.out_height * w.out_width, s.out_group(), window, s.groups, 1},
             WindowElements<T>{w, s.in_group(), static_cast<const T*>(x)},
             Filters<T>{window, s.out_group(), static_cast<const T*>(weight)},
             StoreMaps<T>{s.out_channels, s.out_group(), bias, static_cast<T*>(y)});
    });
}

void run_conv2d_backward_input(const Site& site, const ConvShape& s, const void* dy, const void* weight,
                               void* dx) {
    const WindowMap& w = s.window;
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        gemm(site, {s.batch * w.height * w.width, s.in_group(), w.taps() * s.out_group(), s.groups, 1},
             Errors<T>{w, s.out_channels, s.out_group(), static_cast<const T*>(dy)},
             FiltersTurned<T>{w.taps(), s.in_group(), s.out_group(), static_cast<const T*>(weight)},
             StorePixels<T>{w.channels, s.in_group(), static_cast<T*>(dx)});
    });
}

int64_t conv2d_backward_weight_scratch(const ConvShape& s) { return weight_product(s).splits * s.weights(); }

void run_conv2d_backward_weight(const Site& site, const ConvShape& s, const void* x, const void* dy,
                                float* dweight, float* scratch) {
    const GemmShape shape = weight_product(s);
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        gemm(site, shape, ErrorsOfChannel<T>{s.out_channels, s.out_group(), static_cast<const T*>(dy)},
             WindowElements<T>{s.window, s.in_group(), static_cast<const T*>(x)},
             StorePartialGradient{s.out_group(), shape.n, s.weights(), scratch});
    });
    launch_independent(site, blocks_for(uint32_t(s.weights()), threads_a_block), threads_a_block,
                       sum_parts_kernel, scratch, shape.splits, s.weights(), 1.0F / site.gradient_scale,
                       dweight);
}

void run_add_bias(const Site& site, uint32_t rows, uint32_t channels, const float* bias, void* y) {
    with_packs(site.element, channels, [&](auto t, auto v) {
        using T = decltype(t);
        channel_map<decltype(v)::value>(site, static_cast<T*>(y), rows, channels, AddBias{bias},
                                        static_cast<const T*>(y));
    });
}

}  // namespace cnnlab::cuda
