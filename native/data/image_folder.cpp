#include "native/data/image_folder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/data/card.hpp"
#include "engine/data/sampler.hpp"
#include "engine/data/statistics.hpp"
#include "native/pictures/image_file.hpp"
#include "native/pictures/resize.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

struct ClassFiles {
    std::string name;
    std::vector<fs::path> files;  ///< in order of their names
};

[[noreturn]] void fail(const fs::path& place, const std::string& problem, const std::string& remedy) {
    throw Error(ErrorCode::missing_data, place.string(), problem, remedy);
}

bool is_passed_over(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with('.') || name == "Thumbs.db" || name == "desktop.ini";
}

/// What a folder holds, sorted: the operating system gives no order.
std::vector<fs::path> list_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> paths;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        if (!is_passed_over(entries->path())) paths.push_back(entries->path());
    }
    if (error) {
        throw Error(ErrorCode::io, folder.string(), "the folder cannot be read: " + error.message(),
                    "check its permissions");
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

ClassFiles list_class(const fs::path& folder) {
    ClassFiles result{folder.filename().string(), {}};
    for (const fs::path& path : list_folder(folder)) {
        if (fs::is_directory(path)) {
            fail(path, "is a folder inside the class \"" + result.name + "\"",
                 "put the images right into the folder of their class");
        }
        result.files.push_back(path);
    }
    if (result.files.empty()) fail(folder, "holds no images", "add some, or remove the folder of this class");
    return result;
}

/// The class folders of a directory; files beside them (a read-me, a list) are nobody's images and left alone.
std::vector<ClassFiles> list_classes(const fs::path& directory) {
    std::vector<ClassFiles> classes;
    for (const fs::path& path : list_folder(directory)) {
        if (fs::is_directory(path)) classes.push_back(list_class(path));
    }
    if (classes.size() < 2) {
        fail(directory, "holds " + std::to_string(classes.size()) + " class folders",
             "make at least two sub-folders, one a class, with images in each");
    }
    return classes;
}

/// Takes a class's share of test images out of `all`, by seed; both parts keep the order of names.
std::pair<ClassFiles, ClassFiles> divide(const ClassFiles& all, size_t label, const fs::path& directory,
                                         const FolderSpec& spec) {
    if (spec.test_share == 0) return {all, {all.name, {}}};
    const size_t count = all.files.size();
    if (count < 2) {
        fail(directory / all.name,
             "holds a single image, which cannot be divided into training and test images",
             "add images, or set test_share to 0");
    }
    const auto wanted =
        static_cast<size_t>(std::lround(static_cast<double>(spec.test_share) * static_cast<double>(count)));
    const size_t test_count = std::clamp<size_t>(wanted, 1, count - 1);
    const auto order =
        epoch_order(static_cast<int64_t>(count), spec.seed, static_cast<uint32_t>(label), true);
    std::vector<bool> is_test(count, false);
    for (size_t i = 0; i < test_count; ++i) is_test[order[i]] = true;
    std::pair<ClassFiles, ClassFiles> parts{{all.name, {}}, {all.name, {}}};
    for (size_t i = 0; i < count; ++i)
        (is_test[i] ? parts.second : parts.first).files.push_back(all.files[i]);
    return parts;
}

Split read_split(const std::vector<ClassFiles>& classes, const ImageShape& shape) {
    Split split;
    for (size_t label = 0; label < classes.size(); ++label) {
        for (const fs::path& path : classes[label].files) {
            const Image image = fit_image(read_image(path), shape);
            split.images.insert(split.images.end(), image.pixels.begin(), image.pixels.end());
            split.labels.push_back(static_cast<int32_t>(label));
        }
    }
    return split;
}

void check_spec(const FolderSpec& spec) {
    check_range(spec.size.height, 4, 1024, "data.size");
    check_range(spec.size.width, 4, 1024, "data.size");
    check_range(static_cast<double>(spec.test_share), 0, 0.9, "data.test_share");
}

std::vector<std::string> names_of(const std::vector<ClassFiles>& classes) {
    std::vector<std::string> names;
    for (const ClassFiles& one : classes) names.push_back(one.name);
    return names;
}

}  // namespace

Dataset read_image_folder(const fs::path& directory, const FolderSpec& spec) {
    check_spec(spec);
    if (!fs::is_directory(directory)) {
        fail(directory, "there is no such folder", "give one with --data DIR that has a sub-folder a class");
    }
    std::vector<ClassFiles> train, test;
    if (fs::is_directory(directory / "train") && fs::is_directory(directory / "test")) {
        train = list_classes(directory / "train");
        test = list_classes(directory / "test");
        if (names_of(train) != names_of(test)) {
            fail(directory, "train/ and test/ have different classes", "give both a folder for every class");
        }
    } else {
        for (const ClassFiles& all : list_classes(directory)) {
            auto [train_part, test_part] = divide(all, train.size(), directory, spec);
            train.push_back(std::move(train_part));
            test.push_back(std::move(test_part));
        }
    }
    Dataset data;
    data.card = find_card("folder");
    data.card.image = ImageShape(spec.size.height, spec.size.width, spec.grey ? 1 : 3);
    data.card.classes = names_of(train);
    data.train = read_split(train, data.card.image);
    data.test = read_split(test, data.card.image);
    data.card.train_count = data.train.count();
    data.card.test_count = data.test.count();
    data.origin = directory.string();

    const Statistics statistics = compute_statistics(data.train, data.card);
    data.card.mean.assign(statistics.mean.begin(), statistics.mean.end());
    data.card.stddev.assign(statistics.stddev.begin(), statistics.stddev.end());
    // Images of one flat colour would divide by nothing.
    for (float& value : data.card.stddev) value = std::max(value, 1.0F / 255.0F);
    return data;
}

}  // namespace cnnlab
