#include "native/cuda/ceilings.hpp"

#include <algorithm>

#include "native/cuda/device/device.hpp"
#include "native/cuda/device/memory.hpp"
#include "native/cuda/libraries/cublas_lt.hpp"

namespace cnnlab {

namespace {

using namespace cuda;

/// Seconds of one call, the best of several.
template <class F>
double best_of(int repeats, cudaStream_t stream, const F& call) {
    const Event start(true), end(true);
    call();
    double best = 1e9;
    for (int i = 0; i < repeats; ++i) {
        CNNLAB_CUDA(cudaEventRecord(start.get(), stream));
        call();
        CNNLAB_CUDA(cudaEventRecord(end.get(), stream));
        CNNLAB_CUDA(cudaEventSynchronize(end.get()));
        best = std::min(best, end.seconds_since(start));
    }
    return best;
}

/// Fills with small positive halves that differ: zeros would make a product faster than it is.
void fill(const DeviceBuffer& buffer, cudaStream_t stream) {
    std::vector<uint16_t> values(static_cast<size_t>(buffer.bytes()) / sizeof(uint16_t));
    uint32_t state = 1;
    for (uint16_t& value : values) {
        state = state * 1664525U + 1013904223U;
        value = static_cast<uint16_t>(0x2C00U + (state >> 22U) + ((state >> 21U & 1U) << 15U));
    }
    CNNLAB_CUDA(
        cudaMemcpyAsync(buffer.data(), values.data(), values.size() * 2, cudaMemcpyHostToDevice, stream));
    CNNLAB_CUDA(cudaStreamSynchronize(stream));
}

double product_flops(cudaStream_t stream) {
    const auto blas = CublasLt::load();
    if (!blas) return 0;
    constexpr int size = 8192;
    BlasProduct product;
    product.m = product.n = product.k = size;
    product.transpose_a = true;
    product.element = Element::f16;
    const int64_t bytes = int64_t{size} * size * 2;
    const DeviceBuffer a(bytes, "measuring"), b(bytes, "measuring"), c(bytes, "measuring");
    fill(a, stream);
    fill(b, stream);
    double seconds = 1e9;
    for (const LibraryPlan& plan : blas->plans(product)) {
        const DeviceBuffer workspace(plan.workspace, "measuring");
        const auto call = [&] { plan.run(stream, a.data(), b.data(), c.data(), workspace.data()); };
        seconds = std::min(seconds, best_of(10, stream, call));
    }
    return 2.0 * size * size * size / seconds;
}

double copy_bytes(cudaStream_t stream) {
    constexpr int64_t bytes = int64_t{1} << 30U;
    const DeviceBuffer from(bytes, "measuring"), to(bytes, "measuring");
    CNNLAB_CUDA(cudaMemsetAsync(from.data(), 1, bytes, stream));
    const double seconds = best_of(10, stream, [&] {
        CNNLAB_CUDA(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, stream));
    });
    return 2.0 * static_cast<double>(bytes) / seconds;
}

}  // namespace

CudaCeilings measure_cuda_ceilings() {
    (void)open_device();
    return {product_flops(nullptr), copy_bytes(nullptr)};
}

}  // namespace cnnlab
