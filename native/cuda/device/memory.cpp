#include "native/cuda/device/memory.hpp"

#include <string>

#include "engine/core/error.hpp"

namespace cnnlab::cuda {

namespace {

std::string mebibytes(size_t bytes) { return std::to_string((bytes + (1U << 20U) - 1) >> 20U) + " MiB"; }

}  // namespace

DeviceBuffer::DeviceBuffer(int64_t bytes, const char* what) : bytes_(bytes) {
    if (bytes == 0) return;
    void* data = nullptr;
    const cudaError_t status = cudaMalloc(&data, static_cast<size_t>(bytes));
    if (status == cudaErrorMemoryAllocation) {
        (void)cudaGetLastError();  // clears the error: else the next launch would report it
        size_t free = 0, total = 0;
        CNNLAB_CUDA(cudaMemGetInfo(&free, &total));
        throw Error(ErrorCode::unsupported, "cuda",
                    std::string("the GPU has too little memory: ") + what + " needs " +
                        mebibytes(static_cast<size_t>(bytes)) + ", and " + mebibytes(free) + " of " +
                        mebibytes(total) + " are free",
                    "use a smaller batch, or --precision half");
    }
    CNNLAB_CUDA(status);
    data_ = static_cast<std::byte*>(data);
}

// For destructors, which cannot report errors. Whatever fails here has failed before.
DeviceBuffer::~DeviceBuffer() { (void)cudaFree(data_); }

PinnedBuffer::PinnedBuffer(int64_t bytes) { CNNLAB_CUDA(cudaMallocHost(&data_, static_cast<size_t>(bytes))); }

PinnedBuffer::~PinnedBuffer() { (void)cudaFreeHost(data_); }

Event::Event(bool timed) {
    CNNLAB_CUDA(cudaEventCreateWithFlags(&event_, timed ? cudaEventDefault : cudaEventDisableTiming));
}

Event::~Event() {
    if (event_ != nullptr) (void)cudaEventDestroy(event_);
}

double Event::seconds_since(const Event& start) const {
    float milliseconds = 0;
    CNNLAB_CUDA(cudaEventElapsedTime(&milliseconds, start.get(), get()));
    return 1e-3 * static_cast<double>(milliseconds);
}

}  // namespace cnnlab::cuda
