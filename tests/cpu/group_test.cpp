#include <gtest/gtest.h>

#if !defined(__EMSCRIPTEN__)

#include <future>
#include <string>
#include <thread>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/distributed/loopback.hpp"
#include "engine/train/trainer.hpp"

namespace cnnlab {
namespace {

/// Random images, of which the last batch has fewer.
Dataset group_images(ImageShape image, int classes, int count) {
    Dataset dataset;
    dataset.card.image = image;
    dataset.card.mean.assign(static_cast<size_t>(image.channels), 0.4F);
    dataset.card.stddev.assign(static_cast<size_t>(image.channels), 0.3F);
    for (int c = 0; c < classes; ++c) dataset.card.classes.push_back("class " + std::to_string(c));
    const Philox random{5, 5, 5};
    for (Split* split : {&dataset.train, &dataset.test}) {
        for (int64_t i = 0; i < count * image.count(); ++i)
            split->images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i)) >> 24U));
        for (int n = 0; n < count; ++n) split->labels.push_back(n % classes);
    }
    return dataset;
}

struct GroupCase {
    std::string name, layers, optimizer;
    int batch = 40, images = 190;
};

std::ostream& operator<<(std::ostream& out, const GroupCase& one) { return out << one.name; }

const std::vector<GroupCase>& group_cases() {
    static const std::string conv = R"({"type": "conv2d", "out_channels": 12, "kernel": 3, "padding": 1}, )",
                             end = R"({"type": "flatten"}, {"type": "dense", "out_features": 5})";
    static const std::vector<GroupCase> cases{
        {"dense", R"({"type": "flatten"}, {"type": "dense", "out_features": 40}, {"type": "relu"},
            {"type": "dense", "out_features": 5})",
         R"({"type": "sgd", "lr": 0.05, "momentum": 0.9})"},
        // weights that are summed over the whole batch: see dense_over_batch and batch_level
        {"wide_dense", R"({"type": "flatten"}, {"type": "dense", "out_features": 400}, {"type": "relu"},
            {"type": "dense", "out_features": 300}, {"type": "relu"}, {"type": "dense", "out_features": 5})",
         R"({"type": "adam"})"},
        {"batch_norm",
         conv + R"({"type": "batch_norm"}, {"type": "relu", "name": "a"}, )" + conv +
             R"({"type": "batch_norm"}, {"type": "add", "from": ["a", "batch_norm_2"]}, {"type": "relu"},
             {"type": "max_pool2d"}, )" +
             end,
         R"({"type": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 0.0005})"},
        {"clip", conv + R"({"type": "gelu"}, )" + end, R"({"type": "sgd", "lr": 0.1, "clip_norm": 0.5})"},
        {"average_dropout", conv + R"({"type": "relu"}, {"type": "dropout", "p": 0.3}, )" + end,
         R"({"type": "adam", "average_decay": 0.9})"},
        {"muon", conv + R"({"type": "relu"}, )" + conv + R"({"type": "relu"}, )" + end,
         R"({"type": "muon", "lr": 0.02, "other": {"type": "sgd", "lr": 0.05}})"},
        {"everything",
         conv + R"({"type": "batch_norm"}, {"type": "relu", "name": "a"}, )" + conv +
             R"({"type": "gelu"}, {"type": "add", "from": ["a", "gelu_1"]}, {"type": "max_pool2d"},
             {"type": "conv2d", "out_channels": 300, "kernel": 3, "padding": 1}, {"type": "relu"},
             {"type": "avg_pool2d"}, {"type": "flatten"}, {"type": "dense", "out_features": 400},
             {"type": "relu"}, {"type": "dropout", "p": 0.3}, {"type": "dense", "out_features": 5})",
         R"({"type": "adam", "clip_norm": 1, "average_decay": 0.9})"},
        {"many_blocks", conv + R"({"type": "batch_norm"}, {"type": "relu"}, )" + end,
         R"({"type": "sgd", "lr": 0.05})", 168, 400},
        {"one_shard", conv + R"({"type": "relu"}, )" + end, R"({"type": "sgd", "lr": 0.05})", 8, 41},
    };
    return cases;
}

Experiment experiment_of(const GroupCase& one) {
    return Experiment::parse(
        parse_json(R"({"name": "test", "dataset": "noise", "model": {"layers": [)" + one.layers +
                       R"(]}, "optimizer": )" + one.optimizer +
                       R"(, "augment": {"horizontal_flip": true, "crop": 2, "rotation": 10, "cutout": 2},
                       "train": {"epochs": 2, "seed": 3, "batch": )" +
                       std::to_string(one.batch) + "}}",
                   "test"));
}

/// What a training leaves: its checkpoint and its events.
struct Left {
    std::vector<uint8_t> checkpoint;
    std::vector<double> figures;
    bool operator==(const Left&) const = default;
};

class Figures : public Observer {
  public:
    explicit Figures(std::vector<double>& all) : all_(&all) {}
    void on_event(const TrainEvent& event) override {
        if (const auto* batch = std::get_if<BatchEnd>(&event))
            all_->insert(all_->end(), {batch->loss, batch->accuracy, batch->gradient_norm});
        if (const auto* epoch = std::get_if<EpochEnd>(&event))
            all_->insert(all_->end(), {epoch->train_loss, epoch->test_loss.value_or(-1),
                                       epoch->test_accuracy.value_or(-1)});
    }

  private:
    std::vector<double>* all_;
};

