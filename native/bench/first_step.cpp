#include "native/bench/first_step.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "engine/core/spec.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

/// A folder that is removed with its object.
struct TemporaryFolder {
    fs::path path;
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "cnnlab-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw Error(ErrorCode::io, name, "cannot be made", "choose another folder with TMPDIR");
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

}  // namespace

TrainProcess run_train_process(const std::string& experiment, int steps, int threads,
                               const std::filesystem::path& data) {
    const TemporaryFolder folder;
    const fs::path program = fs::read_symlink("/proc/self/exe");
    std::string command = shell_word(program.string()) + " train " + shell_word(experiment) +
                          " --json --batch 64 --threads " + std::to_string(threads) + " --run " +
                          shell_word((folder.path / "run").string());
    command += steps > 0 ? " --steps " + std::to_string(steps) : std::string(" --epochs 1");
    if (!data.empty()) command += " --data " + shell_word(data.string());
    // The last line is the error, or the JSON.
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr)
        throw Error(ErrorCode::io, program.string(), "cannot be started", "free some memory and try again");
    std::string line, last;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
        if (c != '\n') line += static_cast<char>(c);
        if (c == '\n' && !line.empty()) last = std::exchange(line, {});
    }
    const Json json = Json::parse(last, nullptr, false);
    if (::pclose(pipe) != 0 || !json.is_object())
        throw Error(ErrorCode::io, experiment, "its training in a process of its own failed: " + last,
                    "run it by hand: " + command);
    return {json.value("first_step_seconds", 0.0), json.value("peak_memory_bytes", int64_t{0})};
}

}  // namespace cnnlab
