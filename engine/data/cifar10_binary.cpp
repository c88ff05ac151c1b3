#include "engine/data/cifar10_binary.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/huge_pages.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

void check_records(std::span<const uint8_t> bytes, size_t record, const DatasetCard& card,
                   const std::string& place, int64_t first) {
    if (bytes.empty() || bytes.size() % record != 0) {
        throw Error(ErrorCode::bad_file, place,
                    bytes.empty() ? say("value.is_empty") : say("cifar.in_record", bytes.size(), record),
                    say("data.get_again"));
    }
    for (size_t at = 0; at < bytes.size(); at += record) {
        if (bytes[at] < card.classes.size()) continue;
        throw Error(ErrorCode::out_of_range, place,
                    say("cifar.label", first + static_cast<int64_t>(at / record), bytes[at], card.name,
                        card.classes.size() - 1),
                    say("cifar.binary", card.name));
    }
}

/// Planes to pixels. The number of channels is known to the compiler where it is the usual one.
template <class Channels>
void interleave(const uint8_t* planes, uint8_t* to, size_t pixels, Channels channels) {
    for (size_t pixel = 0; pixel < pixels; ++pixel)
        for (size_t channel = 0; channel < channels; ++channel) *to++ = planes[channel * pixels + pixel];
}

}  // namespace

void append_cifar10_binary(Split& split, std::span<const uint8_t> bytes, const DatasetCard& card,
                           const std::string& place, int64_t first) {
    const auto pixels = static_cast<size_t>(card.image.positions());
    const auto channels = static_cast<size_t>(card.image.channels);
    const size_t record = 1 + pixels * channels;
    check_records(bytes, record, card, place, first);

    const size_t all = split.images.size() + bytes.size() / record * (record - 1);
    if (all > split.images.capacity()) reserve_huge(split.images, std::max(all, 2 * split.images.size()));
    std::vector<uint8_t> image(record - 1);
    for (size_t at = 0; at < bytes.size(); at += record) {
        split.labels.push_back(bytes[at]);
        const uint8_t* planes = bytes.data() + at + 1;
        if (channels == 3)
            interleave(planes, image.data(), pixels, std::integral_constant<size_t, 3>());
        else
            interleave(planes, image.data(), pixels, channels);
        split.images.insert(split.images.end(), image.begin(), image.end());
    }
}

}  // namespace cnnlab
