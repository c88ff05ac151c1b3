#pragma once

#include <string>
#include <vector>

#include "engine/data/dataset.hpp"
#include "engine/model/explain.hpp"

namespace cnnlab {

/// A picture and what the network answers to it.
struct ExplainedPicture {
    std::string name;       ///< of its file
    std::string answer;     ///< "cat 93.1 %, dog 4.0 %"
    std::string explained;  ///< the class whose output is explained
};

/// What is shown of a network and some pictures, and of the units of one of its layers.
struct ExplainReport {
    std::string title;
    DatasetCard card;
    std::string map_layer;  ///< of Grad-CAM; empty where the network has no map
    std::vector<ExplainedPicture> pictures;
    Split images;  ///< of the pictures, as the network takes them
    Explanation explanation;

    std::string unit_layer;  ///< empty: no units are shown
    std::vector<int> units;
    ExcitingImages exciting;
    PreferredImages preferred;
    const Split* tests = nullptr;  ///< the images that `exciting` counts
};

/// As one HTML file that needs no other.
[[nodiscard]] std::string explain_html(const ExplainReport& report);

}  // namespace cnnlab
