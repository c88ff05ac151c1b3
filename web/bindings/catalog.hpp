#pragma once

#include "engine/model/experiment.hpp"

namespace cnnlab::web {

/// Fields, ranges, defaults and help of everything that an experiment can hold: what the page's forms are made of.
[[nodiscard]] Json catalog();

}  // namespace cnnlab::web
