#pragma once

#include "engine/model/model.hpp"
#include "native/run/backends.hpp"

namespace cnnlab {

/// Throws Error (unsupported, place "memory") before a training takes more memory on the CPU than the machine has left.
/// It says how much that is, what takes most of it and what to do. Counted are weights and what the optimizer keeps of
/// each, three times while they are saved, and the values of a batch in training and in evaluation.
void check_training_memory(const Experiment& experiment, const Dataset& images, const BackendChoice& choice);

/// The same before `count` images are evaluated.
void check_evaluation_memory(const Model& model, int64_t count, const BackendChoice& choice);

}  // namespace cnnlab
