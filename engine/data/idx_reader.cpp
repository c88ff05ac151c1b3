#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/idx_names.hpp"
#include "engine/data/own_dataset.hpp"

namespace cnnlab {

namespace {

/// Names of EMNIST's classes, as its mapping files say: digits, capitals, small letters; in "balanced" and "bymerge"
/// only those small letters that look unlike their capitals.
std::vector<std::string> emnist_classes(std::string_view name) {
    const std::string digits = "0123456789", capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::string letters;
    if (name.starts_with("emnist-letters")) letters = capitals;
    if (name.starts_with("emnist-byclass")) letters = digits + capitals + "abcdefghijklmnopqrstuvwxyz";
    if (name.starts_with("emnist-balanced") || name.starts_with("emnist-bymerge"))
        letters = digits + capitals + "abdefghnqrt";
    std::vector<std::string> classes;
    for (const char letter : letters) classes.emplace_back(1, letter);
    return classes;
}

class IdxReader final : public DatasetReader {
  public:
    IdxReader(const std::vector<File>& files, const datasets::Folder& own)
        : DatasetReader(files), own_(own), name_(plain_name(file_name(files[0].name))) {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        OwnSplit& split = number < 2 ? train_ : test_;
        const bool is_usual = bytes.size() < 4 || bytes[2] == 8 || bytes[0] != 0;
        if (number % 2 == 0) {
            split.images_place = name;
            if (is_usual) {
                IdxImages images = read_idx_images(std::move(bytes), name);
                split.images = {images.shape, std::move(images.pixels)};
            } else {
                split.images = images_of(read_idx_array(std::move(bytes), name), -1, range_, name);
            }
            if (name_.starts_with("emnist")) transpose(split.images);
            const ImageShape &mine = split.images.shape, &wanted = train_.images.shape;
            if (!(mine == wanted))
                throw Error(ErrorCode::bad_file, name, say("idx.size_other", mine.str(), wanted.str()),
                            say("idx.belong"));
            return;
        }
        split.labels_place = name;
        if (is_usual) {
            const auto labels = read_idx_labels(bytes, name);
            split.labels.numbers.assign(labels.begin(), labels.end());
        } else {
            split.labels = labels_of(read_idx_array(std::move(bytes), name), name);
        }
        // EMNIST counts its letters from 1.
        if (name_.starts_with("emnist-letters"))
            for (int64_t& label : split.labels.numbers) --label;
        const int64_t images = static_cast<int64_t>(split.images.pixels.size()) / split.images.shape.count();
        if (split.labels.count() != images)
            throw Error(ErrorCode::bad_file, name,
                        say("idx.counts", split.labels.count(), images, split.images_place),
                        say("idx.belong"));
    }

    /// EMNIST's images lie on their side.
    static void transpose(ImageArray& images) {
        const auto height = static_cast<size_t>(images.shape.height),
                   width = static_cast<size_t>(images.shape.width);
        if (images.shape.channels != 1) return;
        std::vector<uint8_t> turned(images.pixels.size());
        for (size_t begin = 0; begin < turned.size(); begin += height * width)
            for (size_t y = 0; y < height; ++y)
                for (size_t x = 0; x < width; ++x)
                    turned[begin + x * height + y] = images.pixels[begin + y * width + x];
        images = {ImageShape(images.shape.width, images.shape.height, 1), std::move(turned)};
    }

    Dataset complete() override {
        return own_dataset(std::move(train_), std::move(test_), emnist_classes(name_), own_,
                           name_.starts_with("emnist") ? "EMNIST" : "IDX");
    }

    datasets::Folder own_;
    std::string name_;
    OwnSplit train_, test_;
    PixelRange range_;
};

}  // namespace

std::unique_ptr<DatasetReader> reader_of(const datasets::Idx&, std::span<const std::string> paths,
                                         const datasets::Folder& own) {
    const IdxFiles idx = find_idx_files(paths);
    if (!idx.any()) return nullptr;
    std::string there;
    for (const auto& file : idx.found)
        if (file) there = file_name(paths[*file]);
    std::vector<DatasetReader::File> files;
    for (size_t role = 0; role < idx.found.size(); ++role) {
        if (!idx.found[role])
            throw Error(ErrorCode::missing_data, idx.name_of(static_cast<IdxFiles::Role>(role)),
                        say("files.missing", there), say("files.give_too"));
        files.push_back({*idx.found[role], paths[*idx.found[role]]});
    }
    return std::make_unique<IdxReader>(files, own);
}

}  // namespace cnnlab
