#include "native/distributed/launch.hpp"

#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

std::shared_ptr<ProcessGroup>& joined() {
    static std::shared_ptr<ProcessGroup> group;
    return group;
}

/// A whole number of the environment; `otherwise` where there is none.
int variable(const char* name, int otherwise) {
    const char* text = std::getenv(name);
    if (text == nullptr) return otherwise;
    char* end = nullptr;
    const int64_t value = std::strtol(text, &end, 10);
    return end != text && value >= 0 && value < 1'000'000 ? static_cast<int>(value) : otherwise;
}

/// Whether the environment has a variable whose name begins so.
bool has_variable(std::string_view prefix) {
    for (char** one = environ; *one != nullptr; ++one)
        if (std::string_view(*one).starts_with(prefix)) return true;
    return false;
}

/// Launchers that start processes and leave it to them how they find each other.
void refuse_without_mpi(const Launch& launch) {
    const std::string instead = "mpirun -np " + std::to_string(launch.processes);
    if (launch.launcher == "torchrun")
        throw Error(ErrorCode::unsupported, launch.launcher,
                    "or a launcher like it (RANK and WORLD_SIZE are set) has started " +
                        std::to_string(launch.processes) + " processes, which here find each other by MPI",
                    "put `" + instead +
                        "` before the command, or `srun --mpi=pmix`; for one process unset "
                        "WORLD_SIZE");
    if (launch.launcher == "srun" && !has_variable("PMI"))
        throw Error(ErrorCode::unsupported, launch.launcher,
                    "has started " + std::to_string(launch.processes) +
                        " processes without what MPI needs to find the others (its --mpi is none)",
                    "use srun --mpi=pmix, or mpirun in the job's script");
}

std::string started(const Launch& launch) {
    return launch.launcher + " has started " + std::to_string(launch.processes) + " processes";
}

#if defined(CNNLAB_HAS_MPI)
std::shared_ptr<ProcessGroup> load_group(const Launch& launch) {
    std::error_code ignored;
    const std::filesystem::path file =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "cnnlab_mpi.so";
    // RTLD_GLOBAL: Open MPI's own plug-ins look for its names
    void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
    void* found = library != nullptr ? ::dlsym(library, "cnnlab_mpi_group") : nullptr;
    if (found == nullptr)
        throw Error(ErrorCode::unsupported, launch.launcher,
                    started(launch) + ", and MPI cannot be loaded: " + std::string(::dlerror()),
                    "install the MPI that this program was built with (Debian: libopenmpi3), and keep "
                    "cnnlab_mpi.so beside cnnlab");
    try {
        return std::shared_ptr<ProcessGroup>(reinterpret_cast<MakeProcessGroup*>(found)());
    } catch (const std::exception& error) {
        throw Error(ErrorCode::unsupported, launch.launcher,
                    started(launch) + ", and MPI cannot be used: " + error.what(),
                    "install an MPI with support for threads");
    }
}
#else
std::shared_ptr<ProcessGroup> load_group(const Launch& launch) {
    throw Error(ErrorCode::unsupported, launch.launcher,
                started(launch) +
                    ", but this program was built without MPI, as there was none (or with CNNLAB_MPI=OFF)",
                "start one process, or install MPI (Debian: libopenmpi-dev) and build again");
}
#endif

}  // namespace

Launch read_launch() {
    // mpirun itself uses srun to reach other machines, and a job may have variables for torchrun: MPI's come first.
    if (const int processes = variable("OMPI_COMM_WORLD_SIZE", 0); processes > 0)
        return {"mpirun", processes, variable("OMPI_COMM_WORLD_RANK", 0),
                variable("OMPI_COMM_WORLD_LOCAL_SIZE", processes), variable("OMPI_COMM_WORLD_LOCAL_RANK", 0)};
    if (const int processes = variable("MPI_LOCALNRANKS", 0); processes > 0)  // MPICH
        return {"mpiexec", variable("PMI_SIZE", processes), variable("PMI_RANK", 0), processes,
                variable("MPI_LOCALRANKID", 0)};
    const bool is_torchrun = has_variable("RANK=") && has_variable("MASTER_ADDR=");
    if (const int processes = variable("WORLD_SIZE", 0); processes > 0 && is_torchrun)
        return {"torchrun", processes, variable("RANK", 0), variable("LOCAL_WORLD_SIZE", processes),
                variable("LOCAL_RANK", 0)};
    if (const int processes = variable("SLURM_STEP_NUM_TASKS", 0); processes > 0)
        return {"srun", processes, variable("SLURM_PROCID", 0),
                std::max(1, processes / std::max(1, variable("SLURM_STEP_NUM_NODES", 1))),
                variable("SLURM_LOCALID", 0)};
    return {};
}

std::shared_ptr<ProcessGroup> join_processes() {
    const Launch launch = read_launch();
    if (launch.processes <= 1) return nullptr;
    refuse_without_mpi(launch);
    std::shared_ptr<ProcessGroup> group = load_group(launch);
    if (group->size() != launch.processes)
        throw Error(ErrorCode::unsupported, launch.launcher,
                    started(launch) + ", but MPI knows of " + std::to_string(group->size()),
                    launch.launcher == "srun" ? "use srun --mpi=pmix, or mpirun in the job's script"
                                              : "use the mpirun of the MPI that this program was built with");
    joined() = group;
    return group;
}

std::shared_ptr<ProcessGroup> joined_group() { return joined(); }

void leave_processes() { joined().reset(); }

int threads_of_process(const Launch& launch) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    cpu_set_t set;
    CPU_ZERO(&set);
    const int allowed = ::sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : cores;
    // mpirun may have given each process cores of its own
    const int own = allowed < cores ? allowed : cores / launch.on_machine;
    return std::max(1, own);
}

}  // namespace cnnlab
