#pragma once

#include "engine/ops/program.hpp"

namespace cnnlab {

/// Removes ops whose results nobody reads, keeps or carries over to the next step. Loading, losses and updates always stay.
void remove_dead_ops(Program& program);

/// Takes from convolutions the weight gradient that nobody reads or keeps (frozen weights with a bias that learns).
void drop_unread_gradients(Program& program);

/// Where an activation that never decreases is followed only by a max pool, pools first: max(f(x)) = f(max(x)), and the activation and what
/// the backward pass must remember shrink by the size of the window. Values that are kept stay as they are. Exact for relu, relu6 and
/// leaky_relu: inputs that tie after the activation pass no gradient, or tied before.
void pool_before_activation(Program& program);

}  // namespace cnnlab
