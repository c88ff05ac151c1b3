#pragma once

#include "engine/core/philox.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab::test {

/// `count` images of 6×6×3 of noise, in three classes by turns: for training and for tests.
inline Dataset small_images(int count) {
    Dataset data;
    data.card.image = {6, 6, 3};
    data.card.classes = {"a", "b", "c"};
    data.card.mean.assign(3, 0.5F);
    data.card.stddev.assign(3, 0.25F);
    const Philox random{1, 2, 3};
    for (int64_t i = 0; i < count * data.card.image.count(); ++i)
        data.train.images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i))));
    for (int i = 0; i < count; ++i) data.train.labels.push_back(i % 3);
    data.test = data.train;
    return data;
}

}  // namespace cnnlab::test
