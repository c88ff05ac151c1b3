#pragma once

#include "engine/reference/context.hpp"

/// The kernels, one for each op of the instruction set; the op's docstring is the specification.
namespace cnnlab::reference {

void run(const ops::LoadBatch& op, Context& c);
void run(const ops::Conv2d& op, Context& c);
void run(const ops::Conv2dBackwardInput& op, Context& c);
void run(const ops::Conv2dBackwardWeight& op, Context& c);
void run(const ops::BatchNormStatistics& op, Context& c);
void run(const ops::BatchNorm& op, Context& c);
void run(const ops::BatchNormBackwardReduce& op, Context& c);
void run(const ops::BatchNormBackwardInput& op, Context& c);
void run(const ops::Activation& op, Context& c);
void run(const ops::ActivationBackward& op, Context& c);
void run(const ops::Softmax& op, Context& c);
void run(const ops::SoftmaxBackward& op, Context& c);
void run(const ops::MaxPool2d& op, Context& c);
void run(const ops::MaxPool2dBackward& op, Context& c);
void run(const ops::AvgPool2d& op, Context& c);
void run(const ops::AvgPool2dBackward& op, Context& c);
void run(const ops::Dropout& op, Context& c);
void run(const ops::Add& op, Context& c);
void run(const ops::WeightedSum& op, Context& c);
void run(const ops::Concat& op, Context& c);
void run(const ops::Slice& op, Context& c);
void run(const ops::Reshape& op, Context& c);
void run(const ops::Shift& op, Context& c);
void run(const ops::Resize& op, Context& c);
void run(const ops::CrossEntropy& op, Context& c);
void run(const ops::BinaryCrossEntropy& op, Context& c);
void run(const ops::MeanSquaredError& op, Context& c);
void run(const ops::GradientNorm& op, Context& c);
void run(const ops::SgdUpdate& op, Context& c);
void run(const ops::AdamUpdate& op, Context& c);
void run(const ops::RmsPropUpdate& op, Context& c);
void run(const ops::MuonUpdate& op, Context& c);
void run(const ops::AverageUpdate& op, Context& c);
void run(const ops::LookaheadUpdate& op, Context& c);

}  // namespace cnnlab::reference
