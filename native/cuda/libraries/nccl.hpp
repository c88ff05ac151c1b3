#pragma once

#include "native/cuda/libraries/collective.hpp"

namespace cnnlab::cuda {

/// NCCL, loaded when the program runs. The members find each other through the group. Throws Error (unsupported) in all
/// where one has none, or one that is too old.
[[nodiscard]] std::unique_ptr<Collective> connect_nccl(Group& group);

/// "NCCL 2.28" as this machine has it; empty: none.
[[nodiscard]] std::string nccl_version();

}  // namespace cnnlab::cuda
