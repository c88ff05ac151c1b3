#include "native/study/trainings.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string_view>
#include <system_error>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/core/spec.hpp"
#include "native/distributed/agreement.hpp"
#include "native/distributed/devices.hpp"
#include "native/distributed/launch.hpp"
#include "native/report/terminal.hpp"
#include "native/system/interrupt.hpp"

extern char** environ;

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

/// Waits a while for a training that an earlier study has left and that is about to save.
void wait_for_other(const fs::path& run) {
    const int file = ::open((run / "metrics.jsonl").c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    for (int i = 0; file >= 0 && i < 500 && ::flock(file, LOCK_EX | LOCK_NB) != 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (file >= 0) ::close(file);
}

/// What launchers tell the processes that they start; a training is not one of them.
bool is_of_launcher(std::string_view variable) {
    return std::ranges::any_of(launcher_variables,
                               [&](std::string_view prefix) { return variable.starts_with(prefix); });
}

constexpr auto pause = std::chrono::milliseconds(20);

}  // namespace

LocalTrainings::~LocalTrainings() {
    interrupt(SIGTERM);
    while (count() > 0)
        if (!collect()) std::this_thread::sleep_for(pause);
}

void LocalTrainings::start(const Training& training) {
    const fs::path& run = training.run;
    std::vector<std::string> words{command_name(), "train"};
    if (fs::exists(run / "checkpoint.safetensors")) {
        words.insert(words.end(), {"--resume", run.string()});
    } else {
        words.insert(words.end(), {training.experiment.string(), "--run", run.string(), "--seed",
                                   std::to_string(training.seed)});
    }
    words.insert(words.end(), {"--device", backend_->device});
    const int cores =
        backend_->group != nullptr ? threads_of_process(read_launch()) : thread_count(*backend_);
    const int threads = backend_->threads > 0 ? backend_->threads : std::max(1, cores / jobs_);
    words.insert(words.end(), {"--threads", std::to_string(threads)});
    if (!backend_->arch.empty()) words.insert(words.end(), {"--arch", backend_->arch});
    if (!backend_->precision.empty()) words.insert(words.end(), {"--precision", backend_->precision});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    fs::create_directories(run.parent_path());
    wait_for_other(run);
    const fs::path log = run.string() + ".log";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    std::vector<char*> variables;
    std::string parent = std::string(parent_variable) + "=" + std::to_string(::getpid());
    // of several processes each trains on a GPU of its own
    const bool has_own_gpu = backend_->group != nullptr && backend_->device == "cuda";
    std::string gpu = has_own_gpu ? own_gpu_variable(read_launch()) : "";
    for (char** one = environ; *one != nullptr; ++one)
        if (!is_of_launcher(*one) &&
            !(has_own_gpu && std::string_view(*one).starts_with("CUDA_VISIBLE_DEVICES=")))
            variables.push_back(*one);
    if (has_own_gpu) variables.push_back(gpu.data());
    variables.push_back(parent.data());
    variables.push_back(nullptr);
    pid_t process = -1;
    const int error =
        posix_spawn(&process, "/proc/self/exe", &actions, nullptr, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw Error(ErrorCode::io, run.string(),
                    "cannot be trained: " + std::generic_category().message(error),
                    "close other programs, or use fewer --jobs");
    running_[process] = {run, log};
}

std::optional<EndedTraining> LocalTrainings::collect() {
    for (auto& [process, training] : running_) {
        int status = 0;
        if (waitpid(process, &status, WNOHANG) != process) continue;
        EndedTraining ended{training.run, training.log, WIFEXITED(status) && WEXITSTATUS(status) == 0};
        running_.erase(process);
        return ended;
    }
    return std::nullopt;
}

void LocalTrainings::interrupt(int signal) {
    for (const auto& [process, training] : running_) ::kill(process, signal);
}

namespace {

enum class Order : uint8_t { train, interrupt, end };

void send_json(Group& group, int to, const Json& json) { send_text(group, to, json.dump()); }
Json receive_json(Group& group, int from) { return Json::parse(receive_text(group, from)); }

}  // namespace

Trainings::Trainings(const BackendChoice& backend, int jobs)
    : local_(backend, jobs),
      group_(backend.group.get()),
      jobs_(jobs),
      others_(group_ != nullptr ? static_cast<size_t>(group_->size()) - 1 : 0, 0) {}

Trainings::~Trainings() {
    interrupt(SIGTERM);
    while (count() > 0) (void)wait();
    for (size_t i = 0; i < others_.size(); ++i)
        send_json(*group_, static_cast<int>(i) + 1, {{"order", Order::end}});
}

size_t Trainings::count() const {
    size_t all = local_.count();
    for (const int there : others_) all += static_cast<size_t>(there);
    return all;
}

void Trainings::start(const Training& training) {
    const auto idlest = std::min_element(others_.begin(), others_.end());
    if (idlest == others_.end() || static_cast<int>(local_.count()) <= *idlest) return local_.start(training);
    ++*idlest;
    send_json(*group_, static_cast<int>(idlest - others_.begin()) + 1,
              {{"order", Order::train},
               {"experiment", training.experiment.string()},
               {"run", training.run.string()},
               {"seed", training.seed}});
}

std::optional<EndedTraining> Trainings::collect() {
    for (size_t i = 0; i < others_.size(); ++i) {
        const int rank = static_cast<int>(i) + 1;
        if (others_[i] == 0 || !group_->has_message(rank)) continue;
        --others_[i];
        const Json ended = receive_json(*group_, rank);
        return EndedTraining{ended["run"].get<std::string>(), ended["log"].get<std::string>(),
                             ended["succeeded"].get<bool>()};
    }
    return local_.collect();
}

EndedTraining Trainings::wait() {
    for (;;) {
        if (auto ended = collect()) return *ended;
        std::this_thread::sleep_for(pause);
    }
}

void Trainings::interrupt(int signal) {
    local_.interrupt(signal);
    for (size_t i = 0; i < others_.size(); ++i)
        if (others_[i] > 0)
            send_json(*group_, static_cast<int>(i) + 1, {{"order", Order::interrupt}, {"signal", signal}});
}

void serve_trainings(const BackendChoice& backend, int jobs) {
    Group& group = *backend.group;
    LocalTrainings local(backend, jobs);
    // A signal to all is for the first process, which tells the others.
    const InterruptWatch watch;
    for (;;) {
        if (group.has_message(0)) {
            const Json order = receive_json(group, 0);
            const auto what = order["order"].get<Order>();
            if (what == Order::end) return;
            if (what == Order::interrupt)
                local.interrupt(order["signal"].get<int>());
            else
                local.start({order["experiment"].get<std::string>(), order["run"].get<std::string>(),
                             order["seed"].get<int>()});
            continue;
        }
        if (const auto ended = local.collect()) {
            send_json(group, 0,
                      {{"run", ended->run.string()},
                       {"log", ended->log.string()},
                       {"succeeded", ended->succeeded}});
            continue;
        }
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace cnnlab