Left trained(const GroupCase& one, const Dataset& images, const CpuOptions& options,
             const std::vector<uint8_t>& from = {}, int64_t steps = 1000) {
    const auto backend = make_cpu_backend(options);
    Trainer trainer(experiment_of(one), images, *backend);
    Left left;
    Figures figures(left.figures);
    trainer.add_observer(figures);
    if (!from.empty()) trainer.restore(from);
    while (steps-- > 0 && trainer.step()) {
    }
    left.checkpoint = trainer.checkpoint();
    return left;
}

std::vector<Left> trained_by(int members, const GroupCase& one, const Dataset& images, int threads = 1,
                             const std::vector<uint8_t>& from = {}, int64_t steps = 1000) {
    auto groups = make_loopback(members);
    std::vector<std::future<Left>> all;
    for (auto& group : groups)
        all.push_back(std::async(std::launch::async, [&, mine = std::shared_ptr<Group>(std::move(group))] {
            CpuOptions options{.threads = threads};
            options.group = mine;
            return trained(one, images, options, from, steps);
        }));
    std::vector<Left> left;
    for (auto& one_of : all) left.push_back(one_of.get());
    return left;
}

class GroupTraining : public testing::TestWithParam<GroupCase> {};

TEST_P(GroupTraining, GivesTheBitsOfOneProcess) {
    const GroupCase& one = GetParam();
    const Dataset images = group_images({9, 11, 3}, 5, one.images);
    const Left alone = trained(one, images, {.threads = 1});
    ASSERT_GT(alone.figures.size(), 6U);
    for (const int members : {1, 2, 3, 4, 7})
        for (const Left& left : trained_by(members, one, images)) {
            EXPECT_EQ(left.figures, alone.figures) << members << " members";
            EXPECT_TRUE(left.checkpoint == alone.checkpoint) << members << " members";
        }
}

INSTANTIATE_TEST_SUITE_P(Cases, GroupTraining, testing::ValuesIn(group_cases()),
                         [](const auto& one) { return one.param.name; });

const GroupCase& group_case(const std::string& name) {
    for (const GroupCase& one : group_cases())
        if (one.name == name) return one;
    throw std::out_of_range(name);
}

TEST(Group, MembersMayHaveSeveralThreads) {
    const GroupCase& one = group_case("everything");
    const Dataset images = group_images({9, 11, 3}, 5, one.images);
    const Left alone = trained(one, images, {.threads = 1});
    for (const Left& left : trained_by(2, one, images, 2)) EXPECT_TRUE(left == alone);
    for (const Left& left : trained_by(3, one, images, 3)) EXPECT_TRUE(left == alone);
}

TEST(Group, ACheckpointGoesOnWithAnotherNumberOfMembers) {
    const GroupCase& one = group_case("everything");
    const Dataset images = group_images({9, 11, 3}, 5, one.images);
    const std::vector<uint8_t> whole = trained(one, images, {.threads = 1}).checkpoint;
    std::vector<uint8_t> state = trained_by(4, one, images, 1, {}, 2)[3].checkpoint;
    state = trained_by(2, one, images, 1, state, 2)[0].checkpoint;
    state = trained(one, images, {.threads = 1}, state, 2).checkpoint;
    EXPECT_TRUE(trained_by(3, one, images, 1, state)[1].checkpoint == whole);
}

TEST(Group, GradientsTravelLittleMoreThanARingWouldNeed) {
    const GroupCase one{"dense",
                        R"({"type": "flatten"}, {"type": "dense", "out_features": 96}, {"type": "relu"},
        {"type": "dense", "out_features": 5})",
                        R"({"type": "sgd", "lr": 0.05})", 128, 128};
    const Dataset images = group_images({9, 11, 3}, 5, one.images);
    constexpr int members = 4;
    auto groups = make_loopback(members);
    std::vector<std::future<int64_t>> received;
    for (auto& group : groups)
        received.push_back(std::async(std::launch::async, [&] {
            const std::shared_ptr<Group> mine = std::move(group);
            CpuOptions options{.threads = 1};
            options.group = mine;
            (void)trained(one, images, options, {}, 1);
            return mine->received();
        }));
    int64_t all = 0;
    for (auto& member : received) all += member.get();
    const double gradient = (297.0 * 96 + 96 + 96 * 5 + 5) * sizeof(float);
    const double ring = 2.0 * (members - 1) / members * gradient * members;
    EXPECT_GT(static_cast<double>(all), ring * 0.9);
    EXPECT_LT(static_cast<double>(all), ring * 1.3);
}

TEST(Group, AMemberThatIsLostEndsTheOthers) {
    const GroupCase& one = group_case("batch_norm");
    const Dataset images = group_images({9, 11, 3}, 5, one.images);
    for (const int threads : {1, 2}) {
        auto groups = make_loopback(3);
        std::vector<std::future<Left>> all;
        for (auto& group : groups)
            all.push_back(std::async(std::launch::async, [&] {
                // it leaves when its training ends
                const std::shared_ptr<Group> mine = std::move(group);
                CpuOptions options{.threads = threads};
                options.group = mine;
                const int64_t steps = options.group->rank() == 1 ? 3 : 1000;
                return trained(one, images, options, {}, steps);
            }));
        EXPECT_FALSE(all[1].get().checkpoint.empty());
        for (const size_t other : {0U, 2U}) EXPECT_THROW((void)all[other].get(), Error);
    }
}

TEST(Group, BroadcastsAndWaits) {
    auto groups = make_loopback(3);
    std::vector<std::future<int>> all;
    for (auto& group : groups)
        all.push_back(std::async(std::launch::async, [&group] {
            int value = group->rank() * 10;
            group->broadcast(std::as_writable_bytes(std::span(&value, 1)), 2);
            group->barrier();
            return value;
        }));
    for (auto& value : all) EXPECT_EQ(value.get(), 20);
}

}  // namespace
}  // namespace cnnlab

#endif
