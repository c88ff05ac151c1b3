#pragma once

#include <string>

#include "native/distributed/launch.hpp"

namespace cnnlab {

/// The GPU of a process, among `visible` that it sees: that of its number on this machine. Who sees one takes it: a
/// launcher may have given each its own. Throws Error (unsupported) where there are too few.
[[nodiscard]] int gpu_of_process(const Launch& launch, int visible);

/// Throws Error (unsupported) in all members, naming the first two that have the same GPU. `address`: where it is in
/// its machine.
void check_own_gpus(Group& group, const std::string& host, const std::string& address);

/// "CUDA_VISIBLE_DEVICES=2": for a program that a process starts, which shall see that process' GPU alone.
[[nodiscard]] std::string own_gpu_variable(const Launch& launch);

}  // namespace cnnlab
