#pragma once

#include <string>
#include <vector>

#include "native/cuda/fusion.hpp"

/// Groups of ops that become one step, as text.
namespace cnnlab::test {

using Lines = std::vector<std::string>;

/// "norm_sums: activation_backward batch_norm_backward_reduce".
inline Lines groups_of(const Program& program, const std::vector<cuda::Fusion>& fusions) {
    Lines lines;
    for (const cuda::Fusion& fusion : fusions) {
        std::string line(std::visit([](const auto& op) { return op.name; }, fusion.op));
        line += ':';
        for (const int op : fusion.ops)
            line += " " + std::string(op_name(program.ops[static_cast<size_t>(op)]));
        lines.push_back(line);
    }
    return lines;
}
inline Lines groups_of(const Program& program) { return groups_of(program, cuda::find_fusions(program)); }

inline const std::string pool_statistics = "pool_statistics: max_pool2d batch_norm_statistics";
inline const std::string normalise = "normalise: batch_norm activation";
inline const std::string pool_normalise = "normalise: max_pool2d batch_norm activation";
inline const std::string norm_sums = "norm_sums: activation_backward batch_norm_backward_reduce";
inline const std::string input_gradient = "norm_input_gradient: batch_norm_backward_input";
inline const std::string pool_input_gradient =
    "norm_input_gradient: batch_norm_backward_input max_pool2d_backward";
inline const std::string bias_sums = "bias_sums: activation_backward conv2d_backward_weight";

}  // namespace cnnlab::test
