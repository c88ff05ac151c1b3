#include "native/data/image_folder.hpp"

#include <string>
#include <utility>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/data/folder.hpp"
#include "native/pictures/picture_file.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& place, const std::string& problem, const std::string& remedy) {
    throw Error(ErrorCode::missing_data, place.string(), problem, remedy);
}

constexpr int deepest =
    4;  ///< folders below which nobody keeps classes, and a link may lead round in a circle

/// Adds what lies in a folder to `paths`, relative to `directory`; a folder ends in "/".
/// Hidden ones are not looked into.
void list_folder(const fs::path& directory, const fs::path& folder, int depth,
                 std::vector<std::string>& paths) {
    std::error_code error;
    fs::directory_iterator entries(directory / folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const fs::path path = folder / entries->path().filename();
        if (entries->path().filename().string().starts_with('.')) continue;
        if (fs::is_directory(entries->path())) {
            paths.push_back(path.generic_string() + "/");
            if (depth < deepest) list_folder(directory, path, depth + 1, paths);
        } else {
            paths.push_back(path.generic_string());
        }
    }
    if (error) {
        throw Error(ErrorCode::io, (directory / folder).string(),
                    "the folder cannot be read: " + error.message(), "check its permissions");
    }
}

Split read_split(const std::vector<FolderPlan::Picture>& pictures, const std::vector<std::string>& paths,
                 const fs::path& directory, const ImageShape& shape) {
    Split split;
    for (const auto& [path, label] : pictures) {
        const fs::path file = directory / paths[path];
        if (!fs::is_regular_file(file)) fail(file, "is no regular file", "take it out of the folder");
        const Image image = read_picture(file, shape);
        split.images.insert(split.images.end(), image.pixels.begin(), image.pixels.end());
        split.labels.push_back(label);
    }
    return split;
}

}  // namespace

Dataset read_image_folder(const fs::path& directory, const datasets::Folder& spec) {
    if (!fs::is_directory(directory)) {
        fail(directory, "there is no such folder", "give one with --data DIR that has a sub-folder a class");
    }
    std::vector<std::string> paths;
    list_folder(directory, {}, 1, paths);
    FolderPlan plan = plan_folder(paths, spec, directory.string());
    Dataset data;
    spec.adapt(data.card);
    data.train = read_split(plan.train, paths, directory, data.card.image);
    data.test = read_split(plan.test, paths, directory, data.card.image);
    data.card = folder_card(spec, std::move(plan.classes), data.train, data.test);
    data.origin = directory.string();
    return data;
}

}  // namespace cnnlab
