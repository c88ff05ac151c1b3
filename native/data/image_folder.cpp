#include "native/data/image_folder.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/utf8.hpp"
#include "engine/data/file_kind.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder_names.hpp"
#include "engine/data/picture_bytes.hpp"
#include "native/data/archive_file.hpp"
#include "native/data/given_files.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

/// One more than the engine takes, so that it says so.
constexpr int deepest = 33;

/// Lists what lies in a folder.
class Listing {
  public:
    explicit Listing(const fs::path& directory) : directory_(directory) { list({}, 0); }

    std::vector<std::string>
        paths;  ///< relative to the directory, as to_utf8() writes them; of a folder with "/"
    std::vector<fs::path> files;  ///< the same as the system has them

  private:
    /// Adds what lies in a folder. Hidden ones are not looked into.
    void list(const fs::path& folder, int depth) {
        std::error_code error;
        // A link may lead round in a circle.
        const fs::path real = fs::canonical(directory_ / folder, error);
        if (!error && !above_.insert(real).second) return;
        fs::directory_iterator entries(directory_ / folder, error);
        for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
            const fs::path path = folder / entries->path().filename();
            if (entries->path().filename().string().starts_with('.')) continue;
            std::error_code ignored;
            const bool is_folder = fs::is_directory(entries->path(), ignored);
            paths.push_back(to_utf8(path.generic_string()) + (is_folder ? "/" : ""));
            files.push_back(path);
            if (is_folder && depth < deepest) list(path, depth + 1);
        }
        if (error) {
            throw Error(ErrorCode::io, (directory_ / folder).string(),
                        "the folder cannot be read: " + error.message(), "check its permissions");
        }
        above_.erase(real);
    }

    const fs::path& directory_;
    std::set<fs::path> above_;
};

bool any_picture(const std::vector<std::string>& paths) {
    return std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
        return path.back() != '/' && !is_path_passed_over(path) &&
               picture_named(path.substr(path.rfind('/') + 1)) == PictureName::picture;
    });
}

/// A file that is neither images nor an archive.
[[noreturn]] void refuse_file(const fs::path& file) {
    const FileKind kind = file_kind(read_start(file, 512));
    const std::string around = "name the folder around the folders of the classes";
    std::string problem = "is no file of images that is known",
                remedy = around + ", an archive of them, or a file with arrays or a table of images";
    if (kind == FileKind::picture || kind == FileKind::empty) {
        problem = kind == FileKind::picture ? "is a single picture" : "is empty";
        remedy = around;
    } else if (kind == FileKind::rar) {
        problem = "is a RAR archive, which is not read";
        remedy = "unpack it, and name its folder";
    }
    throw Error(ErrorCode::unsupported, file.string(), problem, remedy);
}

/// What a person has given: a folder, or an archive.
class Source {
  public:
    explicit Source(const fs::path& place) : place_(place) {
        std::error_code error;
        if (fs::is_regular_file(place, error)) {
            if (!is_archive_named(place.filename().string()) && !is_archive(place)) refuse_file(place);
            open_archives();
        } else if (fs::is_directory(place, error)) {
            Listing listing(place);
            paths_ = std::move(listing.paths);
            on_disk_ = std::move(listing.files);
            // Archives beside pictures are not what a person means; where there is nothing else, they are.
            const auto is_archive_here = [](const std::string& path) {
                return path.find('/') == std::string::npos && is_archive_named(path);
            };
            if (!any_picture(paths_) && std::any_of(paths_.begin(), paths_.end(), is_archive_here))
                open_archives();
        } else {
            throw Error(ErrorCode::missing_data, place.string(), "there is no such folder",
                        "give one with --data DIR that has a sub-folder a class");
        }
    }

