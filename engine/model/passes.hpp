#pragma once

#include "engine/ops/program.hpp"

namespace cnnlab {

/// Removes ops whose results are neither read, kept nor carried over to the next step. Keeps loading, losses and
/// updates.
void remove_dead_ops(Program& program);

/// Takes from convolutions the weight gradient that nobody reads or keeps (frozen weights with a bias that learns).
void drop_unread_gradients(Program& program);

/// Swaps a non-decreasing activation with the max pool that alone follows it: max(f(x)) = f(max(x)). The activation,
/// and what the backward pass must remember, shrink by the size of the window. Leaves values that are kept.
/// Exact for relu, relu6 and leaky_relu: inputs that tie after the activation pass no gradient, or tied before.
void pool_before_activation(Program& program);

}  // namespace cnnlab
