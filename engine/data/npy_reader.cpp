#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/names.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/npy.hpp"
#include "engine/data/own_dataset.hpp"

namespace cnnlab {

namespace {

/// Names of training images and labels, and of test images and labels, as people save them. Test arrays may lack.
constexpr std::array<std::array<std::string_view, 4>, 9> usual{{
    {"x_train", "y_train", "x_test", "y_test"},
    {"train_images", "train_labels", "test_images", "test_labels"},
    {"train_images", "train_labels", "val_images", "val_labels"},
    {"X_train", "y_train", "X_test", "y_test"},
    {"train_x", "train_y", "test_x", "test_y"},
    {"images", "labels", "", ""},
    {"X", "y", "", ""},
    {"x", "y", "", ""},
    {"data", "target", "", ""},
}};

/// "x_train" of "mnist.npz/x_train.npy"; empty for other files.
std::string_view array_name(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.ends_with(".npy") ? name.substr(0, name.size() - 4) : std::string_view();
}

/// Where the arrays of these names lie: all four, or the first two; nothing where either of those lacks. Throws Error
/// (bad_file) where two files have one of that name.
template <class Names>
std::vector<DatasetReader::File> find_arrays(std::span<const std::string> paths, const Names& names) {
    std::vector<DatasetReader::File> found;
    for (const auto& name : names) {
        const auto at = std::find_if(paths.begin(), paths.end(), [&](const std::string& path) {
            return !std::string_view(name).empty() && array_name(path) == name;
        });
        if (at == paths.end() && found.size() < 2) return {};
        if (at == paths.end()) continue;
        const auto again = std::find_if(at + 1, paths.end(),
                                        [&](const std::string& path) { return array_name(path) == name; });
        if (again != paths.end())
            throw Error(ErrorCode::bad_file, *again, say("files.two_sets", *at), say("files.one_set"));
        found.push_back({static_cast<size_t>(at - paths.begin()), *at});
    }
    if (found.size() == 3) found.pop_back();
    return found;
}

class NpyReader final : public DatasetReader {
  public:
    NpyReader(const std::vector<File>& files, const datasets::Folder& own)
        : DatasetReader(files), own_(own), title_(title_of(files[0].name)), tested_(files.size() == 4) {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        arrays_[number] = {read_npy(std::move(bytes), name), name};
        if (number % 2 == 0) return;
        OwnSplit& split = number == 1 ? train_ : test_;
        auto& [images, images_place] = arrays_[number - 1];
        split.labels = labels_of(arrays_[number].array, name);
        split.images = images_of(std::move(images), split.labels.count(), range_, images_place);
        split.images_place = images_place;
        split.labels_place = name;
        arrays_[number - 1] = arrays_[number] = {};
    }

    Dataset complete() override {
        return own_dataset(std::move(train_), tested_ ? std::optional(std::move(test_)) : std::nullopt, {},
                           own_, title_);
    }

    /// "mnist" of "mnist.npz/x_train.npy"
    static std::string title_of(std::string_view path) {
        const size_t slash = path.rfind('/');
        std::string_view title = slash == std::string_view::npos ? "NumPy" : file_name(path.substr(0, slash));
        if (title.ends_with(".npz") || title.ends_with(".mat")) title.remove_suffix(4);
        return std::string(title);
    }

    struct Named {
        Array array;
        std::string place;
    };
    datasets::Folder own_;
    std::string title_;
    bool tested_;
    std::array<Named, 4> arrays_;
    OwnSplit train_, test_;
    PixelRange range_;
};

}  // namespace

std::vector<std::string> test_arrays_alone(std::span<const std::string> paths) {
    for (const auto& row : usual) {
        const std::array tests{row[2], row[3]};
        if (!row[2].empty() && find_arrays(paths, row).empty() && !find_arrays(paths, tests).empty())
            return {tests.begin(), tests.end()};
    }
    return {};
}

std::unique_ptr<DatasetReader> npy_reader(std::span<const std::string> paths, const datasets::Folder& own) {
    std::vector<std::string> names;
    for (const std::string& path : paths)
        if (!array_name(path).empty()) names.emplace_back(array_name(path));
    if (names.empty()) return nullptr;
    if (!own.arrays.empty()) {
        if (own.arrays.size() != 2 && own.arrays.size() != 4)
            throw Error(ErrorCode::out_of_range, "dataset.arrays",
                        say("npy.numbers_of_names", own.arrays.size()), say("npy.two_or_four"));
        for (const std::string& name : own.arrays)
            if (std::find(names.begin(), names.end(), name) == names.end())
                throw Error(ErrorCode::unknown_name, "dataset.arrays", say("npy.no_array", name),
                            suggest(name, names));
        return std::make_unique<NpyReader>(find_arrays(paths, own.arrays), own);
    }
    std::vector<DatasetReader::File> best;
    for (const auto& row : usual) {
        auto found = find_arrays(paths, row);
        if (found.size() > best.size()) best = std::move(found);
    }
    if (!best.empty()) return std::make_unique<NpyReader>(best, own);
    throw Error(ErrorCode::missing_data, "dataset.arrays", say("npy.unknown_names", list_of(names)),
                say("npy.name_them"));
}

}  // namespace cnnlab
