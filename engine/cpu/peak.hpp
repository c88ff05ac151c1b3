#pragma once

#include <string>

namespace cnnlab {

/// What the machine can do at best: FLOP per nanosecond of fused multiply-adds in registers, on `threads` threads at once (0: all),
/// with an instruction set of cpu_archs() (empty: the widest), over about `seconds`. A processor's clock changes: measure it in turn with
/// what is compared with it.
[[nodiscard]] double cpu_peak_gflops(const std::string& arch, int threads, double seconds = 0.4);

}  // namespace cnnlab
