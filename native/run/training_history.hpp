#pragma once

#include <vector>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// What the curves of a training are drawn from: the lines of metrics.jsonl, as they are written or read back.
struct TrainingHistory {
    struct Point {
        double epoch = 0;  ///< epochs done at this point, with a fraction
        double loss = 0, accuracy = 0;
    };
    std::vector<Point> batches;  ///< single batches, in training mode
    std::vector<Point> train;    ///< means over whole epochs, in training mode
    std::vector<Point> test;
    int64_t steps_per_epoch = 1;
    int epochs = 0;  ///< planned

    void add(const Json& line);
};

}  // namespace cnnlab
