#include "native/data/given_files.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <numeric>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/idx_names.hpp"
#include "native/data/gzip.hpp"
#include "native/data/matlab.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr int deepest_folder = 3;  ///< nobody keeps data sets deeper, and a link may lead round in a circle
constexpr size_t largest_entry = size_t{1} << 30U;
constexpr size_t most_unpacked = size_t{1} << 28U;  ///< bytes that are kept from listing to reading
constexpr auto matlab_suffix = ".mat", npy_suffix = ".npy";

bool is_archive(const std::string& name) {
    constexpr std::array<std::string_view, 5> endings{".zip", ".npz", ".tar", ".tar.gz", ".tgz"};
    const std::string plain = plain_name(name);
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return plain.ends_with(ending); });
}

/// An archive, open at its beginning.
class Archive {
  public:
    explicit Archive(fs::path file) : file_(std::move(file)), reader_(archive_read_new()) {
        archive_read_support_format_zip(reader_.get());
        archive_read_support_format_tar(reader_.get());
        archive_read_support_filter_gzip(reader_.get());
        check(archive_read_open_filename(reader_.get(), file_.c_str(), 1U << 20U));
    }

    /// The path of the next file, below the folder that the archive is; none at the end.
    std::optional<std::string> next() {
        archive_entry* entry = nullptr;
        while (true) {
            const int result = archive_read_next_header(reader_.get(), &entry);
            if (result == ARCHIVE_EOF) return std::nullopt;
            check(result);
            if (archive_entry_is_encrypted(entry) != 0)
                fail("is encrypted", "unpack it, and give the folder");
            std::string path = path_of(entry);
            if (archive_entry_filetype(entry) == AE_IFREG && !path.empty()) return path;
        }
    }

    /// The bytes of that file.
    std::vector<uint8_t> read() {
        std::vector<uint8_t> bytes(65536);
        size_t size = 0;
        while (true) {
            if (size == bytes.size()) bytes.resize(2 * size);
            const la_ssize_t count =
                archive_read_data(reader_.get(), bytes.data() + size, bytes.size() - size);
            if (count < 0) check(ARCHIVE_FATAL);
            if (count <= 0) break;
            size += static_cast<size_t>(count);
            if (size > largest_entry)
                fail("has a file of more than " + std::to_string(largest_entry) + " bytes",
                     "give a smaller one");
        }
        bytes.resize(size);
        return bytes;
    }

  private:
    [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const {
        throw Error(ErrorCode::bad_file, file_.string(), problem, remedy);
    }
    void check(int result) const {
        if (result >= ARCHIVE_WARN) return;
        const char* reason = archive_error_string(reader_.get());
        fail(std::string("is no whole archive") + (reason != nullptr ? std::string(": ") + reason : ""),
             "get the file again");
    }

    /// With "/" between folders, whatever the archive has there.
    static std::string path_of(archive_entry* entry) {
        const char* name = archive_entry_pathname_utf8(entry);
        if (name == nullptr) name = archive_entry_pathname(entry);
        std::string path, part;
        for (const char c : std::string(name != nullptr ? name : "") + "/") {
            if (c != '/' && c != '\\') {
                part += c;
                continue;
            }
            if (!part.empty() && part != "." && part != "..") path += (path.empty() ? "" : "/") + part;
            part.clear();
        }
        return path;
    }

    struct Close {
        void operator()(archive* a) const { archive_read_free(a); }
    };
    fs::path file_;
    std::unique_ptr<archive, Close> reader_;
};

bool is_hidden(const std::string& path) {
    return path.starts_with('.') || path.find("/.") != std::string::npos ||
           path.find("__MACOSX") != std::string::npos;
}

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
    if (fs::is_directory(given, error))
        add_folder(given, "", 1);
    else
        add_file(given, given.filename().string());
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
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
        std::error_code kind;
        const std::string file = at->path().filename().string(),
                          path = name.empty() ? file : name + "/" + file;
        if (is_hidden(file)) continue;
        if (fs::is_directory(at->path(), kind)) {
            if (depth < deepest_folder) add_folder(at->path(), path, depth + 1);
        } else if (fs::is_regular_file(at->path(), kind)) {
            add_file(at->path(), path);
        }
    }
    // What nobody may read below it is not what a person means.
    if (error && depth == 1) fail_io(folder, "the folder cannot be read", error.value());
}

void GivenFiles::add_file(const fs::path& file, const std::string& name) {
    if (reads_matlab && plain_name(name).ends_with(matlab_suffix)) {
        for (const std::string& array : matlab_arrays(file)) {
            paths_.push_back(name + "/" + array + npy_suffix);
            sources_.push_back({file, array});
        }
        return;
    }
    // Archives that lie deep in a folder are hardly what a person means.
    if (!is_archive(name) || name.find('/') != std::string::npos) {
        paths_.push_back(name);
        sources_.push_back({file, ""});
        return;
    }
    Archive archive(file);
    const bool is_packed_tar = plain_name(name).ends_with("gz");
    while (const auto entry = archive.next()) {
        if (is_hidden(*entry)) continue;
        paths_.push_back(name + "/" + *entry);
        sources_.push_back({file, *entry});
        if (!is_packed_tar || unpacked_.bytes > most_unpacked) continue;
        std::vector<uint8_t> bytes = archive.read();
        unpacked_.bytes += bytes.size();
        unpacked_.files[{file, *entry}] = std::move(bytes);
        // An archive of so many pictures is rather read twice.
        if (unpacked_.bytes > most_unpacked) unpacked_.files.clear();
    }
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
        Archive archive(file);
        while (!entries.empty()) {
            const auto entry = archive.next();
            if (!entry) break;
            const auto found = entries.find(*entry);
            if (found == entries.end()) continue;
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
