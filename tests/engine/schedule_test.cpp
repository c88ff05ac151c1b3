#include "engine/optim/schedule.hpp"

#include <gtest/gtest.h>

#include "tests/errors.hpp"

namespace cnnlab {

namespace {

ScheduleSpec parse(const char* json) {
    ScheduleSpec spec;
    read_json(Json::parse(json), spec, "schedule");
    return spec;
}

}  // namespace

TEST(Schedule, constant) {
    const auto schedule = parse(R"("constant")");
    EXPECT_EQ(schedule.factor(0, 100), 1);
    EXPECT_EQ(schedule.factor(99, 100), 1);
}

TEST(Schedule, step_drops_evenly) {
    const auto schedule = parse(R"({"type": "step", "drops": 2, "gamma": 0.5})");
    EXPECT_EQ(schedule.factor(0, 90), 1);
    EXPECT_EQ(schedule.factor(29, 90), 1);
    EXPECT_EQ(schedule.factor(30, 90), 0.5);
    EXPECT_EQ(schedule.factor(59, 90), 0.5);
    EXPECT_EQ(schedule.factor(60, 90), 0.25);
    EXPECT_EQ(schedule.factor(89, 90), 0.25);
}

TEST(Schedule, cosine) {
    const auto schedule = parse(R"({"type": "cosine", "floor": 0.25})");
    EXPECT_DOUBLE_EQ(schedule.factor(0, 100), 1);
    EXPECT_DOUBLE_EQ(schedule.factor(50, 100), 0.625);
    EXPECT_NEAR(schedule.factor(25, 100), 0.25 + 0.75 * (1 + std::sqrt(0.5)) / 2, 1e-12);
    EXPECT_NEAR(schedule.factor(100, 100), 0.25, 1e-12);
}

TEST(Schedule, linear) {
    const auto schedule = parse(R"({"type": "linear", "floor": 0.5})");
    EXPECT_DOUBLE_EQ(schedule.factor(0, 100), 1);
    EXPECT_DOUBLE_EQ(schedule.factor(50, 100), 0.75);
    EXPECT_NEAR(parse(R"("linear")").factor(99, 100), 0.01, 1e-15);
}

TEST(Schedule, one_cycle) {
    const auto schedule = parse(R"({"type": "one_cycle", "rise": 0.25, "div": 10, "final_div": 100})");
    EXPECT_NEAR(schedule.factor(0, 1000), 0.1, 1e-9);
    EXPECT_NEAR(schedule.factor(125, 1000), 0.55, 1e-9) << "half way up";
    EXPECT_NEAR(schedule.factor(250, 1000), 1, 1e-9);
    EXPECT_NEAR(schedule.factor(625, 1000), (1 + 0.001) / 2, 1e-9) << "half way down";
    EXPECT_NEAR(schedule.factor(1000, 1000), 0.001, 1e-9);
    for (int step = 1; step < 1000; ++step)
        EXPECT_EQ(schedule.factor(step, 1000) > schedule.factor(step - 1, 1000), step <= 250) << step;
}

TEST(Schedule, warm_up_multiplies_any_of_them) {
    const auto schedule = parse(R"({"type": "linear", "warmup": 0.1})");
    EXPECT_DOUBLE_EQ(schedule.factor(0, 100), 0.1);
    EXPECT_DOUBLE_EQ(schedule.factor(4, 100), 0.5 * 0.96);
    EXPECT_DOUBLE_EQ(schedule.factor(9, 100), 0.91);
    EXPECT_DOUBLE_EQ(schedule.factor(10, 100), 0.9);
}

TEST(Schedule, is_finite_whatever_the_length) {
    for (const char* json : {R"("constant")", R"("step")", R"("cosine")", R"("linear")", R"("one_cycle")",
                             R"({"type": "cosine", "warmup": 1})"})
        for (const int64_t total : {0, 1, 2, 7})
            for (int64_t step = 0; step <= total; ++step) {
                const double factor = parse(json).factor(step, total);
                EXPECT_TRUE(factor >= 0 && factor <= 1)
                    << json << " gives " << factor << " at " << step << " of " << total;
            }
}

TEST(Schedule, messages_name_the_field) {
    EXPECT_EQ(test::message_of(ErrorCode::unknown_name, [] { parse(R"("cosin")"); }),
              "schedule.type: \"cosin\" is not known; did you mean \"cosine\"?");
    EXPECT_EQ(test::message_of(ErrorCode::out_of_range, [] { parse(R"({"type": "cosine", "warmup": 2})"); }),
              "schedule.warmup: is 2; give a number from 0 to 1");
}

}  // namespace cnnlab
