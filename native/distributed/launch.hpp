#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "native/distributed/process_group.hpp"

namespace cnnlab {

/// What the command that has started this process says of it, in the environment.
struct Launch {
    std::string launcher;  ///< "mpirun", "srun", "torchrun"; empty: none
    int processes = 1;
    int rank = 0;
    int on_machine = 1;  ///< processes on this machine
    int local_rank = 0;  ///< number among those
};

[[nodiscard]] Launch read_launch();

/// How the names of variables begin by which launchers and their MPI tell a process that it is one of several.
inline constexpr std::array<std::string_view, 10> launcher_variables{
    "OMPI_",        "PMIX_", "PMI_",        "MPI_LOCAL",   "SLURM_STEP_",
    "SLURM_PROCID", "RANK=", "WORLD_SIZE=", "LOCAL_RANK=", "MASTER_ADDR="};

/// Joins the other processes; null where this one was started alone. Throws Error (unsupported) where it was not and
/// this program cannot: without MPI, or after a launcher that MPI does not know of (torchrun, srun without PMIx), so
/// that nobody trains the same thing several times without a word.
[[nodiscard]] std::shared_ptr<ProcessGroup> join_processes();

/// The group that was joined; null where none was.
[[nodiscard]] std::shared_ptr<ProcessGroup> joined_group();
/// Leaves it, in good order: all do.
void leave_processes();

/// Threads for each of several processes on this machine, where nobody has said how many.
[[nodiscard]] int threads_of_process(const Launch& launch);

}  // namespace cnnlab
