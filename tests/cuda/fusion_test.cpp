#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/model/model.hpp"
#include "native/cuda/cuda_backend.hpp"
#include "native/cuda/executable.hpp"
#include "tests/cuda/fusion_groups.hpp"

/// Ops that go together change no bit of any value: each network is trained and evaluated with and without fusion.
namespace cnnlab::test {

namespace {

struct Network {
    std::string name;
    std::string layers;  ///< JSON, between a convolution to `channels` and a dense layer
    int channels = 8;
    ImageShape input{7, 9, 3};
    Lines train, evaluate{};      ///< the groups that are to be found
    std::string rest = "{}";      ///< further fields of the experiment
    bool keeping_undoes = false;  ///< whether there are no groups when everything is kept
};

void PrintTo(const Network& network, std::ostream* out) { *out << network.layers; }

Experiment experiment(const Network& network) {
    Json json = Json::parse(
        R"({"name": "fusion", "dataset": "x", "optimizer": {"type": "sgd", "momentum": 0.9}, "train": {"batch": 6}})");
    json.update(Json::parse(network.rest));
    json["model"]["layers"] = Json::parse("[" + network.layers + "]");
    auto& layers = json["model"]["layers"];
    layers.insert(
        layers.begin(),
        Json{{"type", "conv2d"}, {"kernel", 3}, {"out_channels", network.channels}, {"name", "first"}});
    layers.push_back({{"type", "dense"}, {"out_features", 3}});
    return Experiment::parse(json);
}

Dataset images(const ImageShape& image, int count) {
    Dataset data;
    data.card.image = image;
    data.card.classes = {"a", "b", "c"};
    data.card.mean.assign(static_cast<size_t>(image.channels), 0.5F);
    data.card.stddev.assign(static_cast<size_t>(image.channels), 0.25F);
    const Philox random{3, 5, 7};
    for (int64_t i = 0; i < count * image.count(); ++i)
        data.train.images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i))));
    for (int i = 0; i < count; ++i) data.train.labels.push_back(i % 3);
    return data;
}

/// All that can be seen of a training and an evaluation, by name.
using Record = std::map<std::string, std::vector<float>>;

enum class Keep { nothing, everything, some };

class Watcher {
  public:
    Watcher(const Network& network, Precision precision, bool fuse, Keep keep)
        : network_(network),
          keep_(keep),
          backend_(make_cuda_backend({precision, false, fuse})),
          data_(images(network.input, batch + partial)),
          model_(experiment(network), data_.card, *backend_) {
        backend_->upload_split(SplitName::train, network.input, data_.train);
    }

    Record watch() {
        const Program train = compiled(Phase::train), evaluate = compiled(Phase::evaluate);
        const auto training = backend_->prepare(train), evaluation = backend_->prepare(evaluate);
        run("step 0 ", train, *training, 0, batch);
        run("step 1 ", train, *training, batch, partial);
        run("step 2 ", train, *training, 0, batch);  // a graph
        run("evaluation ", evaluate, *evaluation, 1, partial);
        groups[0] = groups_of(train, static_cast<cuda::CudaExecutable&>(*training).fusions());
        groups[1] = groups_of(evaluate, static_cast<cuda::CudaExecutable&>(*evaluation).fusions());
        return std::move(record_);
    }

    Lines groups[2];  ///< of the training and of the evaluation
    static constexpr int batch = 6, partial = 4;

  private:
    Program compiled(Phase phase) const {
        Program program = model_.compile_for(phase, batch, {}, keep_ == Keep::everything).program;
        if (keep_ != Keep::some) return program;
        // every other value that an op writes, so that of two neighbours one is stored and the other is not
        program.kept = {program.logits};
        for (const Op& op : program.ops)
            for (const ValueId id : operands_of(op).writes)
                if (program.info(id).role != Role::persistent && id != program.logits && id.index % 2 == 0)
                    program.kept.push_back(id);
        return program;
    }
    void run(const std::string& when, const Program& program, Executable& executable, int cursor, int count) {
        const RunOutput output = backend_->run(
            executable, {SplitName::train, cursor, count, 7, static_cast<uint32_t>(cursor), 0.1F});
        record_[when + "loss"] = {static_cast<float>(output.loss_sum)};
        for (const ValueId id : program.kept) {
            const HostTensor tensor = backend_->download(executable, id);
            const bool per_image = program.info(id).per_image();
            const auto size = tensor.count() / (per_image ? batch : 1) * (per_image ? count : 1);
            record_[when + program.info(id).name] = {tensor.data(), tensor.data() + size};
        }
        for (const auto& spec : model_.persistents()) {
            const HostTensor tensor = model_.get(spec.name);
            record_[when + spec.name] = {tensor.span().begin(), tensor.span().end()};
        }
    }

