#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/folder_names.hpp"
#include "engine/data/idx_names.hpp"
#include "engine/data/matlab_messages.hpp"
#include "engine/data/npy.hpp"
#include "engine/data/own_dataset.hpp"

/// What MATLAB's files hold. A driver that can open one lists its arrays as those of an .npz: "FILE.mat/NAME.npy".
namespace cnnlab {

namespace {

/// SVHN's cropped digits: X [32, 32, 3, N], y [N, 1] with 10 for the digit 0.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> svhn_arrays{
    {{"train_32x32.mat", "X.npy"},
     {"train_32x32.mat", "y.npy"},
     {"test_32x32.mat", "X.npy"},
     {"test_32x32.mat", "y.npy"}}};

/// Whether the path is that of an array in a file of this name, which may bear the mark of a copy.
bool lies_in(std::string_view path, std::string_view file, std::string_view array) {
    const std::string_view name = file_name(path);
    if (name != array || name.size() == path.size()) return false;
    return plain_name(file_name(path.substr(0, path.size() - name.size() - 1))) == file;
}

class SvhnReader final : public DatasetReader {
  public:
    SvhnReader(const std::vector<File>& files, const datasets::Folder& own)
        : DatasetReader(files), own_(own) {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        Array array = read_npy(std::move(bytes), name);
        if (number % 2 == 0) {
            images_ = std::move(array);
            images_place_ = name;
            return;
        }
        OwnSplit& split = number == 1 ? train_ : test_;
        split.labels = labels_of(array, name);
        for (int64_t& label : split.labels.numbers)
            if (label == 10) label = 0;
        split.images = images_of(std::move(images_), split.labels.count(), range_, images_place_);
        split.images_place = images_place_;
        split.labels_place = name;
    }
    Dataset complete() override {
        return own_dataset(std::move(train_), std::move(test_),
                           {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, own_, "SVHN");
    }

    datasets::Folder own_;
    Array images_;
    std::string images_place_;
    OwnSplit train_, test_;
    PixelRange range_;
};

}  // namespace

std::unique_ptr<DatasetReader> svhn_reader(std::span<const std::string> paths, const datasets::Folder& own) {
    std::vector<DatasetReader::File> files;
    std::string there, missing;
    for (const auto& wanted : svhn_arrays) {
        const std::string_view file = wanted.first, array = wanted.second;
        const auto at = std::find_if(paths.begin(), paths.end(),
                                     [&](const std::string& path) { return lies_in(path, file, array); });
        if (at != paths.end()) {
            files.push_back({static_cast<size_t>(at - paths.begin()), *at});
            there = file;
        } else if (missing.empty()) {
            missing = std::string(file) + "/" + std::string(array.substr(0, 1));
        }
    }
    if (files.empty()) return nullptr;
    if (!missing.empty())
        throw Error(ErrorCode::missing_data, missing, say("files.missing", there), say("files.give_too"));
    return std::make_unique<SvhnReader>(files, own);
}

void refuse_matlab(std::span<const std::string> paths) {
    // A .mat beside pictures is no news: theirs are other labels.
    const std::string* first = nullptr;
    for (const std::string& path : paths) {
        const std::string_view name = file_name(path);
        if (suffix_of(name) == "MAT" && first == nullptr) first = &path;
        if (!suffix_of(name).empty() && picture_named(name) == PictureName::picture) return;
    }
    if (first != nullptr)
        throw Error(ErrorCode::unsupported, *first, say_matlab("matlab.not_here"),
                    say_matlab("matlab.convert"));
}

}  // namespace cnnlab
