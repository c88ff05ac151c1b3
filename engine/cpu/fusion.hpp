#pragma once

#include "engine/ops/program.hpp"

namespace cnnlab::cpu {

/// A Program for evaluation in which convolutions do what follows them before they store their outputs (ops::Finish):
/// batch norm, a sum with an earlier value, relu and relu6. Each value is stored once instead of up to four times.
/// Not where a value in between is kept or read elsewhere, nor after a dense layer.
/// A Program for training in which batch norm does the relu or relu6 that follows it, and its gradients compute the
/// output once more instead of reading it. Not in the page's module.
/// Values keep their numbers, and no bit of a result changes.
[[nodiscard]] Program fused(Program program);

}  // namespace cnnlab::cpu
