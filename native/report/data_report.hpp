#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/look/classes.hpp"
#include "engine/look/near_duplicates.hpp"
#include "engine/look/neighbours.hpp"

namespace cnnlab {

/// All that a report says of a data set.
struct DataLook {
    Statistics train, test;
    std::vector<ClassLook> classes;  ///< of the training images
    /// Test images (training images where there is no test split) and their nearest training images.
    std::vector<std::pair<int64_t, std::vector<Neighbour>>> neighbours;
    std::vector<NearDuplicate> duplicates;
    double most_distance = 0;  ///< of near-duplicates

    /// Of near-duplicates, how many have two different labels.
    [[nodiscard]] int64_t disagreeing(const Dataset& data) const;
};

/// `near`: images whose neighbours are looked for; none: the first of each class. Throws Error (out_of_range) where
/// there is no such image.
DataLook look_at_data(const Dataset& data, std::vector<int64_t> near, double most_distance);

/// Everything of a look as one HTML file that needs no other, with pictures and charts inside. `facts` are lines to
/// read first.
std::string data_report_html(const Dataset& data, const DataLook& look,
                             const std::vector<std::string>& facts);

}  // namespace cnnlab
