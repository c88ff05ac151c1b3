#include "engine/exchange/card_statistics.hpp"

#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/spec.hpp"

namespace cnnlab {

namespace {

void set_one(DatasetCard& card, std::string_view name, const char* option, const std::vector<float>& given) {
    if (given.empty()) return;
    const auto channels = static_cast<size_t>(card.image.channels);
    if (given.size() != 1 && given.size() != channels)
        throw Error(ErrorCode::shape_mismatch, option, say("data.channels", given.size(), channels),
                    say("data.one_a_channel"));
    for_own_fields<DatasetCard>([&](const auto& each) {
        if constexpr (std::is_same_v<std::decay_t<decltype(card.*each.member)>, std::vector<float>>) {
            if (each.name != name) return;
            for (const float value : given) check_range(value, each.low, each.high, option);
            card.*each.member = given.size() == 1 ? std::vector<float>(channels, given[0]) : given;
        }
    });
}

}  // namespace

void set_statistics(DatasetCard& card, const std::vector<float>& mean, const std::vector<float>& stddev) {
    set_one(card, "mean", "--mean", mean);
    set_one(card, "stddev", "--std", stddev);
}

}  // namespace cnnlab
