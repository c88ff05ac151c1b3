#pragma once

#include <string>

#include "native/run/training_history.hpp"

namespace cnnlab {

/// The curves of a training, loss on the left and accuracy on the right: training thin (smoothed, single batches
/// faint behind it), test bold, each named at its end.
std::string curves_svg(const TrainingHistory& history, const std::string& title);

}  // namespace cnnlab
