#include "engine/ops/planner.hpp"

#include <gtest/gtest.h>

#include "engine/core/philox.hpp"
#include "engine/cpu/arch.hpp"
#include "engine/cpu/segments.hpp"
#include "engine/model/base.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab {
namespace {

bool overlap(const Lifetime& a, int64_t at, const Lifetime& b, int64_t bt) {
    return a.first <= b.last && b.first <= a.last && at < bt + b.bytes && bt < at + a.bytes;
}

TEST(Planner, NeverOverlapsLiveValues) {
    for (uint32_t trial = 0; trial < 200; ++trial) {
        const Philox random{trial, 1, 0};
        std::vector<Lifetime> lifetimes;
        int64_t largest = 0, sum = 0;
        for (uint64_t i = 0; i < 5 + trial % 60; ++i) {
            const auto w = random(i);
            const int first = static_cast<int>(w[0] % 40);
            lifetimes.push_back({static_cast<int64_t>(w[1] % (trial % 3 == 0 ? 100 : 5000)), first,
                                 first + static_cast<int>(w[2] % 20)});
            largest = std::max(largest, lifetimes.back().bytes);
            sum += lifetimes.back().bytes + 64;
        }
        const MemoryPlan plan = plan_memory(lifetimes);
        ASSERT_EQ(plan.offsets.size(), lifetimes.size());
        EXPECT_GE(plan.total, largest);
        EXPECT_LE(plan.total, sum);
        for (size_t i = 0; i < lifetimes.size(); ++i) {
            EXPECT_EQ(plan.offsets[i] % 64, 0);
            EXPECT_LE(plan.offsets[i] + lifetimes[i].bytes, plan.total);
            for (size_t j = 0; j < i; ++j)
                EXPECT_FALSE(overlap(lifetimes[i], plan.offsets[i], lifetimes[j], plan.offsets[j]))
                    << "trial " << trial << ": " << i << " and " << j;
        }
    }
}

TEST(Planner, ReusesMemoryOfTheDead) {
    EXPECT_EQ(plan_memory(std::vector<Lifetime>{{1024, 0, 1}, {1024, 2, 3}, {1024, 4, 5}}).total, 1024);
    EXPECT_EQ(plan_memory(std::vector<Lifetime>{{1024, 0, 2}, {1024, 2, 3}}).total, 2048);
    EXPECT_EQ(plan_memory({}).total, 0);
}

/// The times at which a Program's ops touch a value that the layout gives memory.
struct Stored {
    bool local;
    int64_t offset, bytes;
    int first_op = 1 << 30, last_op = -1, first_segment = 1 << 30, last_segment = -1, first_stream = 1 << 30,
        last_stream = -1;
};

TEST(Layout, ValuesOfEveryExperimentNeverShareMemoryWhileAlive) {
    for (const auto& name : experiment_names()) {
        const Experiment experiment = with_known_base(Experiment::parse(experiment_json(name)));
        CompileOptions options;
        options.phase = Phase::train;
        options.batch = 20;
        options.input = name.starts_with("cifar") ? ImageShape{32, 32, 3}
                        : name == "lines"         ? ImageShape{5, 5, 1}
                                                  : ImageShape{28, 28, 1};
        const Program program = compile(experiment, options).program;
        const auto& kernels = *cpu::archs().front().kernels;
        std::vector<cpu::Traits> traits;
        for (const Op& op : program.ops)
            traits.push_back(kernels.traits(op, program, cpu::shards_for(program.batch)));
        const cpu::Layout layout = cpu::lay_out(program, traits, 2);

        std::vector<Stored> stored;
        for (size_t v = 0; v < program.values.size(); ++v) {
            const auto& info = program.values[v];
            stored.push_back(
                {layout.local[v], layout.offsets[v],
                 layout.bytes[v] *
                     (info.per_image() && !layout.local[v] ? cpu::blocks_for(program.batch) : 1)});
        }
        size_t mapped = 0;
        int stream = 0;
        // an op that is only an epilogue has no stream: what it reads of blocks lives in the arena
        std::vector<int> stream_of(program.ops.size(), 0);
        for (int s = 0; s < static_cast<int>(layout.segments.size()); ++s) {
            const auto touch = [&](int op, int in_stream) {
                const auto [reads, writes] = operands_of(program.ops[static_cast<size_t>(op)]);
                for (const auto* ids : {&reads, &writes})
                    for (const ValueId id : *ids) {
                        Stored& value = stored[static_cast<size_t>(id.index)];
                        value.first_op = std::min(value.first_op, op);
                        value.last_op = std::max(value.last_op, op);
                        value.first_segment = std::min(value.first_segment, s);
                        value.last_segment = std::max(value.last_segment, s);
                        value.first_stream = std::min(value.first_stream, in_stream);
                        value.last_stream = std::max(value.last_stream, in_stream);
                    }
            };
            const auto& segment = layout.segments[static_cast<size_t>(s)];
            std::vector<int> ops;
            for (const auto& together : segment.streams) {
                for (const int op : together.ops) {
                    touch(op, stream);
                    stream_of[static_cast<size_t>(op)] = stream;
                    ops.push_back(op);
                    ++mapped;
                }
                ++stream;
            }
            EXPECT_EQ(ops, segment.maps) << name;
            for (const auto& level : segment.epilogues)
                for (const int op : level) touch(op, stream_of[static_cast<size_t>(op)]);
        }
        EXPECT_GT(mapped, 0U) << name;
        for (size_t i = 0; i < stored.size(); ++i)
            for (size_t j = 0; j < i; ++j) {
                const Stored &a = stored[i], &b = stored[j];
                if (a.offset < 0 || b.offset < 0 || a.local != b.local || a.last_op < 0 || b.last_op < 0)
                    continue;
                if (a.offset >= b.offset + b.bytes || b.offset >= a.offset + a.bytes) continue;
                if (a.local) {
                    // Ops of a stream take turns. One may begin in the op that ends the other: that op works in
                    // place.
                    const bool apart = a.last_stream < b.first_stream || b.last_stream < a.first_stream;
                    EXPECT_TRUE(apart || a.last_op == b.first_op || b.last_op == a.first_op)
                        << name << ": " << program.values[i].name << " and " << program.values[j].name;
                } else {
                    EXPECT_TRUE(a.last_segment < b.first_segment || b.last_segment < a.first_segment)
                        << name << ": " << program.values[i].name << " and " << program.values[j].name;
                }
            }
    }
}

}  // namespace
}  // namespace cnnlab
