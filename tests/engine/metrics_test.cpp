#include "engine/model/metrics.hpp"

#include <gtest/gtest.h>

namespace cnnlab {

TEST(Metrics, counts_predictions) {
    Scorer scorer(3);
    const std::vector<float> logits{
        5, 1, 2,  // 0
        0, 1, 2,  // 2
        3, 3, 1,  // first of equals: 0
        1, 9, 8,  // 1
    };
    const std::vector<int32_t> targets{0, 2, 1, 2};
    scorer.add(logits, 3, targets, 0);
    const Evaluation e = scorer.result(6);
    EXPECT_EQ(e.count, 4);
    EXPECT_DOUBLE_EQ(e.loss, 1.5);
    EXPECT_DOUBLE_EQ(e.accuracy, 0.5);
    EXPECT_DOUBLE_EQ(e.top5, 1) << "three classes all fit into five";
    EXPECT_EQ(e.confusion, (std::vector<std::vector<int64_t>>{{1, 0, 0}, {1, 0, 0}, {0, 1, 1}}));
    EXPECT_EQ(e.class_accuracy, (std::vector<double>{1, 0, 0.5}));
}

TEST(Metrics, takes_what_comes_in_parts) {
    Scorer whole(2), parts(2);
    const std::vector<float> logits{1, 2, 4, 3, 6, 5};
    const std::vector<int32_t> targets{1, 1, 0};
    whole.add(logits, 2, targets, 0);
    parts.add(std::span(logits).first(2), 2, std::span(targets).first(1), 0);
    parts.add(std::span(logits).subspan(2), 2, std::span(targets).subspan(1), 0);
    EXPECT_EQ(whole.result(1).confusion, parts.result(1).confusion);
}

TEST(Metrics, one_output_is_compared_with_the_threshold) {
    const std::vector<float> outputs{-1, 0, 0.4F, 0.6F};
    const std::vector<int32_t> targets{0, 0, 1, 1};
    Scorer at_zero(2), at_half(2);
    at_zero.add(outputs, 1, targets, 0);
    at_half.add(outputs, 1, targets, 0.5F);
    EXPECT_EQ(at_zero.result(0).confusion, (std::vector<std::vector<int64_t>>{{2, 0}, {0, 2}}));
    EXPECT_EQ(at_half.result(0).confusion, (std::vector<std::vector<int64_t>>{{2, 0}, {1, 1}}));
}

TEST(Metrics, top_five_of_ten) {
    Scorer scorer(10);
    std::vector<float> logits(20);
    for (int k = 0; k < 10; ++k)
        logits[static_cast<size_t>(k)] = logits[static_cast<size_t>(10 + k)] = static_cast<float>(k);
    const std::vector<int32_t> targets{5, 4};  // fifth and sixth highest
    scorer.add(logits, 10, targets, 0);
    EXPECT_DOUBLE_EQ(scorer.result(0).top5, 0.5);
}

TEST(Metrics, nothing_seen_gives_zeros) {
    const Evaluation e = Scorer(4).result(0);
    EXPECT_EQ(e.count, 0);
    EXPECT_EQ(e.accuracy, 0);
    EXPECT_EQ(e.loss, 0);
    EXPECT_EQ(e.class_accuracy, std::vector<double>(4, 0.0));
}

}  // namespace cnnlab
