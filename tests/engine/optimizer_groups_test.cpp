#include <gtest/gtest.h>

#include "engine/model/compile.hpp"
#include "tests/errors.hpp"

/// What parameter groups become, and what is wrong with some.
namespace cnnlab::test {

namespace {

Program compiled(const std::string& optimizer) {
    CompileOptions options;
    options.phase = Phase::train;
    options.batch = 4;
    options.input = {5, 5, 3};
    return compile(Experiment::parse(Json::parse(R"({"name": "g", "dataset": "x", "model": {"layers": [
                       {"type": "conv2d", "out_channels": 6}, {"type": "batch_norm"}, {"type": "dense", "out_features": 3}]}, "optimizer": )" +
                                                 optimizer + "}")),
                   options)
        .program;
}

/// The update of a parameter, if it is of type Update.
template <class Update>
const Update* update_of(const Program& program, const std::string& name) {
    for (const Op& op : program.ops)
        if (const auto* update = std::get_if<Update>(&op))
            if (program.info(update->parameter).name == name) return update;
    return nullptr;
}

std::string refused(ErrorCode code, const std::string& optimizer) {
    return message_of(code, [&] { (void)compiled(optimizer); });
}

}  // namespace

TEST(OptimizerGroups, matrices_learn_by_muon_and_the_rest_by_the_other) {
    const Program program = compiled(
        R"({"type": "muon", "lr": 0.5, "weight_decay": 0.25, "other": {"type": "sgd", "lr": 0.125, "weight_decay": 0.0625},
            "groups": [{"match": "dense_1.weight", "other": true, "lr": 2}, {"match": "*.bias", "lr_scale": 3}]})");
    const auto* conv = update_of<ops::MuonUpdate>(program, "conv2d_1.weight");
    ASSERT_NE(conv, nullptr);
    EXPECT_EQ(conv->lr_scale, 1);
    EXPECT_EQ(conv->weight_decay, 0.25F);
    const auto* head = update_of<ops::SgdUpdate>(program, "dense_1.weight");
    ASSERT_NE(head, nullptr);
    EXPECT_EQ(head->lr_scale, 4);
    EXPECT_EQ(head->weight_decay, 0.0625F);
    EXPECT_EQ(update_of<ops::SgdUpdate>(program, "conv2d_1.bias")->lr_scale, 0.75F);
    EXPECT_EQ(update_of<ops::SgdUpdate>(program, "batch_norm_1.weight")->lr_scale, 0.25F);
    EXPECT_EQ(program.early_ends.size(), 0U);
}

TEST(OptimizerGroups, those_that_end_together_share_a_rate) {
    const Program program = compiled(
        R"({"type": "sgd", "groups": [{"match": "*.bias", "until": 0.375}, {"match": "batch_norm_1.*", "until": 0.5}, {"match": "dense_1.*", "until": 0.375}]})");
    EXPECT_EQ(program.early_ends, (std::vector<float>{0.375F, 0.5F}));
    EXPECT_EQ(update_of<ops::SgdUpdate>(program, "conv2d_1.weight")->rate, 0);
    EXPECT_EQ(update_of<ops::SgdUpdate>(program, "conv2d_1.bias")->rate, 1);
    EXPECT_EQ(update_of<ops::SgdUpdate>(program, "batch_norm_1.weight")->rate, 2);
    EXPECT_EQ(update_of<ops::SgdUpdate>(program, "dense_1.weight")->rate, 1);
}

TEST(OptimizerGroups, say_what_is_wrong_with_them) {
    EXPECT_EQ(
        refused(ErrorCode::unsupported, R"({"type": "adam", "groups": [{"match": "*", "other": true}]})"),
        "optimizer.groups[0].other: is true, but this optimizer has no \"other\"; leave it out, or use the "
        "optimizer \"muon\"");
    EXPECT_EQ(
        refused(ErrorCode::out_of_range, R"({"type": "sgd", "lr": 0, "groups": [{"match": "*", "lr": 1}]})"),
        "optimizer.groups[0].lr: is given, but the optimizer's own rate, which the schedule moves, is 0; "
        "give "
        "optimizer.lr a positive number");
    EXPECT_EQ(
        refused(
            ErrorCode::out_of_range,
            R"({"type": "sgd", "groups": [{"match": "conv2d_1.weight", "until": 0.1}, {"match": "conv2d_1.bias", "until": 0.2}, {"match": "batch*", "until": 0.3}, {"match": "dense*", "until": 0.4}]})"),
        "optimizer.groups[3].until: is one more than the 3 that may differ; let groups share the shares of "
        "the training "
        "in which they learn");
}

}  // namespace cnnlab::test
