#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/compile.hpp"
#include "native/cuda/traffic.hpp"
#include "tests/cuda/fusion_groups.hpp"

/// Which ops of cifar10-speedrun go together, and what that spares.
namespace cnnlab::test {

namespace {

Program speedrun(Phase phase) {
    CompileOptions options;
    options.phase = phase;
    options.batch = 2000;
    options.input = {32, 32, 3};
    options.classes = 10;
    options.mean.assign(3, 0.5F);
    options.stddev.assign(3, 0.25F);
    return compile(Experiment::parse(experiment_json("cifar10-speedrun")), options).program;
}

}  // namespace

TEST(CudaFusions, of_the_speedrun) {
    const Program train = speedrun(Phase::train), evaluate = speedrun(Phase::evaluate);
    const Lines forward{pool_statistics, normalise, normalise},
        backward{norm_sums, input_gradient, norm_sums, pool_input_gradient};
    Lines want;
    for (const auto& [lines, blocks] : {std::pair{forward, 3}, {backward, 3}})
        for (int i = 0; i < blocks; ++i) want.insert(want.end(), lines.begin(), lines.end());
    want.push_back(bias_sums);
    EXPECT_EQ(groups_of(train), want);
    Lines views;
    for (int i = 0; i < 6 * 3; ++i) views.insert(views.end(), {pool_normalise, normalise});
    EXPECT_EQ(groups_of(evaluate), views) << "six views of each image";
    // what is made anew is not stored
    for (const cuda::Fusion& fusion : cuda::find_fusions(train))
        std::visit(
            [&](const auto& op) {
                if constexpr (requires { op.normal; }) {
                    EXPECT_FALSE(op.normal);
                }
                if constexpr (requires { op.dnormal; }) {
                    EXPECT_FALSE(op.dnormal);
                }
                if constexpr (requires { op.dpooled; }) {
                    EXPECT_FALSE(op.dpooled);
                }
            },
            fusion.op);
}

TEST(CudaFusions, spare_memory_traffic) {
    const auto convolutions_of = [](Program program) {
        std::erase_if(program.ops, [](const Op& op) {
            const auto* gradient = std::get_if<ops::Conv2dBackwardWeight>(&op);
            return !op_name(op).starts_with("conv2d") || (gradient != nullptr && !gradient->dweight);
        });
        return program;
    };
    const auto gigabytes = [](const Program& program, bool fuse) {
        const auto fusions = fuse ? cuda::find_fusions(program) : std::vector<cuda::Fusion>{};
        return static_cast<double>(cuda::traffic(program, cuda::Element::f16, fusions)) / 1e9;
    };
    const Program train = speedrun(Phase::train), evaluate = speedrun(Phase::evaluate);
    // native/cuda/README.md has these figures
    EXPECT_NEAR(gigabytes(convolutions_of(train), false), 3.014, 0.001);
    EXPECT_NEAR(gigabytes(train, false), 8.217, 0.001);
    EXPECT_NEAR(gigabytes(train, true), 6.499, 0.001);
    EXPECT_NEAR(gigabytes(evaluate, false), 17.226, 0.001);
    EXPECT_NEAR(gigabytes(evaluate, true), 13.015, 0.001);
}

TEST(CudaFusions, do_not_pass_over_a_change_of_what_they_read) {
    Program program = speedrun(Phase::train);
    const auto count = [&](const std::string& line) {
        const Lines lines = groups_of(program);
        return std::count(lines.begin(), lines.end(), line);
    };
    ASSERT_EQ(count(norm_sums), 6);
    // an update of the last batch norm's bias before its sums: its output cannot be made anew
    const auto update = std::find_if(program.ops.begin(), program.ops.end(), [&](const Op& op) {
        const auto* sgd = std::get_if<ops::SgdUpdate>(&op);
        return sgd != nullptr && program.info(sgd->parameter).name == "batch_norm_6.bias";
    });
    ASSERT_NE(update, program.ops.end());
    const Op moved = *update;
    program.ops.erase(update);
    const auto first = std::find_if(program.ops.begin(), program.ops.end(), [](const Op& op) {
        return std::holds_alternative<ops::BatchNormBackwardReduce>(op);
    });
    program.ops.insert(first, moved);
    EXPECT_EQ(count(norm_sums), 5);
    EXPECT_EQ(count(input_gradient) + count(pool_input_gradient), 5);
}

}  // namespace cnnlab::test
