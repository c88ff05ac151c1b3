#include "engine/data/cifar10_binary.hpp"

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

void check_records(std::span<const uint8_t> bytes, size_t record, const DatasetCard& card,
                   const std::string& place) {
    if (bytes.empty() || bytes.size() % record != 0) {
        throw Error(ErrorCode::bad_file, place,
                    bytes.empty() ? "is empty"
                                  : "ends within a record: " + std::to_string(bytes.size()) +
                                        " bytes are no multiple of " + std::to_string(record),
                    "get the file again");
    }
    for (size_t at = 0; at < bytes.size(); at += record) {
        if (bytes[at] < card.classes.size()) continue;
        throw Error(
            ErrorCode::out_of_range, place,
            "record " + std::to_string(at / record) + " has label " + std::to_string(bytes[at]) + ", but " +
                card.name + " has classes 0 to " + std::to_string(card.classes.size() - 1),
            "give the binary version of " + card.name + "; it is another file than the Python version");
    }
}

}  // namespace

void append_cifar10_binary(Split& split, std::span<const uint8_t> bytes, const DatasetCard& card,
                           const std::string& place) {
    const auto pixels = static_cast<size_t>(card.image.positions());
    const auto channels = static_cast<size_t>(card.image.channels);
    const size_t record = 1 + pixels * channels;
    check_records(bytes, record, card, place);

    size_t to = split.images.size();
    split.images.resize(to + bytes.size() / record * (record - 1));
    for (size_t at = 0; at < bytes.size(); at += record) {
        split.labels.push_back(bytes[at]);
        const uint8_t* planes = bytes.data() + at + 1;
        for (size_t pixel = 0; pixel < pixels; ++pixel) {
            for (size_t channel = 0; channel < channels; ++channel) {
                split.images[to++] = planes[channel * pixels + pixel];
            }
        }
    }
}

}  // namespace cnnlab
