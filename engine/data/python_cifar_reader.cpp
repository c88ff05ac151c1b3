#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/huge_pages.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/array.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/own_dataset.hpp"
#include "engine/data/pickle.hpp"

namespace cnnlab {

namespace {

/// "data_batch_1" … "data_batch_5", "test_batch", "batches.meta"; or CIFAR-100's "train", "test", "meta".
struct PythonCifarFiles {
    std::vector<DatasetReader::File> train;
    std::optional<DatasetReader::File> test, meta;
};

/// `files`: of this split.
void add_images(OwnSplit& split, const PickleValue& file, const std::string& labels, const std::string& name,
                size_t files) {
    using Kind = PickleValue::Kind;
    const PickleValue& data = file.at("data", Kind::array, name);
    if (data.shape.size() != 2 || data.shape[1] != 3072)
        throw Error(ErrorCode::bad_file, name,
                    say("array.no_images",
                        Array{.type = {}, .shape = data.shape, .bytes = {}, .texts = {}}.shape_text()),
                    say("pickle.give"));
    constexpr size_t pixels = 1024;
    split.images.shape = {32, 32, 3};
    std::vector<uint8_t>& images = split.images.pixels;
    // All files of a split are of one size: room for them at once is mapped once.
    if (images.empty()) reserve_huge(images, files * data.bytes.size());
    std::array<uint8_t, 3 * pixels> image{};
    for (size_t from = 0; from < data.bytes.size(); from += image.size()) {
        const uint8_t* planes = data.bytes.data() + from;
        uint8_t* to = image.data();
        for (size_t p = 0; p < pixels; ++p)
            for (size_t c = 0; c < 3; ++c) *to++ = planes[c * pixels + p];
        images.insert(images.end(), image.begin(), image.end());
    }
    for (const auto& label : file.at(labels, Kind::list, name).items) {
        if (label->kind != Kind::number)
            throw Error(ErrorCode::bad_file, name, say("pickle.field", labels), say("pickle.give"));
        split.labels.numbers.push_back(label->number);
    }
    if (split.images_place.empty()) split.images_place = split.labels_place = name;
}

class PythonCifarReader final : public DatasetReader {
  public:
    PythonCifarReader(const std::vector<File>& files, size_t train_files, bool fine,
                      const datasets::Folder& own)
        : DatasetReader(files), own_(own), train_files_(train_files), hundred_(fine) {
        labels_ = !hundred_ ? "labels" : own.labels == "coarse" ? "coarse_labels" : "fine_labels";
    }

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        const auto file = read_pickle(bytes, name);
        if (number < train_files_) return add_images(train_, *file, labels_, name, train_files_);
        if (number == train_files_) return add_images(test_, *file, labels_, name, 1);
        const std::string names =
            !hundred_ ? "label_names" : labels_.substr(0, labels_.size() - 1) + "_names";
        for (const auto& item : file->at(names, PickleValue::Kind::list, name).items)
            classes_.emplace_back(item->text);
    }
    Dataset complete() override {
        Dataset data = own_dataset(std::move(train_), std::move(test_), std::move(classes_), own_,
                                   hundred_ ? "CIFAR-100" : "CIFAR-10");
        constexpr size_t all = 5;
        if (!hundred_ && train_files_ < all)
            data.report.notes.push_back(say_file("files.some_batches", train_files_, all));
        return data;
    }

    datasets::Folder own_;
    size_t train_files_;
    bool hundred_;
    std::string labels_;
    std::vector<std::string> classes_;
    OwnSplit train_, test_;
};

/// Names that say little by themselves count only in the folder of the archive, or beside each other.
bool is_hundred(std::span<const std::string> paths) {
    const auto has = [&](std::string_view name) {
        return std::any_of(paths.begin(), paths.end(),
                           [&](const std::string& p) { return file_name(p) == name; });
    };
    return has("meta") && has("train") && has("test");
}

}  // namespace

std::unique_ptr<DatasetReader> python_cifar_reader(std::span<const std::string> paths,
                                                   const datasets::Folder& own) {
    const bool hundred = is_hundred(paths);
    PythonCifarFiles found;
    for (size_t i = 0; i < paths.size(); ++i) {
        const std::string_view name = file_name(paths[i]);
        const bool is_batch =
            name.size() == 12 && name.starts_with("data_batch_") && name[11] >= '1' && name[11] <= '5';
        if (hundred ? name == "train" : is_batch) found.train.push_back({i, paths[i]});
        if (name == (hundred ? "test" : "test_batch")) found.test = DatasetReader::File{i, paths[i]};
        if (name == (hundred ? "meta" : "batches.meta")) found.meta = DatasetReader::File{i, paths[i]};
    }
    if (found.train.empty() && !found.test) return nullptr;
    const std::string there = found.train.empty() ? found.test->name : found.train[0].name;
    const char* missing = found.train.empty() ? "data_batch_1"
                          : !found.test       ? "test_batch"
                          : !found.meta       ? "batches.meta"
                                              : nullptr;
    if (missing != nullptr)
        throw Error(ErrorCode::missing_data, missing, say("files.missing", there), say("files.give_too"));
    std::vector<DatasetReader::File> files = found.train;
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return file_name(a.name) < file_name(b.name); });
    const size_t train_files = files.size();
    files.push_back(*found.test);
    files.push_back(*found.meta);
    return std::make_unique<PythonCifarReader>(files, train_files, hundred, own);
}

}  // namespace cnnlab
