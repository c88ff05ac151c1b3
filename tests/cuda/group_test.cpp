#include <gtest/gtest.h>

#include <cstring>
#include <future>

#include "engine/distributed/loopback.hpp"
#include "engine/train/trainer.hpp"
#include "native/cuda/cuda_backend.hpp"
#include "tests/cuda/emulator/emulator.hpp"
#include "tests/cuda/small_images.hpp"

/// Members with an emulated GPU each: what they exchange, in which order and with which indices. Their library is a
/// loopback group.
namespace cnnlab::test {
namespace {

class LoopbackCollective : public cuda::Collective {
  public:
    explicit LoopbackCollective(Group& group) : group_(&group) {}
    [[nodiscard]] int rank() const override { return group_->rank(); }
    [[nodiscard]] int size() const override { return group_->size(); }
    [[nodiscard]] std::string text() const override { return "loopback"; }
    void check() override {}

    void all_to_all(const float* send, float* receive, int64_t count, cudaStream_t stream) override {
        emulator::submit(stream, [=, this] {
            const auto bytes = static_cast<size_t>(count) * sizeof(float);
            for (int member = 0; member < size(); ++member)
                if (member != rank())
                    group_->send(member, {reinterpret_cast<const std::byte*>(send + count * member), bytes});
            std::memcpy(receive + count * rank(), send + count * rank(), bytes);
            for (int member = 0; member < size(); ++member)
                if (member != rank())
                    group_->receive(member, {reinterpret_cast<std::byte*>(receive + count * member), bytes});
            group_->flush();
        });
    }
    void all_gather(float* all, int64_t count, cudaStream_t stream) override {
        emulator::submit(stream, [=, this] {
            std::vector<int64_t> begins;
            for (int member = 0; member <= size(); ++member)
                begins.push_back(member * count * int64_t{sizeof(float)});
            group_->all_gather({reinterpret_cast<std::byte*>(all), static_cast<size_t>(begins.back())},
                               begins);
        });
    }

