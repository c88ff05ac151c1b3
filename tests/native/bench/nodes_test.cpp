#include "native/bench/nodes.hpp"

#include <gtest/gtest.h>

#include <future>

#include "engine/distributed/loopback.hpp"

namespace cnnlab::test {
namespace {

TEST(Nodes, ExchangesOfTheModel) {
    const NodeLink network{1e-5, 1e9};
    NodePoint point{.nodes = 4, .active = 4, .gradient = 1000};
    EXPECT_EQ(exchange_seconds(point, network), 0);
    point.gathers = {5000, 0};  // two latencies each, and 5 us of bytes
    EXPECT_NEAR(exchange_seconds(point, network), 2 * 2e-5 + 5e-6, 1e-12);
    point.gathers.clear();
    point.chains = {1000};  // one message, up and down through three hops
    EXPECT_NEAR(exchange_seconds(point, network), 6 * (1e-5 + 1e-6), 1e-12);
    point.chains = {65536 + 1000000};
    EXPECT_NEAR(exchange_seconds(point, network), 6 * (1e-5 + 65536e-9) + 2 * 1e-3, 1e-12);
    point.nodes = point.active = 2;
    EXPECT_NEAR(exchange_seconds(point, network), 2 * (1e-5 + 65536e-9) + 1e-3, 1e-12) << "one neighbour";
    point.nodes = 32;
    point.active = 16;  // those without shards get the result all the same
    EXPECT_NEAR(exchange_seconds(point, network), 46 * (1e-5 + 65536e-9) + 2e-3, 1e-12);
    point.nodes = 1;
    EXPECT_EQ(exchange_seconds(point, network), 0);
    EXPECT_EQ(NodePoint({.nodes = 4, .gradient = 1000}).ring(), 1500);
}

TEST(Nodes, AreMeasuredAndCounted) {
    const Json json = Json::parse(R"({"name": "small", "dataset": "fashion-mnist", "model": {"layers": [
        {"type": "flatten"}, {"type": "dense", "out_features": 64}, {"type": "relu"},
        {"type": "dense", "out_features": 10}]},
        "train": {"batch": 64}})");
    const auto points = measure_nodes({Experiment::parse(json), {}}, {}, {1, 2, 16}, 1, 0.01);
    ASSERT_EQ(points.size(), 3U);
    const int64_t gradient = (784 * 64 + 64 + 64 * 10 + 10) * 4;
    for (const NodePoint& point : points) {
        EXPECT_EQ(point.gradient, gradient);
        EXPECT_GT(point.compute, 0);
    }
    EXPECT_EQ(points[0].received(), 0);
    // the gradient once, its columns in whole vectors, and what the loss' sums are
    EXPECT_GE(points[1].received(), gradient);
    EXPECT_LE(static_cast<double>(points[1].received()), 1.1 * static_cast<double>(gradient));
    EXPECT_EQ(points[2].active, 8) << "64 images have 8 shards";
    EXPECT_GE(points[2].received(), 2 * gradient);
    const std::string text = nodes_text(points, 1e-5);
    EXPECT_NE(text.find("100 Gbit/s"), std::string::npos);
}

TEST(Nodes, AreMeasuredWhereTheLossIsNoNumber) {
    // What stands for the others is no training: at this rate it diverges within some steps.
    const Json json = Json::parse(R"({"name": "diverging", "dataset": "cifar10", "model": {"layers": [
        {"type": "conv2d", "out_channels": 40, "padding": 1}, {"type": "relu"},
        {"type": "conv2d", "out_channels": 72, "padding": 1}, {"type": "relu"},
        {"type": "max_pool2d", "kernel": 4}, {"type": "conv2d", "out_channels": 48, "padding": 1}, {"type": "relu"},
        {"type": "flatten"}, {"type": "dense", "out_features": 10}]},
        "optimizer": {"type": "sgd", "lr": 1e6}, "train": {"batch": 64}})");
    for (const NodePoint& point : measure_nodes({Experiment::parse(json), {}}, {}, {2, 3}, 3, 0.05))
        EXPECT_GT(point.received(), point.gradient) << point.nodes;
}

TEST(Nodes, AMessageTakesTime) {
    auto groups = make_loopback(3);
    std::vector<std::future<double>> all;
    for (auto& group : groups)
        all.push_back(std::async(std::launch::async, [&group] { return message_latency(*group); }));
    EXPECT_GT(all[0].get(), 0);
    EXPECT_GT(all[1].get(), 0);
    EXPECT_EQ(all[2].get(), 0) << "it only waits";
}

}  // namespace
}  // namespace cnnlab::test
