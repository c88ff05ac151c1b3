#include "engine/cpu/sentinels.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "engine/cpu/executor.hpp"

namespace cnnlab::cpu {

#if defined(CNNLAB_SENTINELS)

namespace {

/// Floats that the activation of the test writes, or reads, beyond its output.
int beyond = 0;
bool reads = false;

/// Writes ones, and then too many of them.
class Overrun : public Kernel {
  public:
    Overrun(const ops::Activation& op, const Binding& b) : y_(b.buffer(op.y)), count_(b.block_count(op.y)) {}
    void map(const MapContext& c) override {
        volatile float* y = y_.at(c);
        for (int64_t i = 0; i < count_ + (reads ? 0 : beyond); ++i) y[i] = 1;
        for (int i = 0; reads && i < beyond; ++i) (void)y[count_ + i];
    }

  private:
    Buffer y_;
    int64_t count_;
};

/// Of ops whose results the test does not look at.
class Idle : public Kernel {};

std::unique_ptr<Kernel> bind(const Op& op, const Binding& binding) {
    if (const auto* activation = std::get_if<ops::Activation>(&op))
        return std::make_unique<Overrun>(*activation, binding);
    return std::make_unique<Idle>();
}

Traits traits(const Op& /*op*/, const Program& /*program*/, int /*shards*/) {
    Traits found;
    found.maps = true;
    return found;
}

/// Images → y, of 16 images of 2 × 3 pixels.
Program program(bool keep) {
    Program p;
    p.batch = 16;
    const auto value = [&](const char* name, Shape shape, Role role, DType dtype) {
        p.values.push_back({name, shape, dtype, role, -1});
        return ValueId{static_cast<int32_t>(p.values.size() - 1)};
    };
    p.images = value("images", {2, 3, 1}, Role::activation, DType::f32);
    p.targets = value("targets", {1}, Role::target, DType::i32);
    const ValueId y = value("y", {2, 3, 1}, Role::activation, DType::f32);
    p.logits = y;
    if (keep) p.kept = {y};
    p.ops.emplace_back(ops::LoadBatch{p.images, p.targets, {}, {0.0F}, {1.0F}, 0});
    p.ops.emplace_back(ops::Activation{p.images, y, ActivationKind::relu, 0});
    p.layer_of_op.assign(2, -1);
    return p;
}

/// `keep`: y lies in the arena; else in the workspace.
void run(bool keep, int floats, bool read) {
    beyond = floats;
    reads = read;
    const KernelSet kernels{traits, bind, nullptr};
    ThreadPool threads(1);
    Executor executor(program(keep), kernels, threads, {});
    const std::vector<uint8_t> images(16 * 6, 9);
    const std::vector<int32_t> labels(16);
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < 16; ++i) order.push_back(i);
    RunInput input;
    input.count = 16;
    for (int times = 0; times < 2; ++times)
        (void)executor.run(input, {images.data(), labels.data(), order.data()}, 1);
    if (keep) {
        EXPECT_EQ(executor.download({2})[0], 1);
    }
}

}  // namespace

TEST(Sentinels, find_one_float_too_many) {
    for (const bool keep : {false, true}) {
        EXPECT_NO_THROW(run(keep, 0, false));
        try {
            run(keep, 1, false);
            ADD_FAILURE() << "nothing was found";
        } catch (const std::logic_error& error) {
            EXPECT_STREQ(error.what(), "y: a kernel has written beyond it");
        }
    }
}

TEST(Sentinels, a_vector_beyond_may_be_read_but_no_more) {
    constexpr int vector = 16;
    for (const bool keep : {false, true}) {
        EXPECT_NO_THROW(run(keep, vector, true));
        EXPECT_DEATH(run(keep, vector + 1, true), "use-after-poison");
        EXPECT_DEATH(run(keep, vector + 1, false), "use-after-poison");
    }
}

TEST(Sentinels, bytes_may_be_used_again) {
    alignas(64) static std::byte memory[512];
    const std::vector<GuardedTensor> tensors{{0, 4, 0, 1, 0, 1}, {0, 100, 0, 1, 2, 3}, {256, 8, 0, 1, 0, 3}};
    for (int time = 0; time < 4; ++time) {
        open_tensors(memory, sizeof memory, tensors, time);
        const int64_t bytes = time < 2 ? 4 : 100;
        std::fill_n(memory, bytes, std::byte{1});
        check_padding(memory, bytes, "first");
        check_padding(memory + 256, 8, "second");
    }
    open_tensors(memory, sizeof memory, tensors, 4);  // nothing lives any more
    const volatile std::byte* dead = memory + 256;
    EXPECT_DEATH(EXPECT_TRUE(*dead == std::byte{1}), "use-after-poison");
    open_tensors(memory, sizeof memory, {{0, sizeof memory - 64}}, 0);
}

#else

TEST(Sentinels, are_in_builds_with_address_sanitizer) {
    GTEST_SKIP() << "this build has none: ./lab test --preset asan";
}

#endif

}  // namespace cnnlab::cpu
