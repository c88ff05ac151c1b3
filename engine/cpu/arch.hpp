#pragma once

#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/cpu/kernel.hpp"

namespace cnnlab::cpu {

/// An instruction set of this build that this machine can run.
struct Arch {
    std::string name;
    const KernelSet* kernels;
};

/// Narrowest first; never empty, or Error(unsupported).
[[nodiscard]] const std::vector<Arch>& archs();
/// By name, or the widest for an empty one.
[[nodiscard]] const Arch& arch_by_name(const std::string& name);

}  // namespace cnnlab::cpu
