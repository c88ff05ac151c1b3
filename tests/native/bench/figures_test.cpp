// What the bench computes and prints. Nothing is timed here: the numbers are given.

#include <gtest/gtest.h>

#include "native/bench/contest.hpp"
#include "native/bench/figures.hpp"
#include "native/bench/op_profile.hpp"
#include "native/bench/scaling.hpp"

namespace cnnlab::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(BenchFigures, ReachedIsAboveForRatiosAndBelowForTimeAndMemory) {
    const auto ratio = [](double value) { return Figure{.what = "x", .value = value, .must = 2, .aim = 3}; };
    EXPECT_EQ(ratio(1.9).reached(), "no");
    EXPECT_EQ(ratio(2).reached(), "must");
    EXPECT_EQ(ratio(3).reached(), "aim");
    const auto memory = [](double value) {
        return Figure{.what = "x", .value = value, .unit = Figure::Unit::mebibytes, .must = 64, .aim = 32};
    };
    EXPECT_EQ(memory(65).reached(), "no");
    EXPECT_EQ(memory(33).reached(), "must");
    EXPECT_EQ(memory(32).reached(), "aim");
    EXPECT_EQ((Figure{.what = "x", .value = {}, .must = 1, .aim = 2}.reached()), "–");
}

TEST(BenchFigures, TableAndJsonSayWhatWasNotMeasuredAndWhy) {
    const std::vector<Figure> figures{{.what = "speed", .value = 8.41, .must = 8, .aim = 12},
                                      {.what = "start",
                                       .value = {},
                                       .unit = Figure::Unit::seconds,
                                       .must = 0.5,
                                       .aim = 0.2,
                                       .note = "no data"}};
    const std::string text = figure_table(figures);
    for (const char* word : {"speed", "8.41×", "8×", "12×", "must", "start", "–", "no data", "reached"})
        EXPECT_TRUE(contains(text, word)) << word << "\n" << text;
    const Json json = figure_json(figures);
    EXPECT_EQ(json[0]["value"], 8.41);
    EXPECT_EQ(json[0]["reached"], "must");
    EXPECT_TRUE(json[1]["value"].is_null());
    EXPECT_TRUE(json[1]["reached"].is_null());
    EXPECT_EQ(json[1]["unit"], "s");
}

TEST(BenchContest, TurnsAlternateAndMediansAreOfRounds) {
    std::string turns;
    const auto contestant = [&](char name, std::vector<double> times) {
        return Contestant{[&turns, name, times](double) {
            turns += name;
            return times;
        }};
    };
    const auto timings = contest({contestant('a', {1, 1, 7}), contestant('b', {6})}, 3, 1, Typical::mean);
    EXPECT_EQ(turns, "abababab") << "the first turn of each does not count";
    ASSERT_EQ(timings[0].rounds.size(), 3U);
    EXPECT_DOUBLE_EQ(timings[0].median_round(), 3);
    EXPECT_DOUBLE_EQ(speed_ratio(timings[0], timings[1]), 2);
    EXPECT_DOUBLE_EQ(timings[0].percentile(0.5), 1);
    EXPECT_DOUBLE_EQ(timings[0].percentile(0.95), 7);
    const auto latencies = contest({contestant('a', {1, 1, 7})}, 1, 1, Typical::median);
    EXPECT_DOUBLE_EQ(latencies[0].median_round(), 1);
}

TEST(BenchContest, MedianOfAnEvenNumberIsBetweenTheTwo) {
    EXPECT_DOUBLE_EQ(median({4, 1, 3, 2}), 2.5);
    EXPECT_DOUBLE_EQ(median({5}), 5);
}

TEST(BenchScaling, CsvHasALineAPointAndThePictureEveryAxis) {
    std::vector<ScalingPoint> points;
    for (const int threads : {1, 2})
        for (const int batch : {1, 64, 1024}) {
            ScalingPoint point;
            point.axis = "batch";
            point.batch = batch;
            point.threads = threads;
            point.images_per_second = 1000.0 * batch;
            point.gflops = 100;
            point.peak_gflops = 150;
            points.push_back(point);
        }
    const std::string csv = scaling_csv(points);
    EXPECT_TRUE(csv.starts_with("axis,batch,size,width,threads,images_per_second,gflops,peak_gflops\n"));
    EXPECT_TRUE(contains(csv, "\nbatch,1024,32,32,2,1024000,100,150\n")) << csv;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 7);
    const std::string svg = scaling_svg(points, "a & b");
    for (const char* word :
         {"a &amp; b", "images in a batch", "pixels of a side", "channels", "1024", "2 threads", "</svg>"})
        EXPECT_TRUE(contains(svg, word)) << word;
    EXPECT_FALSE(contains(svg, "nan"));
    EXPECT_FALSE(contains(svg, "inf"));
}

TEST(BenchProfile, TheFloorIsTheLargerOfArithmeticAndMemory) {
    const MachineRates rates{.flops = 100e9, .bytes = 10e9};
    OpCost cost;
    cost.layer = "conv2d_1";
    cost.op = "conv2d";
    cost.segment = 0;
    cost.seconds = 0.04;
    cost.flops = 2e9;
    cost.bytes = cost.memory_bytes = 1e8;
    EXPECT_DOUBLE_EQ(cost.floor(rates), 0.02);
    OpCost copy = cost;
    copy.op = "load_batch";
    copy.flops = 0;
    EXPECT_DOUBLE_EQ(copy.floor(rates), 0.01);
    const std::string table = cost_table({copy, cost}, rates);
    // 2 GFLOP in 40 ms, 100 MB in 40 ms, 20 of 40 ms
    for (const char* word : {"40", "50", "2.5", "50.0 %", "arithmetic", "25.0 %", "memory", "all"})
        EXPECT_TRUE(contains(table, word)) << word << "\n" << table;
    const Json json = cost_json({cost}, rates);
    EXPECT_EQ(json[0]["floor_seconds"], 0.02);
    EXPECT_EQ(json[0]["segment"], 0);
}

}  // namespace
}  // namespace cnnlab::test
