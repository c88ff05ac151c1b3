#pragma once

#include "engine/ops/program.hpp"

namespace cnnlab {

/// Removes ops whose results nobody reads, keeps or carries over to the next step. Loading, losses and updates always stay.
void remove_dead_ops(Program& program);

}  // namespace cnnlab
