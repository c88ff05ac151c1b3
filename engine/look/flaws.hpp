#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/fields.hpp"

namespace cnnlab {

/// What a data set's `imbalance` and `label_noise` leave of a class's training images.
struct FlawedClass {
    int64_t kept = 0, wrong = 0, labelled = 0;

    bool operator==(const FlawedClass&) const = default;

    static constexpr auto fields() {
        using F = FlawedClass;
        return std::tuple{field("kept", &F::kept, "its images that remain"),
                          field("wrong", &F::wrong, "of these, the ones with the label of another class"),
                          field("labelled", &F::labelled, "images with its label, whatever they show")};
    }
};

/// For each class, as apply_data_spec makes them: first rarer, then mislabelled.
[[nodiscard]] std::vector<FlawedClass> look_at_flaws(std::span<const int32_t> labels, size_t classes,
                                                     float label_noise, float imbalance);

}  // namespace cnnlab
