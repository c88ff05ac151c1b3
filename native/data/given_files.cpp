#include "native/data/given_files.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/utf8.hpp"
#include "engine/data/folder_names.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/idx_names.hpp"
#include "native/data/archive_file.hpp"
#include "native/data/gzip.hpp"
#include "native/data/matlab.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr int deepest_folder = 32;
constexpr size_t most_unpacked = size_t{1} << 28U;  ///< bytes that are kept from listing to reading
constexpr auto matlab_suffix = ".mat", npy_suffix = ".npy";

/// What is packed by itself, unpacked. Its contents tell.
std::vector<uint8_t> unpacked(std::vector<uint8_t> bytes, const std::string& path) {
    constexpr size_t longest_head = 20;
    if (!is_gzip(bytes)) return bytes;
    const uint64_t size = idx_size(gunzip_head(bytes, longest_head));
    return gunzip(bytes, path, size > 0 ? static_cast<size_t>(size) : largest_entry);
}

}  // namespace

GivenFiles::GivenFiles(const fs::path& given) {
    std::error_code error;
    if (!fs::exists(given, error))
        throw Error(ErrorCode::missing_data, given.string(), "there is no such folder or file",
                    "check the path");
    if (fs::is_directory(given, error)) {
        add_folder(given, "", 1);
    } else {
        read_start(given, 0);  // throws for a pipe, which may never end
        add_file(given, to_utf8(given.filename().string()),
                 is_archive_named(given.filename().string()) || is_archive(given));
    }
    std::vector<size_t> order(paths_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return paths_[a] < paths_[b]; });
    std::vector<std::string> paths;
    std::vector<Source> sources;
    for (const size_t i : order) {
        paths.push_back(std::move(paths_[i]));
        sources.push_back(std::move(sources_[i]));
    }
    paths_ = std::move(paths);
    sources_ = std::move(sources);
}

void GivenFiles::add_folder(const fs::path& folder, const std::string& name, int depth) {
    std::error_code error;
    // A link may lead round in a circle.
    const fs::path real = fs::canonical(folder, error);
    if (!error && !above_.insert(real).second) return;
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
        std::error_code kind;
        const std::string file = to_utf8(at->path().filename().string()),
                          path = name.empty() ? file : name + "/" + file;
        if (is_path_passed_over(file)) continue;
        if (fs::is_directory(at->path(), kind)) {
            if (depth < deepest_folder) add_folder(at->path(), path, depth + 1);
        } else if (fs::is_regular_file(at->path(), kind)) {
            // Archives that lie deep in a folder are hardly what a person means.
            add_file(at->path(), path, depth == 1 && is_archive_named(file));
        }
    }
    above_.erase(real);
    // What nobody may read below it is not what a person means.
    if (error && depth == 1) fail_io(folder, "the folder cannot be read", error.value());
}

void GivenFiles::add_file(const fs::path& file, const std::string& name, bool is_archive) {
    if (reads_matlab && plain_name(name).ends_with(matlab_suffix)) {
        for (const std::string& array : matlab_arrays(file)) {
            paths_.push_back(name + "/" + array + npy_suffix);
            sources_.push_back({file, array});
        }
        return;
    }
    if (!is_archive) {
        paths_.push_back(name);
        sources_.push_back({file, ""});
        return;
    }
    ArchiveFile archive(file);
    std::map<std::string, size_t> entries;
    while (const auto entry = archive.next()) {
        if (is_path_passed_over(*entry)) continue;
        const auto [at, is_new] = entries.try_emplace(*entry, sources_.size());
        if (is_new) {
            paths_.push_back(name + "/" + *entry);
            sources_.push_back({file, *entry});
        } else {
            ++sources_[at->second].before;
        }
        if (!archive.is_packed_whole() || unpacked_.bytes > most_unpacked) continue;
        std::vector<uint8_t> bytes = archive.read();
        unpacked_.bytes += bytes.size();
        unpacked_.files[{file, *entry}] = std::move(bytes);
        // An archive of so many pictures is rather read twice.
        if (unpacked_.bytes > most_unpacked) unpacked_.files.clear();
    }
    for (const std::string& link : archive.links())
        if (!is_path_passed_over(link)) links_.push_back(name + "/" + link);
}

void GivenFiles::read(std::span<const size_t> wanted,
                      const std::function<void(size_t path, std::vector<uint8_t> bytes)>& take) const {
    std::map<fs::path, std::map<std::string, size_t>> archives;
    for (const size_t i : wanted) {
        const Source& source = sources_.at(i);
        if (source.entry.empty())
            take(i, unpacked(read_file(source.file), source.file.string()));
        else
            archives[source.file][source.entry] = i;
    }
    for (auto& [file, entries] : archives) {
        if (plain_name(file.filename().string()).ends_with(matlab_suffix)) {
            for (const auto& [array, path] : entries) take(path, matlab_as_npy(file, array));
            continue;
        }
        for (auto entry = entries.begin(); entry != entries.end();) {
            const auto known = unpacked_.files.find({file, entry->first});
            if (known == unpacked_.files.end()) {
                ++entry;
                continue;
            }
            std::vector<uint8_t> bytes = std::move(known->second);
            unpacked_.files.erase(known);
            take(entry->second, unpacked(std::move(bytes), file.string() + "/" + entry->first));
            entry = entries.erase(entry);
        }
        if (entries.empty()) continue;
        ArchiveFile archive(file);
        std::map<std::string, size_t> seen;
        while (!entries.empty()) {
            const auto entry = archive.next();
            if (!entry) break;
            const auto found = entries.find(*entry);
            if (found == entries.end() || seen[*entry]++ < sources_[found->second].before) continue;
            take(found->second, unpacked(archive.read(), file.string() + "/" + *entry));
            entries.erase(found);
        }
    }
}

std::vector<std::vector<uint8_t>> GivenFiles::read_all(std::span<const size_t> wanted) const {
    std::vector<std::vector<uint8_t>> all(wanted.size());
    read(wanted, [&](size_t path, std::vector<uint8_t> bytes) {
        const auto at = std::find(wanted.begin(), wanted.end(), path) - wanted.begin();
        all[static_cast<size_t>(at)] = std::move(bytes);
    });
    return all;
}

}  // namespace cnnlab
