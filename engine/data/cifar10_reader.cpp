#include <algorithm>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "engine/data/dataset_reader.hpp"

namespace cnnlab {

namespace {

constexpr auto& official = datasets::Cifar10Binary::files;
constexpr size_t test_file = official.size() - 1;

/// The library's card of this format.
const DatasetCard& card_of_format() {
    const auto& cards = built_in_cards();
    return *std::find_if(cards.begin(), cards.end(), [](const DatasetCard& card) {
        return std::holds_alternative<datasets::Cifar10Binary>(card.format);
    });
}

class Cifar10Reader final : public DatasetReader {
  public:
    explicit Cifar10Reader(const std::vector<File>& files) : DatasetReader(files), last_(files.size() - 1) {
        data_.card = card_of_format();
    }

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        append_cifar10_binary(number == last_ ? data_.test : data_.train, bytes, data_.card, name);
    }
    Dataset complete() override { return std::move(data_); }

    Dataset data_;
    size_t last_;
};

}  // namespace

std::unique_ptr<DatasetReader> reader_of(const datasets::Cifar10Binary&, std::span<const std::string> paths,
                                         const datasets::Folder&) {
    std::array<std::optional<size_t>, official.size()> found;
    std::string there;
    for (size_t i = 0; i < paths.size(); ++i) {
        const auto at = std::find(official.begin(), official.end(), file_name(paths[i]));
        if (at == official.end()) continue;
        found[static_cast<size_t>(at - official.begin())] = i;
        there = file_name(paths[i]);
    }
    if (there.empty()) return nullptr;
    // Some of the training images will do; there must be any, and the test images.
    const bool trains = std::any_of(found.begin(), found.begin() + test_file, [](auto i) { return bool(i); });
    const size_t missing = trains ? test_file : 0;
    if (!found[missing])
        throw Error(ErrorCode::missing_data, std::string(official[missing]), say("files.missing", there),
                    say("files.give_too"));
    std::vector<DatasetReader::File> files;
    for (const auto& i : found)
        if (i) files.push_back({*i, paths[*i]});
    return std::make_unique<Cifar10Reader>(files);
}

}  // namespace cnnlab
