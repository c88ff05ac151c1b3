#include <algorithm>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/idx_names.hpp"

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
    Dataset complete() override {
        if (last_ < test_file) data_.report.notes.push_back(say_file("files.some_batches", last_, test_file));
        return std::move(data_);
    }

    Dataset data_;
    size_t last_;
};

}  // namespace

bool Cifar10Files::any() const {
    return std::any_of(found.begin(), found.end(), [](const auto& file) { return file.has_value(); });
}

Cifar10Files find_cifar10_files(std::span<const std::string> paths) {
    Cifar10Files files;
    std::array<bool, official.size()> is_copy{};
    for (size_t i = 0; i < paths.size(); ++i) {
        const std::string_view given = file_name(paths[i]);
        const auto at = std::find(official.begin(), official.end(), plain_name(given));
        if (at == official.end()) continue;
        const auto number = static_cast<size_t>(at - official.begin());
        auto& found = files.found[number];
        const auto folder = [&](size_t path) {
            return std::string_view(paths[path])
                .substr(0, paths[path].size() - file_name(paths[path]).size());
        };
        if (found && folder(*found) != folder(i))
            throw Error(ErrorCode::bad_file, paths[i], say("files.two_sets", paths[*found]),
                        say("files.one_set"));
        if (found && !is_copy[number]) continue;
        found = i;
        is_copy[number] = given.size() > at->size();
    }
    return files;
}

namespace {

/// Refuses CIFAR-10 for MATLAB. Its file of class names tells it, or an array in that file where a driver opens it.
void refuse_matlab_version(std::span<const std::string> paths) {
    for (const std::string& path : paths)
        if (path.find("batches.meta.mat") != std::string::npos)
            throw Error(ErrorCode::bad_file, path, say("cifar.matlab"),
                        say("cifar.get_binary", card_of_format().files.front().name));
}

}  // namespace

std::unique_ptr<DatasetReader> reader_of(const datasets::Cifar10Binary&, std::span<const std::string> paths,
                                         const datasets::Folder&) {
    const auto found = find_cifar10_files(paths).found;
    const auto given = [](const std::optional<size_t>& i) { return i.has_value(); };
    const auto one = std::find_if(found.begin(), found.end(), given);
    if (one == found.end()) {
        refuse_matlab_version(paths);
        return nullptr;
    }
    // Some of the training images will do; there must be any, and the test images.
    const bool trains = std::any_of(found.begin(), found.begin() + test_file, given);
    const size_t missing = trains ? test_file : 0;
    if (!found[missing])
        throw Error(ErrorCode::missing_data, std::string(official[missing]),
                    say("files.missing", file_name(paths[**one])), say("files.give_too"));
    std::vector<DatasetReader::File> files;
    for (const auto& i : found)
        if (i) files.push_back({*i, paths[*i]});
    return std::make_unique<Cifar10Reader>(files);
}

}  // namespace cnnlab
