#pragma once

#include <cuda_runtime_api.h>

#include <string>

namespace cnnlab::cuda {

/// Throws Error(unsupported) that names the call, its file and line, what CUDA says and what to do about it.
[[noreturn]] void fail(cudaError_t status, const char* call, const char* file, int line);
/// The same for libraries, whose statuses come as text.
[[noreturn]] void fail(const std::string& says, const char* call, const char* file, int line);

inline void check(cudaError_t status, const char* call, const char* file, int line) {
    if (status != cudaSuccess) fail(status, call, file, line);
}

/// Throws Error if so many elements cannot be counted by the kernels' 32-bit indices.
void check_countable(int64_t elements, const std::string& what);

}  // namespace cnnlab::cuda

/// Every CUDA call stands in this.
#define CNNLAB_CUDA(call) ::cnnlab::cuda::check((call), #call, __FILE__, __LINE__)
