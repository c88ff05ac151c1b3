#include "engine/look/flaws.hpp"

#include "engine/data/imbalance.hpp"
#include "engine/data/label_noise.hpp"

namespace cnnlab {

std::vector<FlawedClass> look_at_flaws(std::span<const int32_t> labels, size_t classes, float label_noise,
                                       float imbalance) {
    std::vector<int32_t> kept(labels.begin(), labels.end());
    if (imbalance < 1) {
        kept.clear();
        for (const size_t image : long_tail_images(labels, classes, imbalance)) kept.push_back(labels[image]);
    }
    std::vector<FlawedClass> result(classes);
    for (const int32_t label : kept) {
        ++result[static_cast<size_t>(label)].kept;
        ++result[static_cast<size_t>(label)].labelled;
    }
    for (const auto& [image, label] : changed_labels(kept, classes, label_noise)) {
        FlawedClass& own = result[static_cast<size_t>(kept[image])];
        ++own.wrong;
        --own.labelled;
        ++result[static_cast<size_t>(label)].labelled;
    }
    return result;
}

}  // namespace cnnlab
