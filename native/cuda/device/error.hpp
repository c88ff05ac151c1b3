#pragma once

#include <cuda_runtime_api.h>

#include <string>

namespace cnnlab::cuda {

/// Throws Error(unsupported) that names the call, its file and line, CUDA's message and the remedy.
[[noreturn]] void fail(cudaError_t status, const char* call, const char* file, int line);
/// The same for libraries, whose statuses are text.
[[noreturn]] void fail(const std::string& says, const char* call, const char* file, int line);

inline void check(cudaError_t status, const char* call, const char* file, int line) {
    if (status != cudaSuccess) fail(status, call, file, line);
}

/// Throws Error if the kernels' 32-bit indices cannot count so many elements.
void check_countable(int64_t elements, const std::string& what);

}  // namespace cnnlab::cuda

/// Every CUDA call goes through this.
#define CNNLAB_CUDA(call) ::cnnlab::cuda::check((call), #call, __FILE__, __LINE__)
