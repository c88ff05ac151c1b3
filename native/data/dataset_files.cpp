#include "native/data/dataset_files.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string names_of(const DatasetCard& card) {
    std::string text;
    for (const DatasetFile& file : card.files) text += (&file == card.files.data() ? "" : ", ") + file.name;
    return text;
}

/// What a message about missing files says at its end.
std::string how_to_get(const DatasetCard& card) {
    return (card.install.empty() ? "" : "install it with `" + card.install + "`, or ") +
           "give its folder with --data DIR (" + names_of(card) + ")";
}

std::string places_searched(const DatasetCard& card, const DataOptions& options) {
    std::vector<std::string> places;
    for (const fs::path& folder : search_folders(card, options)) places.push_back(folder.string());
    return places.empty() ? "nowhere" : list_of(places);
}

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

// Whether a folder has what the reader of a format looks for.
bool holds(const datasets::Idx&, const fs::path& folder, const DatasetCard& card) {
    return idx_files_in(file_names(folder), card).any();
}
bool holds(const datasets::Cifar10Binary&, const fs::path& folder, const DatasetCard& card) {
    return !find_batches(folder).empty() || !find_archive(folder, card).empty() ||
           !find_python_version(folder).empty();
}
bool holds(const datasets::Lines&, const fs::path&, const DatasetCard&) { return false; }
bool holds(const datasets::Folder&, const fs::path&, const DatasetCard&) { return false; }

}  // namespace

std::vector<std::string> file_names(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error))
        if (is_file(entries->path())) names.push_back(entries->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

IdxFiles idx_files_in(const std::vector<std::string>& names, const DatasetCard& card) {
    const IdxFiles plain = find_idx_files(names, "");
    return plain.any() ? plain : find_idx_files(names, card.name + "-");
}

fs::path find_batches(const fs::path& folder) {
    for (const fs::path& place : {folder, folder / datasets::Cifar10Binary::folder})
        if (find_cifar10_files(file_names(place)).any()) return place;
    return {};
}

fs::path find_archive(const fs::path& folder, const DatasetCard& card) {
    const fs::path packed = card.files.front().name;
    const std::string unpacked = packed.stem().string();
    for (const std::string& name : file_names(folder))
        if (const std::string plain = plain_name(name); plain == packed.string() || plain == unpacked)
            return folder / name;
    return {};
}

fs::path find_python_version(const fs::path& folder) {
    constexpr auto archive = "cifar-10-python.tar", batches = "cifar-10-batches-py";
    std::error_code error;
    if (fs::is_directory(folder / batches, error)) return folder / batches;
    for (const std::string& name : file_names(folder))
        if (plain_name(name) == archive || plain_name(name) == std::string(archive) + ".gz")
            return folder / name;
    return {};
}

void nothing_in(const DatasetCard& card, const DataOptions& options) {
    const fs::path& folder = options.directory;
    std::error_code error;
    std::vector<std::string> there;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error))
        there.push_back(at->path().filename().string() + (at->is_directory(error) ? "/" : ""));
    if (error && error != std::errc::not_a_directory)
        throw Error(ErrorCode::io, folder.string(), "the folder cannot be read: " + error.message(),
                    "check its permissions, or name another one with --data DIR");
    std::sort(there.begin(), there.end());
    constexpr size_t shown = 4;
    std::string text = there.empty() ? "nothing" : "";
    for (size_t i = 0; i < std::min(there.size(), shown); ++i) text += (i > 0 ? ", " : "") + there[i];
    if (there.size() > shown) text += " and " + std::to_string(there.size() - shown) + " more";
    const bool is_folder = fs::is_directory(folder, error);
    throw Error(
        ErrorCode::missing_data, folder.string(),
        is_folder ? "holds no files of " + card.name + ", but " + text : "is no file that holds " + card.name,
        "name the folder with " + names_of(card) +
            (card.install.empty() ? "" : ", or leave it out and install them with `" + card.install + "`") +
            "; for images of your own `" + command_name() + " data " + shell_word(folder.string()) +
            "` prints the command that trains on them");
}

fs::path find_on_machine(const DatasetCard& card, const DataOptions& options) {
    for (const fs::path& folder : search_folders(card, options)) {
        const auto has = [&](const auto& format) { return holds(format, folder, card); };
        if (std::visit(has, card.format)) return folder;
    }
    return {};
}

fs::path default_cache() {
    // The XDG specification: a relative path is invalid and to be ignored.
    const fs::path cache = environment("XDG_CACHE_HOME"), home = environment("HOME");
    if (cache.is_absolute()) return cache / "cnnlab";
    return home.empty() ? fs::path() : home / ".cache" / "cnnlab";
}

std::vector<fs::path> search_folders(const DatasetCard& card, const DataOptions& options) {
    const fs::path& named = options.directory;
    if (!named.empty()) {
        std::error_code error;
        if (!fs::exists(named, error))
            throw Error(ErrorCode::missing_data, named.string(), "there is no such folder",
                        "check what --data names");
        if (!fs::is_directory(named, error)) return {named};
        return {named, named / card.name};
    }
    std::vector<fs::path> folders;
    if (!options.usual.empty()) folders = {options.usual, options.usual / card.name};
    if (!card.system_directory.empty()) folders.emplace_back(card.system_directory);
    if (const fs::path cache = cache_folder(card, options); !cache.empty()) folders.push_back(cache);
    return folders;
}

fs::path cache_folder(const DatasetCard& card, const DataOptions& options) {
    const fs::path cache = options.cache.empty() ? default_cache() : options.cache;
    return cache.empty() ? cache : cache / card.name;
}

fs::path fetch_into_cache(const DatasetCard& card, const DataOptions& options) {
    fs::path folder = cache_folder(card, options);
    std::vector<const DatasetFile*> lacking;
    for (const DatasetFile& file : card.files) {
        if (folder.empty() || !fs::exists(folder / file.name)) lacking.push_back(&file);
    }
    if (lacking.empty()) return folder;

    const std::string searched = "was not found in " + places_searched(card, options);
    if (options.offline || folder.empty()) {
        throw Error(ErrorCode::missing_data, card.name,
                    searched + (options.offline ? ", and fetching is switched off"
                                                : ", and there is no cache to fetch it into"),
                    how_to_get(card));
    }
    try {
        for (const DatasetFile* file : lacking) fetch_file(*file, folder, options.observer);
    } catch (const Error& error) {
        throw Error(error.code(), card.name,
                    searched + "; " + error.place() + " " + error.problem().english(), how_to_get(card));
    }
    return folder;
}

}  // namespace cnnlab
