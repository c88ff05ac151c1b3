#include "engine/data/dataset.hpp"

#include "engine/core/error.hpp"

namespace cnnlab {

void check_split(const Split& split, const DatasetCard& card, const std::string& place) {
    const int64_t bytes = static_cast<int64_t>(split.images.size());
    const int64_t expected = split.count() * card.image.count();
    if (bytes != expected) {
        throw Error(ErrorCode::bad_file, place,
                    std::to_string(split.count()) + " labels need " + std::to_string(expected) +
                        " bytes of images, but there are " + std::to_string(bytes),
                    "use images and labels that belong together");
    }
    const auto classes = static_cast<int64_t>(card.classes.size());
    for (int64_t i = 0; i < split.count(); ++i) {
        const int32_t label = split.labels[static_cast<size_t>(i)];
        if (label >= 0 && label < classes) continue;
        throw Error(ErrorCode::out_of_range, place,
                    "image " + std::to_string(i) + " has label " + std::to_string(label) + ", but " +
                        card.name + " has " + std::to_string(classes) + " classes, 0 to " +
                        std::to_string(classes - 1),
                    "check the labels, or add the class to the card");
    }
}

}  // namespace cnnlab
