#include "native/cuda/kernels/pool.hpp"

#include "native/cuda/kernels/device_code.hpp"

namespace cnnlab::cuda {

namespace {

/// The element of [batch, height, width, channels] that a thread works on.
struct Where {
    int n, channel;
    Place2d at;
    __device__ Where(uint32_t i, int height, int width, int channels) {
        channel = int(i % uint32_t(channels));
        i /= uint32_t(channels);
        at.x = int(i % uint32_t(width));
        i /= uint32_t(width);
        at.y = int(i % uint32_t(height));
        n = int(i / uint32_t(height));
    }
};

__device__ uint32_t in_index(const WindowMap& w, int n, Place2d p, int channel) {
    return uint32_t(((n * w.height + p.y) * w.width + p.x) * w.channels + channel);
}
__device__ uint32_t out_index(const WindowMap& w, int n, Place2d p, int channel) {
    return uint32_t(((n * w.out_height + p.y) * w.out_width + p.x) * w.channels + channel);
}

/// The first of equals wins: taps come in row-major order.
template <class T>
__global__ void max_pool_kernel(WindowMap w, uint32_t count, const T* x, T* y, uint16_t* argmax) {
    const uint32_t i = global_thread();
    if (i >= count) return;
    const Where o(i, w.out_height, w.out_width, w.channels);
    float best = -INFINITY;
    int winner = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
        for (int kx = 0; kx < w.kernel_width; ++kx) {
            const Place2d p = w.pixel(o.at, ky, kx);
            if (!w.inside(p)) continue;
            const float value = to_float(x[in_index(w, o.n, p, o.channel)]);
            if (value > best) {
                best = value;
                winner = ky * w.kernel_width + kx;
            }
        }
    y[i] = from_float<T>(best);
    if (argmax != nullptr) argmax[i] = uint16_t(winner);
}

/// A pixel gathers from the windows that hold it, so that no two threads write one address.
template <class T>
__global__ void max_pool_backward_kernel(WindowMap w, uint32_t count, const T* dy, const uint16_t* argmax,
                                         T* dx) {
    const uint32_t i = global_thread();
    if (i >= count) return;
    const Where p(i, w.height, w.width, w.channels);
    float sum = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
        for (int kx = 0; kx < w.kernel_width; ++kx) {
            Place2d o;
            if (!w.window(p.at, ky, kx, o)) continue;
            const uint32_t at = out_index(w, p.n, o, p.channel);
            if (argmax[at] == ky * w.kernel_width + kx) sum += to_float(dy[at]);
        }
    dx[i] = from_float<T>(sum);
}

__device__ float divisor(const WindowMap& w, Place2d out, bool count_include_pad) {
    return float(count_include_pad ? w.taps() : w.taps_inside(out));
}

template <class T>
__global__ void avg_pool_kernel(WindowMap w, uint32_t count, const T* x, T* y, bool count_include_pad) {
    const uint32_t i = global_thread();
    if (i >= count) return;
    const Where o(i, w.out_height, w.out_width, w.channels);
    float sum = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
        for (int kx = 0; kx < w.kernel_width; ++kx) {
            const Place2d p = w.pixel(o.at, ky, kx);
            if (w.inside(p)) sum += to_float(x[in_index(w, o.n, p, o.channel)]);
        }
    y[i] = from_float<T>(sum / divisor(w, o.at, count_include_pad));
}

template <class T>
__global__ void avg_pool_backward_kernel(WindowMap w, uint32_t count, const T* dy, T* dx,
                                         bool count_include_pad) {
    const uint32_t i = global_thread();
    if (i >= count) return;
    const Where p(i, w.height, w.width, w.channels);
    float sum = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
        for (int kx = 0; kx < w.kernel_width; ++kx) {
            Place2d o;
            if (w.window(p.at, ky, kx, o))
                sum += to_float(dy[out_index(w, p.n, o, p.channel)]) / divisor(w, o, count_include_pad);
        }
    dx[i] = from_float<T>(sum);
}

uint32_t inputs(const WindowMap& w, int batch) { return uint32_t(batch * w.height * w.width * w.channels); }
uint32_t outputs(const WindowMap& w, int batch) {
    return uint32_t(batch * w.out_height * w.out_width * w.channels);
}

/// Launches kernel<T>(window, count, arguments…) with a thread for each of `count` elements.
template <class Kernel, class... A>
void each(const Site& site, const WindowMap& window, uint32_t count, Kernel* kernel, const A&... arguments) {
    launch_independent(site, blocks_for(count, threads_a_block), threads_a_block, kernel, window, count,
                       arguments...);
}

}  // namespace

void run_max_pool(const Site& site, const WindowMap& window, int batch, const void* x, void* y,
                  uint16_t* argmax) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        each(site, window, outputs(window, batch), max_pool_kernel<T>, static_cast<const T*>(x),
             static_cast<T*>(y), argmax);
    });
}

void run_max_pool_backward(const Site& site, const WindowMap& window, int batch, const void* dy,
                           const uint16_t* argmax, void* dx) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        each(site, window, inputs(window, batch), max_pool_backward_kernel<T>, static_cast<const T*>(dy),
             argmax, static_cast<T*>(dx));
    });
}

void run_avg_pool(const Site& site, const WindowMap& window, int batch, const void* x, void* y,
                  bool count_include_pad) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        each(site, window, outputs(window, batch), avg_pool_kernel<T>, static_cast<const T*>(x),
             static_cast<T*>(y), count_include_pad);
    });
}

void run_avg_pool_backward(const Site& site, const WindowMap& window, int batch, const void* dy, void* dx,
                           bool count_include_pad) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        each(site, window, inputs(window, batch), avg_pool_backward_kernel<T>, static_cast<const T*>(dy),
             static_cast<T*>(dx), count_include_pad);
    });
}

}  // namespace cnnlab::cuda
