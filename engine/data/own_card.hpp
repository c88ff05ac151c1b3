#pragma once

#include <string>
#include <vector>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Whether two means or deviations are those of the same images, counted by different programs.
[[nodiscard]] bool are_near(const std::vector<float>& a, const std::vector<float>& b);

/// Whether these are the images of MNIST, which has no card here but a name that everybody knows.
[[nodiscard]] bool is_mnist(const Split& train, const DatasetCard& card);

/// Names the classes "0", "1", …, up to the largest label and at least `least`, with as many digits each, so that the
/// order of the names is that of the labels.
void name_by_number(Dataset& data, size_t least);
/// Whether the classes are called so, from 0 or from 1.
[[nodiscard]] bool is_by_number(const std::vector<std::string>& classes);

/// For images that a person has given under the name of a known data set, whose card they have: unless they can be its
/// images, classes are called by number, mean and deviation become their own, and a note says so. They can be if no
/// label is beyond its classes, and if their mean is the card's but for what so many images differ by chance: four
/// standard errors of the mean of an image.
void check_card(Dataset& data);

/// For images that a run is to be evaluated on: a note where they cannot be such as it was trained with.
void compare_with_run(Dataset& data, const DatasetCard& run);

/// Gives images the class list of a run, of which they may lack some. Names tell classes, in files of labels numbers.
/// Throws Error (missing_data) naming a class that the run does not have.
void adopt_classes(Dataset& data, const std::vector<std::string>& classes);

}  // namespace cnnlab