    Network network_;
    Keep keep_;
    std::unique_ptr<Backend> backend_;
    Dataset data_;
    Model model_;
    Record record_;
};

void expect_same(const Record& want, const Record& got) {
    ASSERT_EQ(want.size(), got.size());
    for (const auto& [what, numbers] : want) {
        const auto& mine = got.at(what);
        ASSERT_EQ(numbers.size(), mine.size()) << what;
        for (size_t i = 0; i < numbers.size(); ++i)
            ASSERT_EQ(numbers[i], mine[i]) << what << ", element " << i << " of " << numbers.size();
    }
}

std::vector<Network> networks() {
    const std::string pool = R"({"type": "max_pool2d"}, )", norm = R"({"type": "batch_norm"}, )";
    const Lines with_pool{pool_statistics, normalise, norm_sums, pool_input_gradient},
        overlapping{pool_statistics, normalise, norm_sums, input_gradient},
        without_pool{normalise, norm_sums, input_gradient};
    const auto kind = [](const std::string& type) { return R"({"type": ")" + type + "\"}"; };
    std::vector<Network> list;
    for (const auto* type :
         {"relu", "relu6", "leaky_relu", "gelu", "silu", "hard_swish", "sigmoid", "hard_sigmoid", "tanh"})
        list.push_back({type, norm + kind(type), 8, {7, 9, 3}, without_pool, {normalise}});
    list.push_back({"pool_gelu", pool + norm + kind("gelu"), 8, {8, 10, 3}, with_pool, {pool_normalise}});
    list.push_back(
        {"rows_left_over", pool + norm + kind("relu"), 16, {7, 9, 3}, with_pool, {pool_normalise}});
    list.push_back({"odd_channels", pool + norm + kind("silu"), 5, {9, 7, 3}, with_pool, {pool_normalise}});
    list.push_back(
        {"many_channels", pool + norm + kind("gelu"), 264, {6, 6, 3}, with_pool, {pool_normalise}});
    list.push_back(
        {"overlapping",
         R"({"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1}, )" + norm + kind("gelu"),
         8,
         {8, 9, 3},
         overlapping,
         {pool_normalise}});
    list.push_back({"padded",
                    R"({"type": "max_pool2d", "kernel": 2, "padding": [1, 1, 0, 0]}, )" + norm + kind("gelu"),
                    8,
                    {8, 9, 3},
                    with_pool,
                    {pool_normalise}});
    list.push_back({"gaps",
                    R"({"type": "max_pool2d", "kernel": [1, 2], "stride": [2, 3]}, )" + norm + kind("tanh"),
                    8,
                    {9, 10, 3},
                    with_pool,
                    {pool_normalise}});
    list.push_back({"global",
                    R"({"type": "global_max_pool"}, )" + norm + kind("gelu"),
                    8,
                    {7, 7, 3},
                    with_pool,
                    {pool_normalise}});
    list.push_back({"no_activation",
                    pool + R"({"type": "batch_norm"})",
                    8,
                    {8, 8, 3},
                    {pool_statistics, pool_input_gradient},
                    {"normalise: max_pool2d batch_norm"}});
    list.push_back({"nothing_to_fuse", kind("gelu"), 8, {7, 7, 3}, {}, {}});
    list.push_back({"frozen_norm",
                    pool + R"({"type": "batch_norm", "trainable": false}, )" + kind("gelu"),
                    8,
                    {8, 8, 3},
                    {pool_normalise},
                    {pool_normalise}});
    list.push_back(
        {"frozen_weight",
         kind("gelu"),
         8,
         {7, 7, 3},
         {bias_sums},
         {},
         R"({"optimizer": {"type": "sgd", "groups": [{"match": "first.weight", "trainable": false}]}})",
         true});
    list.push_back(
        {"frozen_weight_odd_relu",
         kind("relu"),
         5,
         {7, 7, 3},
         {bias_sums},
         {},
         R"({"optimizer": {"type": "sgd", "groups": [{"match": "first.weight", "trainable": false}]}})",
         true});
    list.push_back(
        {"twice",
         pool + norm + kind("gelu") +
             R"(, {"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1, "bias": false}, )" + norm +
             kind("gelu"),
         8,
         {8, 10, 3},
         {pool_statistics, normalise, normalise, norm_sums, input_gradient, norm_sums, pool_input_gradient},
         {pool_normalise, normalise}});
    // the pooled values have another reader before the statistics, the norm's output one behind the activation
    list.push_back({"branches",
                    R"({"type": "max_pool2d", "name": "pool"}, {"type": "tanh", "name": "aside"},
                       {"type": "batch_norm", "from": ["pool"], "name": "norm"}, {"type": "gelu", "name": "bent"},
                       {"type": "add", "from": ["bent", "norm"], "name": "sum"}, {"type": "add", "from": ["sum", "aside"]})",
                    8,
                    {8, 8, 3},
                    {normalise},
                    {normalise}});
    // the convolution behind the activation reads a gradient that is made anew and stored as well
    list.push_back({"residual",
                    pool + R"({"type": "batch_norm", "name": "norm"}, {"type": "relu", "name": "in"},
                       {"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1, "bias": false}, {"type": "batch_norm", "name": "second"},
                       {"type": "add", "from": ["second", "in"]}, {"type": "relu"})",
                    8,
                    {8, 8, 3},
                    with_pool,
                    {pool_normalise}});
    return list;
}

}  // namespace

