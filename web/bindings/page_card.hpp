#pragma once

#include <string>

#include "engine/core/spec.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab::web {

/// A card in the page's form (image: [height, width, channels], std), turned into one of a data set. Throws Error as
/// parse_card does.
[[nodiscard]] DatasetCard card_of_page(const std::string& text);

/// The same the other way round.
[[nodiscard]] Json card_for_page(const DatasetCard& card);

}  // namespace cnnlab::web
