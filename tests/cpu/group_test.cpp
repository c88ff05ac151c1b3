#include <gtest/gtest.h>

#if !defined(__EMSCRIPTEN__)

#include <cmath>
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

/// A convolution with batch norm, without anything random.
Experiment normed(int batch, int local, const std::string& optimizer = R"({"type": "sgd", "lr": 0.05})") {
    Json json = parse_json(R"({"name": "test", "dataset": "noise", "model": {"layers": [
        {"type": "conv2d", "out_channels": 12, "kernel": 3, "padding": 1}, {"type": "batch_norm"}, {"type": "relu"},
        {"type": "conv2d", "out_channels": 6, "kernel": 3}, {"type": "batch_norm"}, {"type": "relu"},
        {"type": "flatten"}, {"type": "dense", "out_features": 5}]},
        "train": {"epochs": 2, "shuffle": false}})",
                           "test");
    json["optimizer"] = parse_json(optimizer, "test");
    json["train"]["batch"] = batch;
    if (local > 0) json["train"]["local_statistics"] = local;
    return Experiment::parse(json);
}

Left trained_local(int members, const Experiment& experiment, const Dataset& images, int64_t steps = 1000) {
    auto groups = make_loopback(members);
    std::vector<std::future<Left>> all;
    for (auto& group : groups)
        all.push_back(std::async(std::launch::async, [&, mine = std::shared_ptr<Group>(std::move(group))] {
            CpuOptions options{.threads = 1};
            options.group = mine;
            const auto backend = make_cpu_backend(options);
            Trainer trainer(experiment, images, *backend);
            Left left;
            Figures figures(left.figures);
            trainer.add_observer(figures);
            for (int64_t i = 0; i < steps && trainer.step(); ++i) {
            }
            left.checkpoint = trainer.checkpoint();
            return left;
        }));
    std::vector<Left> left;
    for (auto& one_of : all) left.push_back(one_of.get());
    for (const Left& one : left) EXPECT_TRUE(one == left[0]) << "all members have the same";
    return left[0];
}

/// Every tensor after one step on images [first, last), by one process.
std::vector<HostTensor> tensors_after_a_step(const Experiment& experiment, const Dataset& all, int first,
                                             int last, int members = 1) {
    Dataset images = all;
    const int64_t bytes = all.card.image.count();
    images.train.images.assign(all.train.images.begin() + first * bytes,
                               all.train.images.begin() + last * bytes);
    images.train.labels.assign(all.train.labels.begin() + first, all.train.labels.begin() + last);
    auto groups = make_loopback(members);
    std::vector<std::future<std::vector<HostTensor>>> futures;
    for (auto& group : groups)
        futures.push_back(
            std::async(std::launch::async, [&, mine = std::shared_ptr<Group>(std::move(group))] {
                CpuOptions options{.threads = 1};
                options.group = mine;
                const auto backend = make_cpu_backend(options);
                Trainer trainer(experiment, images, *backend);
                trainer.step();
                std::vector<HostTensor> tensors;
                for (size_t i = 0; i < trainer.model().persistents().size(); ++i)
                    tensors.push_back(backend->download(static_cast<int>(i)));
                return tensors;
            }));
    std::vector<HostTensor> tensors;
    for (auto& future : futures) tensors = future.get();
    return tensors;
}

TEST(LocalStatistics, AreThoseOfEachMembersImages) {
    // A step of plain SGD and the running statistics are linear in the gradients of the parts: so both are the mean of
    // what each half of the batch would have given alone.
    const Dataset images = group_images({9, 11, 3}, 5, 64);
    const auto together = tensors_after_a_step(normed(32, 2), images, 0, 32, 2);
    const auto first = tensors_after_a_step(normed(16, 0), images, 0, 16),
               second = tensors_after_a_step(normed(16, 0), images, 16, 32);
    const auto whole = tensors_after_a_step(normed(32, 0), images, 0, 32);
    // four blocks, of which the first member has two
    double differs = 0;
    ASSERT_EQ(together.size(), first.size());
    for (size_t t = 0; t < together.size(); ++t)
        for (int64_t i = 0; i < together[t].count(); ++i) {
            EXPECT_NEAR(together[t][i], (first[t][i] + second[t][i]) / 2, 2e-5) << t;
            differs = std::max(differs, std::abs(double{together[t][i]} - whole[t][i]));
        }
    EXPECT_GT(differs, 1e-4) << "the statistics of the whole batch are others";
}

TEST(LocalStatistics, DependOnTheNumberOfMembersAlone) {
    const Dataset images = group_images({9, 11, 3}, 5, 190);
    const std::string adam = R"({"type": "adam", "clip_norm": 1, "average_decay": 0.9})";
    const Left whole = trained_local(1, normed(40, 0, adam), images);
    EXPECT_EQ(trained_local(1, normed(40, 1, adam), images).figures, whole.figures);
    for (const int members : {2, 3, 4, 7}) {  // the last batch has 30 images: fewer blocks than 7 members
        const Left once = trained_local(members, normed(40, members, adam), images),
                   again = trained_local(members, normed(40, members, adam), images);
        EXPECT_TRUE(once == again) << members;
        EXPECT_NE(once.figures, whole.figures) << members;
        EXPECT_NEAR(once.figures.back(), whole.figures.back(), 0.3) << members;
        for (const double figure : once.figures) EXPECT_TRUE(std::isfinite(figure)) << members;
    }
}

TEST(LocalStatistics, SaveTheExchangesOfBatchNorm) {
    const Dataset images = group_images({9, 11, 3}, 5, 128);
    const auto bytes = [&](int local) {
        auto groups = make_loopback(2);
        std::vector<std::future<int64_t>> all;
        for (auto& group : groups)
            all.push_back(std::async(std::launch::async, [&] {
                const std::shared_ptr<Group> mine = std::move(group);
                CpuOptions options{.threads = 1};
                options.group = mine;
                const auto backend = make_cpu_backend(options);
                Trainer trainer(normed(128, local), images, *backend);
                trainer.step();
                return mine->received();
            }));
        return all[0].get() + all[1].get();
    };
    // of each of 16 shards: (1 + 2 C) doubles and C floats forward, 2 C doubles backward; of two layers
    const int64_t shards = 16 * ((8 + 20 * 12 + 16 * 12) + (8 + 20 * 6 + 16 * 6));
    // instead each gets once, in floats: gradients of scale and shift, both running statistics
    const int64_t own = 2 * 4 * (12 + 6) * int64_t{sizeof(float)};
    EXPECT_NEAR(static_cast<double>(bytes(0) - bytes(2)), static_cast<double>(shards - own),
                static_cast<double>(shards) / 10);
}

TEST(LocalStatistics, AnotherNumberOfMembersIsRefused) {
    const Dataset images = group_images({9, 11, 3}, 5, 64);
    const auto backend = make_cpu_backend({.threads = 1});
    try {
        Trainer trainer(normed(32, 4), images, *backend);
        FAIL() << "one process is not four";
    } catch (const Error& error) {
        EXPECT_EQ(error.place(), "train.local_statistics");
        EXPECT_EQ(error.problem().english(), "is 4, and the processes that train here are 1");
    }
    // evaluation has no batch statistics
    Experiment experiment = normed(32, 4);
    Model model(experiment, images.card, *backend);
    EXPECT_NO_THROW((void)backend->prepare(model.compile_for(Phase::evaluate, 32).program));
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
