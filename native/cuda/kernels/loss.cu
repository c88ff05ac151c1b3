#include "native/cuda/kernels/loss.hpp"

#include "native/cuda/kernels/activation_math.hpp"
#include "native/cuda/kernels/device_code.hpp"
#include "native/cuda/kernels/reduce.hpp"

namespace cnnlab::cuda {

namespace {

constexpr uint32_t warps_a_block = threads_a_block / 32;

/// A logit and its index; the larger of two, and of equals the first.
struct Best {
    float value;
    int at;
};
__device__ Best warp_best(Best best) {
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2) {
        const float value = __shfl_xor_sync(0xFFFFFFFFU, best.value, mask);
        const int at = __shfl_xor_sync(0xFFFFFFFFU, best.at, mask);
        if (value > best.value || (value == best.value && at < best.at)) best = {value, at};
    }
    return best;
}

/// The target of output k: one-hot, or the target itself with one logit.
__device__ float wanted(int outputs, int k, int target) {
    if (outputs == 1) return float(target);
    return k == target ? 1.0F : 0.0F;
}

/// A warp for each image. Lanes iterate over the logits.
template <class T, LossKind kind>
__global__ void loss_kernel(int batch, int outputs, const T* logits, const int32_t* targets, T* dlogits,
                            float smoothing, bool of_sum, float gradient_scale, const RunScalars* scalars,
                            double* losses, int* correct) {
    const int n = int(global_thread() / 32), lane = int(threadIdx.x % 32);
    if (n >= batch) return;  // whole warps
    const int count = scalars->count;
    if (n >= count) {
        if (dlogits != nullptr)
            for (int k = lane; k < outputs; k += 32) dlogits[n * outputs + k] = from_float<T>(0.0F);
        if (lane == 0) {
            losses[n] = 0;
            correct[n] = 0;
        }
        return;
    }
    const T* x = logits + n * outputs;
    const int target = targets[n];
    Best best{-INFINITY, outputs};
    for (int k = lane; k < outputs; k += 32) {
        const float value = to_float(x[k]);
        if (value > best.value) best = {value, k};
    }
    best = warp_best(best);
    // In double: the loss of a well-classified image is the small difference of numbers near 1.
    double log_sum = 0;
    if constexpr (kind == LossKind::cross_entropy) {
        double sum = 0;
        for (int k = lane; k < outputs; k += 32) sum += exp(double{to_float(x[k])} - double{best.value});
        log_sum = log(warp_sum(sum));
    }
    const float share = of_sum ? gradient_scale : gradient_scale / float(scalars->total);
    double loss = 0;
    for (int k = lane; k < outputs; k += 32) {
        const float value = to_float(x[k]), t = wanted(outputs, k, target);
        float gradient = 0;
        if constexpr (kind == LossKind::cross_entropy) {
            const double log_softmax = double{value} - double{best.value} - log_sum;
            const double q =
                (k == target ? 1.0 - double{smoothing} : 0.0) + double{smoothing} / double(outputs);
            loss -= q * log_softmax;
            gradient = float(exp(log_softmax) - q);
        } else if constexpr (kind == LossKind::binary_cross_entropy) {
            loss += double{(fmaxf(value, 0.0F) - value * t + log1pf(expf(-fabsf(value)))) / float(outputs)};
            gradient = (sigmoid(value) - t) / float(outputs);
        } else {
            loss += double{(value - t) * (value - t) / float(outputs)};
            gradient = 2.0F * (value - t) / float(outputs);
        }
        if (dlogits != nullptr) dlogits[n * outputs + k] = from_float<T>(gradient * share);
    }
    loss = warp_sum(loss);
    if (lane == 0) {
        const float threshold = kind == LossKind::mean_squared_error ? 0.5F : 0.0F;
        const int answer = outputs == 1 ? (best.value > threshold ? 1 : 0) : best.at;
        losses[n] = loss;
        correct[n] = answer == target ? 1 : 0;
    }
}

/// One block adds the losses of the images in a fixed order.
__global__ void loss_sum_kernel(int batch, const double* losses, const int* correct, RunResult* result) {
    __shared__ double sums[warps_a_block];
    __shared__ int counts[warps_a_block];
    double loss = 0;
    int right = 0;
    for (int n = int(threadIdx.x); n < batch; n += threads_a_block) {
        loss += losses[n];
        right += correct[n];
    }
    loss = block_sum(loss, sums);
    right = block_sum(right, counts);
    if (threadIdx.x == 0) {
        result->loss_sum = loss;
        result->correct = right;
    }
}

/// A warp for each row.
template <class T>
__global__ void softmax_kernel(uint32_t rows, uint32_t channels, const T* x, T* y) {
    const uint32_t row = global_thread() / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    x += row * channels;
    y += row * channels;
    float highest = -INFINITY;
    for (uint32_t c = lane; c < channels; c += 32) highest = fmaxf(highest, to_float(x[c]));
    highest = warp_reduce(highest, [](float a, float b) { return fmaxf(a, b); });
    float sum = 0;
    for (uint32_t c = lane; c < channels; c += 32) sum += expf(to_float(x[c]) - highest);
    sum = warp_sum(sum);
    for (uint32_t c = lane; c < channels; c += 32) y[c] = from_float<T>(expf(to_float(x[c]) - highest) / sum);
}

template <class T>
__global__ void softmax_backward_kernel(uint32_t rows, uint32_t channels, const T* y, const T* dy, T* dx) {
    const uint32_t row = global_thread() / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    y += row * channels;
    dy += row * channels;
    dx += row * channels;
    float sum = 0;
    for (uint32_t c = lane; c < channels; c += 32) sum += to_float(dy[c]) * to_float(y[c]);
    sum = warp_sum(sum);
    for (uint32_t c = lane; c < channels; c += 32)
        dx[c] = from_float<T>(to_float(y[c]) * (to_float(dy[c]) - sum));
}

}  // namespace

