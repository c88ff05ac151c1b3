#pragma once

#include "engine/core/fields.hpp"
#include "engine/model/description.hpp"

namespace cnnlab::web {

/// What a page knows of a session from its beginning.
struct SessionInfo {
    int id = 0;
    Description description;
    DatasetCard card;
    int64_t train_count = 0, test_count = 0, test_total = 0;
    std::vector<Concern> concerns;
    int64_t steps_per_epoch = 0, total_steps = 0, step = 0, flops_per_image = 0;

    static constexpr auto fields() {
        using S = SessionInfo;
        return std::tuple{
            field("id", &S::id),
            field("description", &S::description),
            field("card", &S::card),
            field("train_count", &S::train_count, "training images"),
            field("test_count", &S::test_count, "test images that the session has"),
            field("test_total", &S::test_total, "test images that there are: `loadTest` fetches the others"),
            field("concerns", &S::concerns, "what the images add to those of the description"),
            field("steps_per_epoch", &S::steps_per_epoch),
            field("total_steps", &S::total_steps),
            field("step", &S::step, "done"),
            field("flops_per_image", &S::flops_per_image, "of one training image, forward and backward")};
    }
};

}  // namespace cnnlab::web
