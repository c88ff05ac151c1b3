#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/core/message_json.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

struct Description;

enum class Severity : uint8_t {
    warn,    ///< figures may mislead: a person should know before they train
    refuse,  ///< nothing can be learned, whatever the images are
};
template <>
struct EnumNames<Severity> {
    static constexpr std::array<std::string_view, 2> names{"warn", "refuse"};
};

/// Why the figures of a training would mean nothing, or not what they seem to.
struct Concern {
    Severity severity = Severity::warn;
    std::string place;  ///< a field of the experiment ("optimizer.lr"), or "dataset"
    Message problem, remedy;

    static constexpr auto fields() {
        using C = Concern;
        return std::tuple{field("severity", &C::severity, "refuse: there is nothing to train"),
                          field("place", &C::place, "a field of the experiment, or \"dataset\""),
                          field("problem", &C::problem), field("remedy", &C::remedy)};
    }
};

/// What can be said without images: a last layer that the loss does not expect, batch norm over a single value, nothing
/// that learns, …
[[nodiscard]] std::vector<Concern> design_concerns(const Description& description);
/// What the images add: classes without any, images that are all the same, test images that are training images, a last
/// batch of one image, …
[[nodiscard]] std::vector<Concern> data_concerns(const Description& description, const Dataset& data);
/// "PLACE: problem; remedy"
[[nodiscard]] std::string english(const Concern& concern);
/// Throws the first concern that refuses as Error (out_of_range).
void check(std::span<const Concern> concerns);

}  // namespace cnnlab
