#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cnnlab {

/// A label that takes the place of an image's own.
struct LabelChange {
    size_t image;
    int32_t label;

    bool operator==(const LabelChange&) const = default;
};

/// How many of `total` labels a share changes: the nearest whole number.
[[nodiscard]] int64_t noisy_labels(int64_t total, float share);

/// Symmetric label noise: noisy_labels() images, all of them equally likely, get one of the other classes, each of
/// these equally likely (Zhang, Bengio, Hardt, Recht, Vinyals: "Understanding deep learning requires rethinking
/// generalization", ICLR 2017, with the difference that a label never stays what it was).
/// The images are the first ones of one fixed order (epoch_order of seed "label_noise"), image i becomes class
/// (label + 1 + ⌊word(i) · (classes − 1) / 2³²⌋) mod classes with word i of Philox stream "label_noise": so a larger
/// share changes the same labels in the same way, and more. Labels lie within the classes, of which there are two or
/// more. Result in the fixed order.
[[nodiscard]] std::vector<LabelChange> changed_labels(std::span<const int32_t> labels, size_t classes,
                                                      float share);

}  // namespace cnnlab