int64_t loss_scratch(int batch) { return int64_t{batch} * int64_t{sizeof(double) + sizeof(int)}; }

void run_loss(const Site& site, LossKind kind, int batch, int outputs, const void* logits,
              const int32_t* targets, void* dlogits, float label_smoothing, bool gradient_of_sum,
              void* scratch) {
    double* losses = static_cast<double*>(scratch);
    int* correct = reinterpret_cast<int*>(losses + batch);
    const uint32_t blocks = blocks_for(uint32_t(batch), warps_a_block);
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        const auto go = [&](auto* kernel) {
            launch(site, blocks, threads_a_block, kernel, batch, outputs, static_cast<const T*>(logits),
                   targets, static_cast<T*>(dlogits), label_smoothing, gradient_of_sum, site.gradient_scale,
                   site.scalars, losses, correct);
        };
        if (kind == LossKind::cross_entropy) go(loss_kernel<T, LossKind::cross_entropy>);
        if (kind == LossKind::binary_cross_entropy) go(loss_kernel<T, LossKind::binary_cross_entropy>);
        if (kind == LossKind::mean_squared_error) go(loss_kernel<T, LossKind::mean_squared_error>);
    });
    launch(site, 1, threads_a_block, loss_sum_kernel, batch, losses, correct, site.result);
}

void run_softmax(const Site& site, uint32_t rows, uint32_t channels, const void* x, void* y) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch(site, blocks_for(rows, warps_a_block), threads_a_block, softmax_kernel<T>, rows, channels,
               static_cast<const T*>(x), static_cast<T*>(y));
    });
}

void run_softmax_backward(const Site& site, uint32_t rows, uint32_t channels, const void* y, const void* dy,
                          void* dx) {
    with_element(site.element, [&](auto t) {
        using T = decltype(t);
        launch(site, blocks_for(rows, warps_a_block), threads_a_block, softmax_backward_kernel<T>, rows,
               channels, static_cast<const T*>(y), static_cast<const T*>(dy), static_cast<T*>(dx));
    });
}

}  // namespace cnnlab::cuda
