#pragma once

#include <memory>
#include <string>

#include "engine/cpu/cpu_backend.hpp"
#include "native/distributed/process_group.hpp"

namespace cnnlab {

/// Where a program runs, as the command line names it.
struct BackendChoice {
    std::string device = "auto";  ///< auto, cpu, reference or cuda
    int threads = 0;              ///< 0: as the work wants, up to one a processor core
    std::string arch;             ///< instruction set of the CPU backend; empty: the best this machine has
    std::string precision;        ///< of the CUDA backend: fp32, half or bf16; empty: fp32
    std::shared_ptr<ProcessGroup> group = nullptr;  ///< processes that share the work
};

/// Throws Error: unknown_name for a device or instruction set, out_of_range for the threads, unsupported for what
/// this build or machine does not have.
std::unique_ptr<Backend> make_backend(const BackendChoice& choice);

/// The CPU backend's options of a choice.
CpuOptions cpu_options(const BackendChoice& choice);

/// The instruction set of this machine that a person means: "SSE4.2" is sse4_2. Throws Error (unknown_name).
std::string known_arch(const std::string& arch);

/// What "auto" comes to: cuda where this build and machine have it, else cpu; other names as they are.
std::string device_of(const BackendChoice& choice);

/// The threads that a choice comes to on this machine.
int thread_count(const BackendChoice& choice);

}  // namespace cnnlab
