#pragma once

#include <vector>

#include "engine/model/concerns.hpp"
#include "engine/model/description.hpp"

namespace cnnlab {

/// Warnings for fields of an experiment that differ from their defaults and change nothing, as another field is what it
/// is: lookahead.decay where lookahead.every is 0, the bias's start where there is no bias.
[[nodiscard]] std::vector<Concern> unused_fields(const Description& description);

}  // namespace cnnlab
