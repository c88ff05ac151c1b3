#pragma once

#include <tuple>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// Which images an experiment learns from, and how many of them.
struct DataSpec {
    std::string name;
    Json options = Json::object();  ///< the data set's own fields: lines has size, noise, …; folder has size, …
    int train_limit = 0, test_limit = 0;
    bool permute_pixels = false;

    static DataSpec from_json(const Json& json, const std::string& place);
    [[nodiscard]] Json to_json() const;
};

}  // namespace cnnlab
