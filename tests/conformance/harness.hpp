#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "engine/core/shape.hpp"
#include "engine/core/spec.hpp"

/// Conformance: trains a small network for a few steps and evaluates it, on the reference backend and on the one
/// under test, with the same images, seed and starting weights. Every value of the Program must agree: activations,
/// gradients, batch statistics, weights and optimizer state after each step, and the reported results.
/// Then once more keeping only the logits, where a backend may fuse ops and reuse memory.
namespace cnnlab::test {

struct Case {
    std::string name;  ///< letters, digits and underscores
    Json experiment;
    ImageShape input{5, 5, 3};
    int batch = 8;
    std::vector<int> counts{};  ///< images of each training step; empty: a full batch and a partial one
    double slack = 1;           ///< times the backend's tolerance; say why where it is not 1
    Pair size{0};               ///< what training images are resized to
    double norm_slack = 1;      ///< slack in half precision, where whole tensors are compared
};

/// The JSON of an experiment with these layers (a JSON list) that ends in a dense layer with `outputs` outputs.
/// `rest` (a JSON object) sets further fields, such as loss and optimizer.
[[nodiscard]] Json network(const std::string& layers, int outputs = 3, const std::string& rest = "{}");

/// The layers (JSON, comma-separated) behind a 1×1 convolution to `channels` channels, so that the input's gradient
/// is needed too. It has no bias: in front of batch norm its gradient is zero on paper and rounding errors in
/// practice, which compare with nothing.
[[nodiscard]] Json network_behind_conv(int channels, const std::string& layers, int outputs = 3,
                                       const std::string& rest = "{}");

/// Compares every backend under test with the reference; fails with the worst element of each value that deviates.
void check_conformance(const Case& c);

inline void PrintTo(const Case& c, std::ostream* out) { *out << c.experiment.dump(); }

/// One test for each case, named after it.
class Conformance : public testing::TestWithParam<Case> {};
inline std::string case_name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

}  // namespace cnnlab::test

/// A suite of cases: CNNLAB_CONFORMANCE(conv2d, conv2d_cases()).
#define CNNLAB_CONFORMANCE(family, cases) \
    INSTANTIATE_TEST_SUITE_P(family, Conformance, testing::ValuesIn(cases), case_name)