    [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
    /// Links in an archive.
    [[nodiscard]] std::vector<std::string> links() const {
        return files_ ? files_->links() : std::vector<std::string>();
    }

    /// Hands over what is in some files; `fail` is told of those that cannot be read.
    void read(std::span<const size_t> wanted,
              const std::function<void(size_t path, std::vector<uint8_t> bytes)>& take,
              const std::function<void(size_t path, const Error& error)>& fail) const {
        const auto attempt = [&](size_t path, const auto& bytes) {
            try {
                take(path, bytes());
            } catch (const Error& error) {
                fail(path, error);
            }
        };
        if (files_) {
            files_->read(wanted, [&](size_t path, std::vector<uint8_t> bytes) {
                attempt(path, [&] { return std::move(bytes); });
            });
            return;
        }
        for (const size_t path : wanted)
            attempt(path, [&] { return read_file(place_ / on_disk_[path], largest_picture); });
    }

  private:
    void open_archives() {
        files_.emplace(place_);
        paths_ = files_->paths();
        if (any_picture(paths_)) return;
        for (const std::string& path : paths_)
            if (is_packed_name(path))
                throw Error(ErrorCode::unsupported, place_.string(),
                            "holds no picture, but an archive in it: " + path,
                            "unpack it, and name its folder");
    }

    const fs::path& place_;
    std::vector<std::string> paths_;
    std::vector<fs::path> on_disk_;
    std::optional<GivenFiles> files_;
};

FolderPlan plan_source(const Source& source, const fs::path& place, const datasets::Folder& spec) {
    const std::vector<size_t> tables = label_tables(source.paths());
    std::vector<LabelTable> texts;
    source.read(
        tables,
        [&](size_t path, std::vector<uint8_t> bytes) {
            texts.push_back({path, std::string(bytes.begin(), bytes.end())});
        },
        [](size_t, const Error& error) { throw error; });
    return plan_folder(source.paths(), spec, place.string(), {}, texts);
}

}  // namespace

FolderListing list_image_folder(const fs::path& directory, const datasets::Folder& spec) {
    const Source source(directory);
    return {source.paths(), plan_source(source, directory, spec)};
}

Dataset read_image_folder(const fs::path& directory, const datasets::Folder& spec) {
    const Source source(directory);
    FolderPlan plan = plan_source(source, directory, spec);
    Dataset data;
    spec.adapt(data.card);
    std::vector<std::vector<uint8_t>> pixels(source.paths().size());
    std::vector<size_t> wanted;
    for (const auto* split : {&plan.train, &plan.test})
        for (const auto& [path, label] : *split) wanted.push_back(path);
    std::vector<BadPicture> bad;
    std::vector<bool> is_of_another_format(source.paths().size(), false);
    source.read(
        wanted,
        [&](size_t path, const std::vector<uint8_t>& bytes) {
            is_of_another_format[path] = picture_format(bytes) > PictureFormat::bmp;
            pixels[path] = decode_picture(bytes, source.paths()[path], data.card.image).pixels;
        },
        [&](size_t path, const Error& error) {
            bad.push_back({path, is_of_another_format[path]
                                     ? Message(error.problem().english() + ": convert it to JPEG or PNG")
                                     : error.problem()});
        });
    std::sort(bad.begin(), bad.end(),
              [](const BadPicture& a, const BadPicture& b) { return a.path < b.path; });
    leave_out(plan, bad, source.paths(), spec, directory.string());
    for (const auto& [pictures, split] : {std::pair{&plan.train, &data.train}, {&plan.test, &data.test}}) {
        split->images.reserve(pictures->size() * static_cast<size_t>(data.card.image.count()));
        for (const auto& [path, label] : *pictures) {
            split->images.insert(split->images.end(), pixels[path].begin(), pixels[path].end());
            split->labels.push_back(label);
            pixels[path] = {};
        }
    }
    data.card = folder_card(spec, std::move(plan.classes), data.train, data.test);
    data.origin = directory.string();
    data.report = std::move(plan.report);
    for (const auto& [field, given] :
         {std::pair{"arrays", !spec.arrays.empty()}, {"labels", !spec.labels.empty()}})
        if (given) data.report.notes.push_back(say_file("folder.field_unused", field));
    for (const std::string& link : source.links())
        data.report.unused.push_back({link, 1, say_file("unused.link")});
    return data;
}

}  // namespace cnnlab
