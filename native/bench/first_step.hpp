#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace cnnlab {

/// Cost of `train` before the first step, and while it runs.
struct TrainProcess {
    double first_step = 0;    ///< seconds from the start of the process to the end of its first step
    int64_t peak_memory = 0;  ///< bytes
};

/// Runs this program's own `train` for `steps` steps (0: one epoch and its evaluation) in a process and a temporary
/// run folder of its own. `data`: --data, may be empty. Throws Error with the child's last words where it fails.
[[nodiscard]] TrainProcess run_train_process(const std::string& experiment, int steps, int threads,
                                             const std::filesystem::path& data);

}  // namespace cnnlab
