#pragma once

#include <vector>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// The help of every field that a form shows or an error quotes. Other languages have theirs under the same keys.
[[nodiscard]] std::vector<FieldHelp> all_help();

}  // namespace cnnlab
