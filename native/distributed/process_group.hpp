#pragma once

#include <string>

#include "engine/distributed/group.hpp"

namespace cnnlab {

/// The processes that one command (mpirun, srun) has started.
class ProcessGroup : public Group {
  public:
    /// Of the machine that this process runs on.
    [[nodiscard]] virtual std::string host() const = 0;
    /// Ends all processes at once, each with this exit code.
    virtual void abort(int code) = 0;
};

/// What cnnlab_mpi.so offers under the name "cnnlab_mpi_group". Only that file is linked with MPI, and it is loaded
/// only where several processes were started: so the program runs where there is no MPI, and starts as fast as ever.
using MakeProcessGroup = ProcessGroup*();

}  // namespace cnnlab
