#pragma once

#include <string>

#include "engine/cpu/thread_pool.hpp"

namespace cnnlab {

/// Peak rate of the machine: FLOP per nanosecond of fused multiply-adds in registers, on `threads` threads at once
/// (0: all), with an instruction set of cpu_archs() (empty: the widest), measured for about `seconds`.
/// The clock of a processor changes: measure in turn with what is compared.
[[nodiscard]] double cpu_peak_gflops(const std::string& arch, int threads, double seconds = 0.4);

/// How many times as much the pool's threads do together as one of them alone; measured for about four times
/// `seconds`. A processor may have fewer cores than it is said to have, and others may use them.
[[nodiscard]] double cpu_parallel_speed(cpu::ThreadPool& pool, double seconds = 0.025);

}  // namespace cnnlab
