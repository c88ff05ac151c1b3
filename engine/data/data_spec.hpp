#pragma once

#include <tuple>

#include "engine/core/spec.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Which images an experiment learns from, and how many of them.
struct DataSpec {
    std::string name;
    Json options =
        Json::object();  ///< the data set's own fields: lines has size, noise, …; folder has size, …
    int train_limit = 0, test_limit = 0;
    bool permute_pixels = false;
    std::vector<float> mean, stddev;  ///< instead of the card's; empty: the card's

    static DataSpec from_json(const Json& json, const std::string& place);
    [[nodiscard]] Json to_json() const;
};

/// Cuts, permutes and re-normalises a data set as the spec says. Philox draws the permutation from its own fixed
/// stream. Throws Error if mean and std do not have the card's number of channels.
void apply_data_spec(const DataSpec& spec, Dataset& dataset);

}  // namespace cnnlab
