#include "native/run/run_folder.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/data/file_kind.hpp"
#include "engine/model/model_file.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

const fs::path home = "runs";

[[noreturn]] void fail(const fs::path& path, const std::error_code& error, const std::string& option) {
    const std::string remedy = remedy_for(error.value(), "");
    throw Error(ErrorCode::io, path.string(), "the run's folder cannot be made: " + error.message(),
                remedy + (remedy.empty() ? "" : ", or ") + "choose another folder with " + option + " DIR");
}

constexpr std::array<const char*, 5> run_files{"experiment.json", "metrics.jsonl", "curves.svg",
                                               "model.safetensors", "checkpoint.safetensors"};

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

namespace {

/// The part of a safetensors file before its tensors.
std::vector<uint8_t> read_safetensors_head(const fs::path& file) {
    const std::vector<uint8_t> start = read_start(file, 8);
    uint64_t length = 0;
    for (size_t i = 0; i < start.size(); ++i) length |= uint64_t{start[i]} << (8 * i);
    return read_start(file, 8 + static_cast<size_t>(std::min<uint64_t>(length, uint64_t{1} << 27U)));
}

}  // namespace

std::string folder_name(std::string name) {
    for (char& c : name) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x80 && std::isalnum(code) == 0 && c != '.' && c != '_' && c != '-') c = '-';
    }
    if (name.empty() || name.front() == '.') name.insert(0, "run");
    return name;
}

bool holds_a_run(const fs::path& path) {
    std::error_code error;
    return std::any_of(run_files.begin(), run_files.end(),
                       [&](const char* name) { return fs::exists(path / name, error); });
}

void refuse_foreign(const fs::path& folder, const std::string& option) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        const std::string name = at->path().filename().string();
        const bool is_mine = std::any_of(run_files.begin(), run_files.end(),
                                         [&](const char* file) { return is_leftover(name, file); });
        if (!name.starts_with('.') && !is_mine)
            throw Error(ErrorCode::io, folder.string(), "holds other files, such as " + name,
                        "name a folder of its own with " + option + " DIR");
    }
}

namespace {

/// A checkpoint by itself in place of a model.
void refuse_checkpoint(const fs::path& file) {
    const std::vector<uint8_t> head = read_safetensors_head(file);
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.find("\"cnnlab-checkpoint-") == std::string_view::npos) return;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::error_code error;
    const std::string other = fs::exists(folder / "model.safetensors", error)
                                  ? shell_word((folder / "model.safetensors").string())
                                  : "the model.safetensors of the same run";
    throw Error(ErrorCode::unsupported, file.string(),
                "is a checkpoint, from which a training goes on, not a model", "name " + other);
}

}  // namespace

fs::path model_named(const std::string& run_or_file) {
    std::error_code error;
    fs::path file = run_or_file;
    if (fs::is_regular_file(file, error) && file_kind(read_start(file, 512)) == FileKind::safetensors) {
        refuse_checkpoint(file);
        return file;
    }
    return RunFolder::open(run_or_file).model();
}

RunFolder RunFolder::create(const std::string& name, const fs::path& wanted, const std::string& option) {
    std::error_code error;
    if (!wanted.empty()) {
        const fs::path path = wanted.lexically_normal();
        if (holds_a_run(path) && RunFolder(path).has_begun()) {
            throw Error(ErrorCode::io, path.string(), "already holds a run",
                        "go on with `" + command_name() + " train --resume " + shell_word(path.string()) +
                            "`, or name another folder");
        }
        if (!holds_a_run(path)) refuse_foreign(path, option);
        fs::create_directories(path, error);
        if (error) fail(path, error, option);
        return RunFolder(path);
    }
    fs::create_directories(home, error);
    if (error) fail(home, error, option);
    const std::string base = folder_name(name);
    for (int number = 1;; ++number) {
        // Making the folder is what takes the name: two programs started together get two folders.
        const fs::path path = home / (number == 1 ? base : base + "-" + std::to_string(number));
        if (fs::create_directory(path, error)) return RunFolder(path);
        if (error && error != std::errc::file_exists) fail(path, error, option);
    }
}

RunFolder RunFolder::open(const std::string& path_or_name) {
    std::error_code error;
    const fs::path here = path_or_name, kept = home / here;
    const bool is_name = here == here.filename() && !fs::equivalent(here, kept, error);
    if (is_name && holds_a_run(here) && holds_a_run(kept))
        throw Error(ErrorCode::unknown_name, "run", "\"" + path_or_name + "\" is a run here and one in runs/",
                    "write " + shell_word("./" + path_or_name) + " or " + shell_word(kept.string()));
    // A folder without a run, perhaps that of the images, does not hide the run of its name.
    for (const fs::path& path : {here, kept})
        if (holds_a_run(path)) return RunFolder(path.lexically_normal());
    for (const fs::path& path : {here, kept})
        if (fs::is_directory(path, error))
            throw Error(ErrorCode::missing_data, path.string(), "holds no run",
                        "name a folder that `train` has made");
    // A file of a run in place of its folder.
    if (const fs::path file = path_or_name; fs::is_regular_file(file, error)) {
        const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
        throw Error(ErrorCode::missing_data, path_or_name, "is a file",
                    holds_a_run(folder) ? "name its folder: " + shell_word(folder.string())
                                        : "name a folder that `train` has made");
    }
    const auto known = known_runs();
    throw Error(ErrorCode::missing_data, "run", "\"" + path_or_name + "\" is no folder, here or in runs/",
                known.empty() ? "train something first: " + command_name() + " train NAME"
                              : suggest(fs::path(path_or_name).filename().string(), known));
}

bool RunFolder::has_begun() const {
    std::error_code error;
    const bool is_empty = fs::exists(metrics(), error) && fs::file_size(metrics(), error) == 0;
    return fs::exists(checkpoint(), error) || !is_empty;
}

std::vector<std::string> RunFolder::classes() const {
    for (const fs::path& file : {checkpoint(), model()}) {
        try {
            auto names = classes_in_file(read_safetensors_head(file), file.string());
            if (!names.empty()) return names;
        } catch (const Error&) {
            // who reads the rest of a damaged file says so
        }
    }
    return {};
}

void RunFolder::remove_leftovers() const {
    std::error_code error;
    for (fs::directory_iterator at(path_, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        const std::string name = at->path().filename().string();
        const bool mine = std::any_of(run_files.begin(), run_files.end(),
                                      [&](const char* file) { return is_leftover(name, file); });
        std::error_code ignored;
        if (mine && at->is_regular_file(ignored)) fs::remove(at->path(), ignored);
    }
}

void RunFolder::remove_if_empty() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
}

}  // namespace cnnlab