  private:
    Group* group_;
};

struct GpuCase {
    std::string name, layers, optimizer;
    Precision precision = Precision::fp32;
    float near = 2e-4F;
};
std::ostream& operator<<(std::ostream& out, const GpuCase& one) { return out << one.name; }

const std::vector<GpuCase>& gpu_cases() {
    static const std::string conv = R"({"type": "conv2d", "out_channels": 6, "kernel": 3, "padding": 1}, )",
                             norm = R"({"type": "batch_norm"}, )",
                             sgd = R"({"type": "sgd", "lr": 0.05, "momentum": 0.9})";
    static const std::vector<GpuCase> cases{
        {"dense",
         R"({"type": "dense", "out_features": 20}, {"type": "relu"}, {"type": "dense", "out_features": 3})",
         sgd},
        {"batch_norm",
         conv + norm + R"({"type": "relu"}, )" + conv + norm +
             R"({"type": "relu"}, {"type": "dense", "out_features": 3})",
         sgd},
        {"fused",
         conv + R"({"type": "max_pool2d"}, )" + norm + R"({"type": "gelu"}, )" + conv + norm +
             R"({"type": "relu"}, {"type": "dense", "out_features": 3})",
         sgd},
        {"clip", conv + R"({"type": "gelu"}, {"type": "dense", "out_features": 3})",
         R"({"type": "sgd", "lr": 0.1, "clip_norm": 0.5})"},
        {"average_dropout",
         R"({"type": "conv2d", "out_channels": 5, "kernel": 4}, {"type": "relu"}, {"type": "dropout", "p": 0.3}, {"type": "dense", "out_features": 3})",
         R"({"type": "adam", "average_decay": 0.9})"},
        {"muon", conv + R"({"type": "relu"}, {"type": "dense", "out_features": 3})",
         R"({"type": "muon", "lr": 0.02, "other": {"type": "sgd", "lr": 0.05}})"},
        {"half", conv + norm + R"({"type": "relu"}, {"type": "dense", "out_features": 3})", sgd,
         Precision::half, 2e-2F},
    };
    return cases;
}

Experiment experiment_of(const GpuCase& one, int local = 0) {
    Json json = Json::parse(
        R"({"name": "group", "dataset": "x", "augment": {"horizontal_flip": true, "crop": 1, "brightness": 0.2},
            "model": {"layers": [)" +
        one.layers + R"(]}, "train": {"epochs": 2, "batch": 10}})");
    json["optimizer"] = Json::parse(one.optimizer);
    if (local > 0) json["train"]["local_statistics"] = local;
    return Experiment::parse(json);
}

struct Left {
    std::vector<HostTensor> tensors;
    std::vector<double> figures;
    std::vector<uint8_t> checkpoint;
};

struct Figures : Observer {
    std::vector<double> all;
    void on_event(const TrainEvent& event) override {
        if (const auto* batch = std::get_if<BatchEnd>(&event)) all.push_back(batch->loss);
        if (const auto* epoch = std::get_if<EpochEnd>(&event))
            all.insert(all.end(), {epoch->train_loss, epoch->test_loss.value_or(-1)});
    }
};

/// What each member has at the end. `count` images: batches of 10, the last one smaller.
std::vector<Left> trained(int members, const GpuCase& one, int local = 0, int count = 23) {
    const Dataset data = small_images(count);
    auto groups = make_loopback(members);
    std::vector<std::future<Left>> all;
    for (auto& group : groups)
        all.push_back(std::async(std::launch::async, [&, mine = std::shared_ptr<Group>(std::move(group))] {
            CudaOptions options{one.precision, false};
            options.bucket_floats = 200;  // several buckets
            options.group = mine;
            options.connect = [](Group& with) { return std::make_unique<LoopbackCollective>(with); };
            const auto backend = make_cuda_backend(options);
            Trainer trainer(experiment_of(one, local), data, *backend);
            Figures figures;
            trainer.add_observer(figures);
            while (trainer.advance()) {
            }
            trainer.settle();
            Left left{{}, figures.all, trainer.checkpoint()};
            for (size_t i = 0; i < trainer.model().persistents().size(); ++i)
                left.tensors.push_back(backend->download(static_cast<int>(i)));
            return left;
        }));
    std::vector<Left> left;
    for (auto& one_of : all) left.push_back(one_of.get());
    return left;
}

float furthest(const Left& a, const Left& b) {
    float most = 0;
    for (size_t t = 0; t < a.tensors.size(); ++t)
        for (int64_t i = 0; i < a.tensors[t].count(); ++i) {
            const float difference = std::abs(a.tensors[t][i] - b.tensors[t][i]);
            if (!(difference <= most)) most = difference;  // also what is not a number
        }
    return most;
}

class GpuGroup : public testing::TestWithParam<GpuCase> {};

TEST_P(GpuGroup, TrainsAsOneGpuDoes) {
    const GpuCase& one = GetParam();
    const Left alone = trained(1, one)[0];
    ASSERT_GE(alone.figures.size(), 8U);
    for (const int members : {2, 3, 4, 7}) {  // the last batch has 3 images
        const std::vector<Left> first = trained(members, one);
        for (const Left& left : first) {
            EXPECT_TRUE(left.checkpoint == first[0].checkpoint) << members << " members have the same";
            EXPECT_EQ(left.figures, first[0].figures) << members;
        }
        if (members == 3) {
            EXPECT_TRUE(trained(members, one)[0].checkpoint == first[0].checkpoint) << "again the same bits";
        }
        EXPECT_LT(furthest(first[0], alone), one.near) << members << " members";
        for (size_t i = 0; i < alone.figures.size(); ++i)
            EXPECT_NEAR(first[0].figures[i], alone.figures[i], 10 * one.near) << members << " members";
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, GpuGroup, testing::ValuesIn(gpu_cases()),
                         [](const auto& one) { return one.param.name; });

TEST(GpuGroupStatistics, MayBeLocal) {
    const GpuCase& one = gpu_cases()[1];
    const Left alone = trained(1, one)[0];
    const std::vector<Left> local = trained(2, one, 2);
    EXPECT_TRUE(local[0].checkpoint == local[1].checkpoint);
    const float distance = furthest(local[0], alone);
    EXPECT_GT(distance, 1e-3F) << "the statistics are others";
    EXPECT_LT(distance, 1.0F);
    for (const double figure : local[0].figures) EXPECT_TRUE(std::isfinite(figure));
    // who has none of a batch's images adds nothing
    for (const double figure : trained(7, one, 7)[0].figures) EXPECT_TRUE(std::isfinite(figure));
}

TEST(GpuGroupStatistics, AreSynchronisedOfOneImageEach) {
    // batches of 10 images by 7 members, the last of 3: four have none
    const Left alone = trained(1, gpu_cases()[1])[0];
    EXPECT_LT(furthest(trained(7, gpu_cases()[1])[0], alone), 2e-4F);
}

TEST(GpuGroupValues, OfAllImagesComeBack) {
    const Dataset data = small_images(23);
    const auto logits = [&](int members) {
        auto groups = make_loopback(members);
        std::vector<std::future<HostTensor>> all;
        for (auto& group : groups)
            all.push_back(
                std::async(std::launch::async, [&, mine = std::shared_ptr<Group>(std::move(group))] {
                    CudaOptions options{Precision::fp32, false};
                    options.group = mine;
                    options.connect = [](Group& with) { return std::make_unique<LoopbackCollective>(with); };
                    const auto backend = make_cuda_backend(options);
                    Model model(experiment_of(gpu_cases()[1]), data.card, *backend);
                    backend->upload_split(SplitName::test, data.card.image, data.test);
                    const Program program = model.compile_for(Phase::evaluate, 10).program;
                    const auto executable = backend->prepare(program);
                    (void)backend->run(*executable, {SplitName::test, 0, 10});
                    (void)backend->run(*executable, {SplitName::test, 10, 9});
                    return backend->download(*executable, program.logits);
                }));
        std::vector<HostTensor> found;
        for (auto& one : all) found.push_back(one.get());
        for (const HostTensor& one : found)
            for (int64_t i = 0; i < 9 * 3; ++i) EXPECT_EQ(one[i], found[0][i]);
        return found[0];
    };
    const HostTensor alone = logits(1);
    for (const int members : {2, 4, 7}) {
        const HostTensor together = logits(members);
        for (int64_t i = 0; i < 9 * 3; ++i) EXPECT_NEAR(together[i], alone[i], 1e-5) << members << " " << i;
    }
}

}  // namespace
}  // namespace cnnlab::test
