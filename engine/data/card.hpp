#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Reads the text of a `card.json`. `place` names it in messages ("datasets/lines/card.json"), followed by the field.
/// Throws Error: bad_file for text that is no JSON, wrong_type for a missing or ill-typed field, unknown_name for
/// a field that cards do not have, out_of_range and shape_mismatch for values that no data set can have.
DatasetCard parse_card(std::string_view json, const std::string& place);

/// The card as indented JSON; parse_card reads it back to an equal card.
std::string to_json(const DatasetCard& card);

/// The cards of datasets/*/card.json, compiled into the library, in order of their names.
const std::vector<DatasetCard>& built_in_cards();

/// One of them by name. Throws Error (unknown_name) with the nearest name.
const DatasetCard& find_card(const std::string& name);

}  // namespace cnnlab
