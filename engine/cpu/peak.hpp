#pragma once

#include <string>

namespace cnnlab {

/// Peak rate of the machine: FLOP per nanosecond of fused multiply-adds in registers, on `threads` threads at once
/// (0: all), with an instruction set of cpu_archs() (empty: the widest), measured for about `seconds`.
/// The clock of a processor changes: measure in turn with what is compared.
[[nodiscard]] double cpu_peak_gflops(const std::string& arch, int threads, double seconds = 0.4);

}  // namespace cnnlab
