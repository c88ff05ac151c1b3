#include "native/run/run_folder.hpp"

#include <algorithm>
#include <cctype>
#include <system_error>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

const fs::path home = "runs";

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
    throw Error(ErrorCode::io, path.string(), "the run's folder cannot be made: " + error.message(),
                "choose another one with --run DIR");
}

/// Any name as the name of a folder.
std::string folder_name(std::string name) {
    for (char& c : name) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x80 && std::isalnum(code) == 0 && c != '.' && c != '_' && c != '-') c = '-';
    }
    if (name.empty() || name.front() == '.') name.insert(0, "run");
    return name;
}

bool holds_a_run(const fs::path& path) {
    for (const char* name :
         {"experiment.json", "metrics.jsonl", "curves.svg", "model.safetensors", "checkpoint.safetensors"}) {
        if (fs::exists(path / name)) return true;
    }
    return false;
}

std::vector<std::string> known_runs() {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(home, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        if (holds_a_run(at->path())) names.push_back(at->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

RunFolder RunFolder::create(const std::string& name, const fs::path& wanted) {
    std::error_code error;
    if (!wanted.empty()) {
        const fs::path path = wanted.lexically_normal();
        if (holds_a_run(path)) {
            throw Error(ErrorCode::io, path.string(), "already holds a run",
                        "go on with `" + command_name() + " train --resume " + shell_word(path.string()) +
                            "`, or name another folder");
        }
        fs::create_directories(path, error);
        if (error) fail(path, error);
        return RunFolder(path);
    }
    fs::create_directories(home, error);
    if (error) fail(home, error);
    const std::string base = folder_name(name);
    for (int number = 1;; ++number) {
        // Making the folder is what takes the name: two programs started together get two folders.
        const fs::path path = home / (number == 1 ? base : base + "-" + std::to_string(number));
        if (fs::create_directory(path, error)) return RunFolder(path);
        if (error && error != std::errc::file_exists) fail(path, error);
    }
}

RunFolder RunFolder::open(const std::string& path_or_name) {
    std::error_code error;
    for (const fs::path& path : {fs::path(path_or_name), home / path_or_name}) {
        if (!fs::is_directory(path, error)) continue;
        if (holds_a_run(path)) return RunFolder(path.lexically_normal());
        throw Error(ErrorCode::missing_data, path.string(), "holds no run",
                    "name a folder that `train` has made");
    }
    const auto known = known_runs();
    throw Error(ErrorCode::missing_data, "run", "\"" + path_or_name + "\" is no folder, here or in runs/",
                known.empty() ? "train something first: " + command_name() + " train NAME"
                              : suggest(fs::path(path_or_name).filename().string(), known));
}

void RunFolder::remove_if_empty() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
}

}  // namespace cnnlab
