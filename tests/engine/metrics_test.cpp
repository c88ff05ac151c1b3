#include "engine/model/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

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
    scorer.add(logits, 3, targets, OutputKind::softmax);
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
    whole.add(logits, 2, targets, OutputKind::softmax);
    parts.add(std::span(logits).first(2), 2, std::span(targets).first(1), OutputKind::softmax);
    parts.add(std::span(logits).subspan(2), 2, std::span(targets).subspan(1), OutputKind::softmax);
    EXPECT_EQ(whole.result(1).confusion, parts.result(1).confusion);
}

TEST(Metrics, one_output_is_class_1_above_one_half) {
    const std::vector<float> outputs{-1, 0, 0.4F, 0.6F};
    const std::vector<int32_t> targets{0, 0, 1, 1};
    Scorer logits(2), numbers(2);  // sigmoid(0) is one half
    logits.add(outputs, 1, targets, OutputKind::sigmoid);
    numbers.add(outputs, 1, targets, OutputKind::identity);
    EXPECT_EQ(logits.result(0).confusion, (std::vector<std::vector<int64_t>>{{2, 0}, {0, 2}}));
    EXPECT_EQ(numbers.result(0).confusion, (std::vector<std::vector<int64_t>>{{2, 0}, {1, 1}}));
    EXPECT_EQ(logits.predicted(), (std::vector<int32_t>{0, 0, 1, 1}));
    EXPECT_EQ(numbers.predicted(), (std::vector<int32_t>{0, 0, 0, 1}));
}

TEST(Metrics, top_five_of_ten) {
    Scorer scorer(10);
    std::vector<float> logits(20);
    for (int k = 0; k < 10; ++k)
        logits[static_cast<size_t>(k)] = logits[static_cast<size_t>(10 + k)] = static_cast<float>(k);
    const std::vector<int32_t> targets{5, 4};  // fifth and sixth highest
    scorer.add(logits, 10, targets, OutputKind::softmax);
    EXPECT_DOUBLE_EQ(scorer.result(0).top5, 0.5);
}

TEST(Outputs, logits_become_probabilities) {
    HostTensor logits({2, 3}, {1, 2, 3, 1000, 1000, -1000});
    to_probabilities(logits, OutputKind::softmax);
    const double sum = std::exp(1) + std::exp(2) + std::exp(3);
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(logits[i], std::exp(i + 1) / sum, 1e-7);
    EXPECT_EQ(logits[3], 0.5F) << "large logits do not overflow";
    EXPECT_EQ(logits[5], 0.0F);

    HostTensor one({2, 1}, {0, 2});
    to_probabilities(one, OutputKind::sigmoid);
    EXPECT_EQ(one[0], 0.5F);
    EXPECT_NEAR(one[1], 1 / (1 + std::exp(-2.0)), 1e-7);

    HostTensor same({1, 2}, {7, -7});
    to_probabilities(same, OutputKind::identity);
    EXPECT_EQ(same[0], 7);
}

TEST(Outputs, one_output_gives_probabilities_for_both_classes) {
    const std::vector<float> one{0.25F}, beyond{1.5F}, three{0.25F, 0.5F, 0.25F};
    EXPECT_EQ(class_probabilities(one, 2), (std::vector<double>{0.75, 0.25}));
    EXPECT_EQ(class_probabilities(beyond, 2), (std::vector<double>{0, 1})) << "a squared error has no bounds";
    EXPECT_EQ(class_probabilities(three, 3), (std::vector<double>{0.25, 0.5, 0.25}));
}

TEST(Metrics, nothing_seen_gives_zeros) {
    const Evaluation e = Scorer(4).result(0);
    EXPECT_EQ(e.count, 0);
    EXPECT_EQ(e.accuracy, 0);
    EXPECT_EQ(e.loss, 0);
    EXPECT_EQ(e.class_accuracy, std::vector<double>(4, 0.0));
}

}  // namespace cnnlab
