#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/own_dataset.hpp"

/// CIFAR-100's binary version and STL-10: files of records without a header.
namespace cnnlab {

namespace {

/// The files of these names, in this order; nothing unless the first is there. `needed`: as many as must be there.
template <size_t N>
std::vector<DatasetReader::File> find_files(std::span<const std::string> paths,
                                            const std::array<std::string_view, N>& names, size_t needed) {
    std::vector<DatasetReader::File> files;
    for (size_t n = 0; n < N; ++n) {
        const auto at = std::find_if(paths.begin(), paths.end(),
                                     [&](const std::string& p) { return file_name(p) == names[n]; });
        if (at != paths.end()) {
            files.push_back({static_cast<size_t>(at - paths.begin()), *at});
            continue;
        }
        if (files.empty()) return {};
        if (n < needed)
            throw Error(ErrorCode::missing_data, std::string(names[n]), say("files.missing", files[0].name),
                        say("files.give_too"));
    }
    return files;
}

/// A name a line.
std::vector<std::string> lines_of(const std::vector<uint8_t>& bytes) {
    std::vector<std::string> lines;
    std::string line;
    for (const uint8_t byte : bytes) {
        if (byte != '\n' && byte != '\r') {
            line += static_cast<char>(byte);
        } else if (!line.empty()) {
            lines.push_back(std::move(line));
            line.clear();
        }
    }
    if (!line.empty()) lines.push_back(std::move(line));
    return lines;
}

void check_records(const std::vector<uint8_t>& bytes, size_t record, const std::string& place) {
    if (bytes.empty() || bytes.size() % record != 0)
        throw Error(ErrorCode::bad_file, place,
                    bytes.empty() ? say("value.is_empty") : say("cifar.in_record", bytes.size(), record),
                    say("data.get_again"));
}

/// Records of a coarse label, a fine label and three planes of 32×32 pixels, row by row.
class Cifar100Reader final : public DatasetReader {
  public:
    Cifar100Reader(const std::vector<File>& files, const datasets::Folder& own)
        : DatasetReader(files), own_(own), coarse_(own.labels == "coarse") {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        if (number >= 2) {
            if ((file_name(name) == "coarse_label_names.txt") == coarse_) classes_ = lines_of(bytes);
            return;
        }
        constexpr size_t plane = 1024, record = 2 + 3 * plane;
        check_records(bytes, record, name);
        OwnSplit& split = number == 0 ? train_ : test_;
        split.images.shape = {32, 32, 3};
        split.images_place = split.labels_place = name;
        split.images.pixels.reserve(bytes.size() / record * 3 * plane);
        for (size_t at = 0; at < bytes.size(); at += record) {
            split.labels.numbers.push_back(bytes[at + (coarse_ ? 0 : 1)]);
            for (size_t p = 0; p < plane; ++p)
                for (size_t c = 0; c < 3; ++c) split.images.pixels.push_back(bytes[at + 2 + c * plane + p]);
        }
    }
    Dataset complete() override {
        return own_dataset(std::move(train_), std::move(test_), std::move(classes_), own_, "CIFAR-100");
    }

    datasets::Folder own_;
    bool coarse_;
    OwnSplit train_, test_;
    std::vector<std::string> classes_;
};

/// Three planes of 96×96 pixels an image, column by column; labels from 1 in files of their own.
class Stl10Reader final : public DatasetReader {
  public:
    Stl10Reader(const std::vector<File>& files, const datasets::Folder& own)
        : DatasetReader(files), own_(own) {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        if (number == 4) {
            classes_ = lines_of(bytes);
            return;
        }
        OwnSplit& split = number < 2 ? train_ : test_;
        if (number % 2 == 1) {
            for (const uint8_t label : bytes) split.labels.numbers.push_back(int64_t{label} - 1);
            split.labels_place = name;
            return;
        }
        constexpr size_t side = 96, plane = side * side, record = 3 * plane;
        check_records(bytes, record, name);
        split.images.shape = {static_cast<int>(side), static_cast<int>(side), 3};
        split.images_place = name;
        split.images.pixels.reserve(bytes.size());
        for (size_t at = 0; at < bytes.size(); at += record)
            for (size_t y = 0; y < side; ++y)
                for (size_t x = 0; x < side; ++x)
                    for (size_t c = 0; c < 3; ++c)
                        split.images.pixels.push_back(bytes[at + c * plane + x * side + y]);
    }
    Dataset complete() override {
        if (classes_.empty())
            classes_ = {"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"};
        return own_dataset(std::move(train_), std::move(test_), std::move(classes_), own_, "STL-10");
    }

    datasets::Folder own_;
    OwnSplit train_, test_;
    std::vector<std::string> classes_;
};

}  // namespace

std::unique_ptr<DatasetReader> cifar100_reader(std::span<const std::string> paths,
                                               const datasets::Folder& own) {
    constexpr std::array<std::string_view, 4> names{"train.bin", "test.bin", "fine_label_names.txt",
                                                    "coarse_label_names.txt"};
    const auto files = find_files(paths, names, 4);
    return files.empty() ? nullptr : std::make_unique<Cifar100Reader>(files, own);
}

std::unique_ptr<DatasetReader> stl10_reader(std::span<const std::string> paths, const datasets::Folder& own) {
    constexpr std::array<std::string_view, 5> names{"train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin",
                                                    "class_names.txt"};
    const auto files = find_files(paths, names, 4);
    return files.empty() ? nullptr : std::make_unique<Stl10Reader>(files, own);
}

}  // namespace cnnlab
