#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "native/run/backends.hpp"

namespace cnnlab {

/// A training of a study, for a process of this program.
struct Training {
    std::filesystem::path experiment, run;
    int seed = 1;
};

/// A training that has ended.
struct EndedTraining {
    std::filesystem::path run, log;
    bool succeeded = false;
};

/// Trainings under way on this machine, each a process of this program.
class LocalTrainings {
  public:
    /// `jobs`: how many side by side.
    LocalTrainings(const BackendChoice& backend, int jobs) : backend_(&backend), jobs_(jobs) {}
    /// Ends those that are left.
    ~LocalTrainings();
    LocalTrainings(const LocalTrainings&) = delete;
    LocalTrainings& operator=(const LocalTrainings&) = delete;

    [[nodiscard]] size_t count() const { return running_.size(); }
    [[nodiscard]] bool is_full() const { return count() >= static_cast<size_t>(jobs_); }
    /// Throws Error (io) where no process can be started.
    void start(const Training& training);
    /// One that has ended; nothing if none has.
    std::optional<EndedTraining> collect();
    void interrupt(int signal);

  private:
    struct Running {
        std::filesystem::path run, log;
    };
    const BackendChoice* backend_;
    int jobs_;
    std::map<pid_t, Running> running_;
};

/// Trainings under way here and, where a launcher has started several processes, in each of the others, which serve
/// (serve_trainings).
class Trainings {
  public:
    Trainings(const BackendChoice& backend, int jobs);
    ~Trainings();
    Trainings(const Trainings&) = delete;
    Trainings& operator=(const Trainings&) = delete;

    [[nodiscard]] size_t count() const;
    [[nodiscard]] bool is_full() const {
        return count() >= static_cast<size_t>(jobs_) * (1 + others_.size());
    }
    void start(const Training& training);
    std::optional<EndedTraining> collect();
    EndedTraining wait();
    void interrupt(int signal);

  private:
    LocalTrainings local_;
    ProcessGroup* group_;
    int jobs_;
    std::vector<int> others_;  ///< by rank − 1: trainings under way there
};

/// What a process but the first does: the trainings that it is given, until there are no more.
void serve_trainings(const BackendChoice& backend, int jobs);

}  // namespace cnnlab