class CudaFusion : public testing::TestWithParam<Network> {
  public:
    static void compare(Precision precision) {
        for (const Keep keep : {Keep::nothing, Keep::everything, Keep::some}) {
            SCOPED_TRACE(keep == Keep::nothing      ? "nothing kept"
                         : keep == Keep::everything ? "everything kept"
                                                    : "every other value kept");
            Watcher apart(GetParam(), precision, false, keep), fused(GetParam(), precision, true, keep);
            const Record want = apart.watch(), got = fused.watch();
            EXPECT_EQ(apart.groups[0], Lines{});
            const bool undone = keep == Keep::everything && GetParam().keeping_undoes;
            EXPECT_EQ(fused.groups[0], undone ? Lines{} : GetParam().train);
            EXPECT_EQ(fused.groups[1], GetParam().evaluate);
            expect_same(want, got);
        }
    }
};

TEST_P(CudaFusion, gives_the_same_bits_in_fp32) { compare(Precision::fp32); }
TEST_P(CudaFusion, gives_the_same_bits_in_half) { compare(Precision::half); }
TEST_P(CudaFusion, gives_the_same_bits_in_bf16) { compare(Precision::bf16); }

INSTANTIATE_TEST_SUITE_P(networks, CudaFusion, testing::ValuesIn(networks()),
                         [](const auto& network) { return network.param.name; });

TEST(CudaFusions, are_named_and_measured) {
    const auto backend = make_cuda_backend({Precision::half, false});
    const auto all = networks();
    const Network network =
        *std::find_if(all.begin(), all.end(), [](const auto& n) { return n.name == "pool_gelu"; });
    const Dataset data = images(network.input, 6);
    Model model(experiment(network), data.card, *backend);
    backend->upload_split(SplitName::train, network.input, data.train);
    const Program program = model.compile_for(Phase::train, 6).program;
    const auto executable = backend->prepare(program);
    auto& mine = static_cast<cuda::CudaExecutable&>(*executable);
    backend->set_profiling(mine, true);
    (void)backend->run(mine, {SplitName::train, 0, 6, 1, 0, 0.1F});
    const auto kernels = mine.op_kernels();
    const auto seconds = mine.op_seconds();
    ASSERT_EQ(mine.fusions().size(), 4U);
    for (const cuda::Fusion& fusion : mine.fusions())
        for (const int op : fusion.ops) {
            EXPECT_EQ(kernels[static_cast<size_t>(op)], "own, fused");
            if (op == fusion.ops.front())
                EXPECT_GT(seconds[static_cast<size_t>(op)], 0);
            else
                EXPECT_EQ(seconds[static_cast<size_t>(op)], 0) << "counts with the first";
        }
}

}  // namespace cnnlab::test
