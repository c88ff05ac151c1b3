#include "native/data/dataset_files.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// What a message about missing files says at its end.
std::string how_to_get(const DatasetCard& card) {
    std::string text = card.install.empty() ? "" : "install it with `" + card.install + "`, or ";
    text += "give its folder with --data DIR (";
    for (const DatasetFile& file : card.files) text += (&file == card.files.data() ? "" : ", ") + file.name;
    return text + ")";
}

std::string places_searched(const DatasetCard& card, const DataOptions& options) {
    std::vector<std::string> places;
    for (const fs::path& folder : search_folders(card, options)) places.push_back(folder.string());
    const fs::path cache = cache_folder(card, options);
    if (!cache.empty()) places.push_back(cache.string());
    return places.empty() ? "nowhere" : list_of(places);
}

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

bool has_card_files(const fs::path& folder, const DatasetCard& card) {
    return std::any_of(card.files.begin(), card.files.end(),
                       [&](const DatasetFile& file) { return !find_packed_or_not(folder, file).empty(); });
}

// Whether a folder has what the reader of a format looks for.
bool holds(const datasets::Idx&, const fs::path& folder, const DatasetCard& card) {
    return has_card_files(folder, card);
}
bool holds(const datasets::Cifar10Binary&, const fs::path& folder, const DatasetCard& card) {
    return has_card_files(folder, card) || !find_batches(folder).empty();
}
bool holds(const datasets::Lines&, const fs::path&, const DatasetCard&) { return false; }
bool holds(const datasets::Folder&, const fs::path&, const DatasetCard&) { return false; }

}  // namespace

fs::path find_packed_or_not(const fs::path& folder, const DatasetFile& file) {
    const fs::path packed = folder / file.name;
    if (is_file(packed)) return packed;
    const fs::path plain = fs::path(packed).replace_extension();
    return packed.extension() == ".gz" && is_file(plain) ? plain : fs::path();
}

fs::path find_batches(const fs::path& folder) {
    using Files = datasets::Cifar10Binary;
    for (const fs::path& place : {folder, folder / Files::folder})
        for (const std::string_view name : Files::files)
            if (is_file(place / name)) return place;
    return {};
}

fs::path find_on_machine(const DatasetCard& card, const DataOptions& options) {
    auto folders = search_folders(card, options);
    folders.push_back(cache_folder(card, options));
    for (const fs::path& folder : folders) {
        const auto has = [&](const auto& format) { return holds(format, folder, card); };
        if (!folder.empty() && std::visit(has, card.format)) return folder;
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
    std::vector<fs::path> folders;
    if (!options.directory.empty()) {
        if (!fs::exists(options.directory)) {
            throw Error(ErrorCode::missing_data, options.directory.string(), "there is no such folder",
                        "check what --data names");
        }
        folders = {options.directory, options.directory / card.name};
    }
    if (!card.system_directory.empty()) folders.emplace_back(card.system_directory);
    return folders;
}

fs::path cache_folder(const DatasetCard& card, const DataOptions& options) {
    const fs::path cache = options.cache.empty() ? default_cache() : options.cache;
    return cache.empty() ? cache : cache / card.name;
}

fs::path fetch_into_cache(const DatasetCard& card, const DataOptions& options) {
    const fs::path folder = cache_folder(card, options);
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
