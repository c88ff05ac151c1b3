#pragma once

#include <string>

namespace cnnlab {

/// What the machine can do at best: FLOP per nanosecond of fused multiply-adds in registers, on `threads` threads at once (0: all),
/// with an instruction set of cpu_archs() (empty: the widest). Takes about half a second.
[[nodiscard]] double cpu_peak_gflops(const std::string& arch, int threads);

}  // namespace cnnlab
