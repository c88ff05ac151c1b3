#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/drawing/svg.hpp"
#include "native/commands/commands.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/run/run_folder.hpp"
#include "native/study/run_record.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

/// A run of the folder, or why it cannot be read.
struct Entry {
    fs::path folder;
    fs::file_time_type when;
    std::optional<RunHistory> run;
    std::string problem;
};

/// Folders that hold a run, also those of a study's variants and seeds.
std::vector<fs::path> run_folders(const fs::path& root) {
    constexpr int deepest = 2;  // STUDY/VARIANT/seed-1
    std::vector<fs::path> folders;
    std::error_code error;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        std::error_code kind;
        if (!at->is_directory(kind) || at->is_symlink(kind)) continue;
        // A variant's folder has an experiment.json of its own, and no training.
        if (holds_a_run(at->path()) && fs::exists(RunFolder::open(at->path().string()).metrics(), kind)) {
            folders.push_back(at->path());
            at.disable_recursion_pending();
        } else if (at.depth() >= deepest) {
            at.disable_recursion_pending();
        }
    }
    return folders;
}

Entry entry_of(const fs::path& path) {
    const RunFolder folder = RunFolder::open(path.string());
    Entry entry;
    entry.folder = path;
    std::error_code error;
    entry.when = fs::last_write_time(folder.metrics(), error);
    try {
        entry.run = read_run(folder);
    } catch (const Error& damage) {
        entry.problem = damage.what();
    }
    return entry;
}

std::string day_of(fs::file_time_type when) {
    const auto system = std::chrono::time_point_cast<std::chrono::system_clock::duration>(
        when - fs::file_time_type::clock::now() + std::chrono::system_clock::now());
    const std::time_t seconds = std::chrono::system_clock::to_time_t(system);
    std::tm parts{};
    if (localtime_r(&seconds, &parts) == nullptr) return "–";
    char text[32];
    return std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts) > 0 ? text : "–";
}

void runs(const std::string& root, bool as_json) {
    std::error_code error;
    if (!fs::is_directory(root, error))
        throw Error(ErrorCode::missing_data, root, "is no folder",
                    root == "runs" ? "train something first: " + command_name() + " train NAME"
                                   : "name a folder with runs");
    std::vector<Entry> entries;
    for (const fs::path& folder : run_folders(root)) entries.push_back(entry_of(folder));
    // The newest first; names decide where times are the same.
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.when != b.when ? a.when > b.when : a.folder < b.folder;
    });
    if (as_json) {
        Json list = Json::array();
        for (const Entry& entry : entries)
            list.push_back(entry.run ? write_json(entry.run->record)
                                     : Json{{"run", entry.folder.string()}, {"problem", entry.problem}});
        print_json({{"runs", list}});
        return;
    }
    constexpr auto right = Table::Align::right;
    Table table({{"run"},
                 {"experiment"},
                 {"epochs", right},
                 {"test accuracy", right},
                 {"parameters", right},
                 {"training", right},
                 {"last change"}});
    std::string damaged;
    for (const Entry& entry : entries) {
        if (!entry.run) {
            damaged += entry.problem + "\n";
            continue;
        }
        const RunRecord& r = entry.run->record;
        table.add({r.run + (r.finished ? "" : " (not finished)"), r.experiment, short_number(r.epochs),
                   r.test_accuracy ? percent_text(*r.test_accuracy) : "–", grouped_number(r.parameters),
                   duration_text(r.seconds), day_of(entry.when)});
    }
    std::string text = table.str();
    if (!damaged.empty()) text += "\nwhat cannot be read:\n" + damaged;
    text += "\n" + count_text(static_cast<int64_t>(entries.size()), "run") +
            "; side by side: " + command_name() + " compare RUN RUN...\n";
    print_text(text);
}

}  // namespace

void add_runs(CLI::App& app) {
    struct Arguments {
        std::string folder = "runs";
        bool as_json = false;
    };
    const auto options = std::make_shared<Arguments>();
    CLI::App* verb = app.add_subcommand("runs", "All runs of a folder with their figures, the newest first");
    verb->add_option("folder", options->folder, "Where runs and studies lie (runs)")->type_name("");
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { runs(options->folder, options->as_json); });
}

}  // namespace cnnlab
