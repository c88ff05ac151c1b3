#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/distributed/group.hpp"

namespace cnnlab::cuda {

/// The GPUs of a group's members, one each. All make the same calls in the same order; a call joins the stream.
/// Nothing here adds numbers, as in Group.
class Collective {
  public:
    Collective() = default;
    virtual ~Collective() = default;
    Collective(const Collective&) = delete;
    Collective& operator=(const Collective&) = delete;

    [[nodiscard]] virtual int rank() const = 0;
    [[nodiscard]] virtual int size() const = 0;
    [[nodiscard]] virtual std::string text() const = 0;  ///< "NCCL 2.28"

    /// Floats [m · count, (m + 1) · count) of `send` go to member m; those of `receive` come from it.
    virtual void all_to_all(const float* send, float* receive, int64_t count, cudaStream_t stream) = 0;
    /// Floats [m · count, (m + 1) · count) of `all` are member m's, and come to all.
    virtual void all_gather(float* all, int64_t count, cudaStream_t stream) = 0;
    /// Throws Error if a call that has begun has failed since.
    virtual void check() = 0;
};

/// Connects the GPU that is current to those of the other members.
using Connect = std::function<std::unique_ptr<Collective>(Group&)>;

}  // namespace cnnlab::cuda
