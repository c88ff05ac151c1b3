#include "engine/data/dataset.hpp"

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

void check_split(const Split& split, const DatasetCard& card, const std::string& place) {
    const int64_t bytes = static_cast<int64_t>(split.images.size());
    const int64_t expected = split.count() * card.image.count();
    if (bytes != expected) {
        throw Error(ErrorCode::bad_file, place, say("data.lengths", split.count(), expected, bytes),
                    say("data.belong"));
    }
    const auto classes = static_cast<int64_t>(card.classes.size());
    for (int64_t i = 0; i < split.count(); ++i) {
        const int32_t label = split.labels[static_cast<size_t>(i)];
        if (label >= 0 && label < classes) continue;
        throw Error(ErrorCode::out_of_range, place,
                    say("data.label", i, label, card.name, classes, classes - 1), say("data.check_labels"));
    }
}

}  // namespace cnnlab
