#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"

namespace cnnlab {

class Group;
namespace cpu {
class ThreadPool;
}

struct CpuOptions {
    int threads = 0;   ///< 0: as many as the machine has
    std::string arch;  ///< an instruction set of cpu_archs(); empty: the widest
    /// A Program that is too small to gain from several threads runs on the caller's alone: waking others takes longer
    /// than its steps, and much longer on a busy machine. No result depends on it.
    bool by_work = false;
    /// Threads shared with other backends that never run at the same time. `threads` is then ignored.
    std::shared_ptr<cpu::ThreadPool> pool = nullptr;
    /// Those who run the same Programs on the same inputs and share the work: each computes some shards of a batch, and
    /// all have all weights and results, bit for bit those of one member alone.
    std::shared_ptr<Group> group = nullptr;
};

/// `threads` 0: as many as the machine has. Throws out_of_range below 0 or above 256.
[[nodiscard]] std::shared_ptr<cpu::ThreadPool> make_thread_pool(int threads);

/// The fast backend: xsimd kernels; images stream through the network in blocks of 8.
/// Throws unknown_name for an instruction set that this build or this machine lacks, out_of_range for `threads` below
/// 0 or above 256.
[[nodiscard]] std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options = {});

/// The shards of a batch of so many images: no more members of a group have work to do.
[[nodiscard]] int shards_of_batch(int images);

/// Whether one thread does a Program as fast as several do.
[[nodiscard]] bool is_tiny(const Program& program);

/// Bytes that a Program takes on such a backend, beyond its persistent tensors.
[[nodiscard]] int64_t cpu_program_bytes(const Program& program, const CpuOptions& options);

/// The instruction sets that this build has and this machine can run, narrowest first.
[[nodiscard]] std::vector<std::string> cpu_archs();

}  // namespace cnnlab
