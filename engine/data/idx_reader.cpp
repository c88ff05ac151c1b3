#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

namespace {

constexpr std::array<std::string_view, 4> beginnings{"train-images", "train-labels", "t10k-images",
                                                     "t10k-labels"};

/// Which of the four files has this name: "train-images-idx3-ubyte", also with a dot before "idx", also packed.
std::optional<size_t> role_of(std::string_view name) {
    if (name.ends_with(".gz")) name.remove_suffix(3);
    for (size_t role = 0; role < beginnings.size(); ++role) {
        if (!name.starts_with(beginnings[role])) continue;
        const std::string_view rest = name.substr(beginnings[role].size());
        if (rest.size() != 11 || (rest[0] != '-' && rest[0] != '.')) return {};
        const bool known = rest.substr(1) == "idx1-ubyte" || rest.substr(1) == "idx3-ubyte";
        return known ? std::optional(role) : std::nullopt;
    }
    return {};
}

std::string official_name(size_t role) {
    return std::string(beginnings[role]) + (role % 2 == 0 ? "-idx3" : "-idx1") + "-ubyte.gz";
}

/// In the order in which a folder of classes is read, so that a saved run goes on there with the same steps.
void sort_by_class(Split& split, size_t image_size) {
    std::vector<size_t> order(split.labels.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return split.labels[a] < split.labels[b]; });
    Split sorted;
    sorted.images.resize(split.images.size());
    for (size_t to = 0; to < order.size(); ++to) {
        std::copy_n(split.images.begin() + static_cast<std::ptrdiff_t>(order[to] * image_size), image_size,
                    sorted.images.begin() + static_cast<std::ptrdiff_t>(to * image_size));
        sorted.labels.push_back(split.labels[order[to]]);
    }
    split = std::move(sorted);
}

class IdxReader final : public DatasetReader {
  public:
    explicit IdxReader(const std::vector<File>& files) : DatasetReader(files) {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        Split& split = number < 2 ? data_.train : data_.test;
        if (number % 2 == 0) {
            IdxImages images = read_idx_images(std::move(bytes), name);
            check_shape(images.shape, number, name);
            split.images = std::move(images.pixels);
            images_name_ = name;
            return;
        }
        split.labels = read_idx_labels(bytes, name);
        const auto images = static_cast<int64_t>(split.images.size()) / shape_.count();
        if (split.count() != images)
            throw Error(ErrorCode::bad_file, name, say("idx.counts", split.count(), images, images_name_),
                        say("idx.belong"));
    }

    void check_shape(const ImageShape& shape, size_t number, const std::string& name) {
        if (number == 0) shape_ = shape;
        if (shape.height == shape_.height && shape.width == shape_.width && shape.channels == shape_.channels)
            return;
        throw Error(ErrorCode::bad_file, name,
                    say("idx.size_other", Shape{shape.height, shape.width, shape.channels}.str(),
                        Shape{shape_.height, shape_.width, shape_.channels}.str()),
                    say("idx.belong"));
    }

    Dataset complete() override {
        data_.card = find_card("folder");
        data_.card.image = shape_;
        int32_t most = 1;
        for (const Split* split : {&data_.train, &data_.test})
            for (const int32_t label : split->labels) most = std::max(most, label);
        const size_t digits = std::to_string(most).size();
        data_.card.classes.clear();
        for (int32_t label = 0; label <= most; ++label) {
            const std::string text = std::to_string(label);
            data_.card.classes.push_back(std::string(digits - text.size(), '0') + text);
        }
        normalise_by(data_.train, data_.card);
        for (const DatasetCard& card : built_in_cards()) {
            if (!is_of(card)) continue;
            data_.card = card;
            return std::move(data_);
        }
        data_.card.title = is_mnist() ? "MNIST" : "IDX";
        data_.card.format = datasets::Folder{{shape_.height, shape_.width}, shape_.channels == 1};
        for (Split* split : {&data_.train, &data_.test})
            sort_by_class(*split, static_cast<size_t>(shape_.count()));
        return std::move(data_);
    }

    /// Whether these are the images of a card. Sets of this format have the same names of files;
    /// their brightness tells them apart.
    [[nodiscard]] bool is_of(const DatasetCard& card) const {
        const DatasetCard& mine = data_.card;
        const auto near = [](float a, float b) { return std::abs(a - b) < 0.001F; };
        return std::holds_alternative<datasets::Idx>(card.format) &&
               card.train_count == data_.train.count() && card.image.height == shape_.height &&
               card.image.width == shape_.width && card.image.channels == shape_.channels &&
               card.classes.size() >= mine.classes.size() &&
               std::equal(card.mean.begin(), card.mean.end(), mine.mean.begin(), mine.mean.end(), near);
    }

    /// MNIST has no card here, but a name that everybody knows.
    [[nodiscard]] bool is_mnist() const {
        return data_.train.count() == 60000 && data_.card.classes.size() == 10 &&
               std::abs(data_.card.mean[0] - 0.1307F) < 0.001F;
    }

    Dataset data_;
    ImageShape shape_;
    std::string images_name_;
};

}  // namespace

std::unique_ptr<DatasetReader> reader_of(const datasets::Idx&, std::span<const std::string> paths) {
    std::array<std::optional<size_t>, 4> found;
    std::string there;
    for (size_t i = 0; i < paths.size(); ++i) {
        const auto role = role_of(file_name(paths[i]));
        if (!role || found[*role]) continue;
        found[*role] = i;
        there = file_name(paths[i]);
    }
    if (there.empty()) return nullptr;
    std::vector<DatasetReader::File> files;
    for (size_t role = 0; role < found.size(); ++role) {
        if (!found[role])
            throw Error(ErrorCode::missing_data, official_name(role), say("files.missing", there),
                        say("files.give_too"));
        files.push_back({*found[role], paths[*found[role]]});
    }
    return std::make_unique<IdxReader>(files);
}

}  // namespace cnnlab
