// Convolutions that do what follows them in their stores.

#include "engine/cpu/fusion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/philox.hpp"
#include "engine/cpu/cpu_backend.hpp"
#include "engine/cpu/kernel.hpp"
#include "engine/model/base.hpp"
#include "engine/model/model.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/sanitizer.hpp"

namespace cnnlab::fusion_test {
namespace {

// At -O1 the compiler contracts products and sums of the two ways otherwise.
constexpr double allowed = test::has_sanitizer ? 1e-4 : 0;

Experiment network(const std::string& layers) {
    return Experiment::parse(
        parse_json(R"({"name": "test", "dataset": "noise", "model": {"layers": [)" + layers + "]}}", "test"));
}

DatasetCard card_of(ImageShape image, int classes) {
    DatasetCard card;
    card.image = image;
    card.mean.assign(static_cast<size_t>(image.channels), 0.4F);
    card.stddev.assign(static_cast<size_t>(image.channels), 0.3F);
    for (int c = 0; c < classes; ++c) card.classes.push_back("class " + std::to_string(c));
    return card;
}

/// Vectors as a training might leave them: no batch norm is the identity, no bias 0.
void disturb(Model& model) {
    uint32_t number = 0;
    for (const PersistentSpec& spec : model.persistents()) {
        HostTensor tensor = model.get(spec.name);
        const Philox random{++number, 3, 3};
        if (tensor.shape().rank() > 1) continue;
        for (int64_t i = 0; i < tensor.count(); ++i) {
            const auto word = static_cast<float>(random.word(static_cast<uint64_t>(i)) >> 8U);
            tensor[i] += 0.3F * std::ldexp(word, -24);
        }
        model.set(spec.name, tensor);
    }
}

/// The logits of `count` images of noise with every value kept, which leaves nothing to fuse, and with none. Counts the
/// ops that convolutions have taken over.
void compare(const Experiment& experiment, ImageShape image, int count, const CpuOptions& options,
             size_t& taken) {
    const auto backend = make_cpu_backend(options);
    CompileOptions plain;
    plain.input = image;
    const Program outputs = compile(experiment, plain).program;
    const auto classes = static_cast<int>(outputs.shape(outputs.logits).count());
    Model model(experiment, card_of(image, std::max(classes, 2)), *backend);
    Split split;
    const Philox random{7, 7, 7};
    for (int64_t i = 0; i < count * image.count(); ++i)
        split.images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i)) >> 24U));
    split.labels.assign(static_cast<size_t>(count), 0);
    model.initialise(1, &split);
    disturb(model);
    backend->upload_split(SplitName::input, image, split);
    std::vector<HostTensor> logits;
    for (const bool keep : {true, false}) {
        const Program program = model.compile_for(Phase::evaluate, count, {}, keep).program;
        const auto executable = backend->prepare(program);
        if (!keep) taken += program.ops.size() - executable->program().ops.size();
        // twice: the second run finds the weights packed
        for (int i = 0; i < 2; ++i) backend->run(*executable, {SplitName::input, 0, count});
        logits.push_back(backend->download(*executable, program.logits));
    }
    ASSERT_EQ(logits[0].shape(), logits[1].shape());
    for (int64_t i = 0; i < logits[0].count(); ++i) ASSERT_TRUE(std::isfinite(logits[0][i]));
    double apart = 0, largest = 0;
    for (int64_t i = 0; i < logits[0].count(); ++i) {
        apart = std::max(apart, std::abs(double{logits[0][i]} - double{logits[1][i]}));
        largest = std::max(largest, std::abs(double{logits[0][i]}));
    }
    EXPECT_LE(apart, allowed * largest) << experiment.name << ", " << image.height << " pixels, " << count
                                        << " images, " << options.threads << " threads, " << options.arch;
}

/// Every kernel of a convolution, with every finish, at sizes that leave parts of tiles over.
const char* const every_kernel = R"(
    {"type": "conv2d", "out_channels": 33, "kernel": 3, "padding": 1, "bias": false}, "batch_norm", "relu6",
    {"type": "conv2d", "out_channels": 33, "kernel": 3, "padding": 1, "name": "a"},
    {"type": "conv2d", "out_channels": 33, "kernel": 3, "padding": 1, "bias": false}, {"type": "batch_norm", "name": "b"},
    {"type": "add", "from": ["a", "b"]}, {"type": "relu", "name": "c"},
    {"type": "conv2d", "out_channels": 24, "kernel": 1, "name": "d"},
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 1}, "batch_norm", {"type": "relu6", "name": "e"},
    {"type": "conv2d", "out_channels": 24, "kernel": 1, "from": "d"}, "batch_norm", {"type": "relu", "name": "f"},
    {"type": "conv2d", "out_channels": 24, "kernel": 1, "from": "e"}, {"type": "batch_norm", "name": "g"},
    {"type": "add", "from": ["f", "g"]}, {"type": "relu", "name": "h"},
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "stride": 2, "padding": "same_upper"}, "relu6",
    {"type": "conv2d", "out_channels": 36, "kernel": 3, "groups": 2, "padding": 1}, "batch_norm", {"type": "relu", "name": "i"},
    {"type": "conv2d", "out_channels": 36, "kernel": 3, "stride": 2, "padding": 1, "from": "h", "name": "j"},
    {"type": "add", "from": ["i", "j"]}, {"type": "relu", "name": "k"},
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 5, "padding": 2}, "relu",
    {"type": "conv2d", "out_channels": 36, "kernel": 1, "name": "l"}, {"type": "add", "from": ["k", "l"]}, "batch_norm",
    {"type": "conv2d", "out_channels": 130, "kernel": 3, "stride": 2, "padding": 1}, "batch_norm", "relu6",
    {"type": "conv2d", "out_channels": 257, "kernel": 3, "padding": 1, "bias": false}, "batch_norm", "relu", "max_pool2d",
    "flatten", {"type": "dense", "out_features": 40}, "batch_norm", "relu", {"type": "dense", "out_features": 5})";

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
const std::vector<int> thread_counts{1};
#else
const std::vector<int> thread_counts{1, 2, 3, 4};
#endif

TEST(Fusion, ChangesNoBitOfAnyKernel) {
    for (const auto& arch : cpu_archs())
        for (const int threads : thread_counts)
            for (const int count : {1, 3, 8, 20}) {
                size_t taken = 0;
                compare(network(every_kernel), {23, 19, 3}, count, {threads, arch}, taken);
                EXPECT_EQ(taken, 22U);
            }
}

// Blocks of one image, whose values are larger than the cache.
TEST(Fusion, ChangesNoBitOfLargeImages) {
    size_t taken = 0;
    const char* const layers = R"(
        {"type": "conv2d", "out_channels": 32, "kernel": 3, "stride": 2, "padding": "same_upper"}, "batch_norm", "relu6",
        {"type": "conv2d", "out_channels": 96, "kernel": 1}, "relu6",
        {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 1}, "relu6",
        {"type": "conv2d", "out_channels": 24, "kernel": 1, "name": "a"}, {"type": "conv2d", "out_channels": 24, "kernel": 3, "padding": 1},
        {"type": "add", "from": ["a", "conv2d_5"]}, "global_avg_pool", {"type": "dense", "out_features": 5})";
    for (const auto& arch : cpu_archs())
        for (const int threads : thread_counts)
            compare(network(layers), {160, 161, 3}, 3, {threads, arch}, taken);
    EXPECT_EQ(taken, 5 * cpu_archs().size() * thread_counts.size());
}

// Depthwise windows that follow the writer of their input row by row: strides, paddings, dilation, odd heights, a sum
// around them, and more ops than one stream takes.
const char* const inverted = R"(
    {"type": "conv2d", "out_channels": 32, "kernel": 3, "stride": 2, "padding": "same_upper"}, "relu6",
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 1}, "relu6",
    {"type": "conv2d", "out_channels": 40, "kernel": 1}, "relu6",
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 5, "padding": 2}, "batch_norm", "relu6",
    {"type": "conv2d", "out_channels": 24, "kernel": 1, "name": "a"},
    {"type": "conv2d", "out_channels": 40, "kernel": 1}, "relu6",
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 2, "dilation": 2}, "relu",
    {"type": "conv2d", "out_channels": 24, "kernel": 1, "name": "b"},
    {"type": "add", "from": ["a", "b"]},
    {"type": "conv2d", "out_channels": 70, "kernel": 1}, "relu6",
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "stride": 2, "padding": "same_upper"}, "relu6",
    {"type": "conv2d", "out_channels": 80, "kernel": 1}, "relu6",
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "stride": 2, "padding": 1}, "relu6",
    {"type": "conv2d", "out_channels": 100, "kernel": 1}, "relu6",
    {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3}, "relu6",
    "global_avg_pool", {"type": "dense", "out_features": 5})";

TEST(Fusion, ChangesNoBitWhereRowsAreCarried) {
    size_t taken = 0;
    for (const auto& arch : cpu_archs())
        for (const ImageShape image : {ImageShape{203, 150, 3}, ImageShape{202, 151, 3}})
            compare(network(inverted), image, 2, {1, arch}, taken);
}

TEST(Fusion, KeepsFewRowsOfLargeImages) {
    if (!cpu::has_room) GTEST_SKIP() << "the page's module has no room for it";
    CompileOptions options;
    options.phase = Phase::evaluate;
    options.batch = 1;
    options.input = {256, 256, 3};
    const Program program = compile(network(inverted), options).program;
    int64_t largest = 0;
    for (const ValueInfo& value : program.values) largest = std::max(largest, value.bytes(1));
    EXPECT_LT(cpu_program_bytes(program, {1, ""}), largest * 3 / 2);
}

TEST(Fusion, ChangesNoBitOfAnyExperiment) {
    size_t taken = 0;
    for (const auto& name : experiment_names()) {
        const Experiment experiment = with_known_base(Experiment::parse(experiment_json(name)));
        const ImageShape image = name.starts_with("cifar") ? ImageShape{32, 32, 3}
                                 : name == "lines"         ? ImageShape{5, 5, 1}
                                                           : ImageShape{28, 28, 1};
        // MobileNetV2 takes long, and its kernels are above. With sanitizers other deep ones take as long.
        if (experiment.model.layers.size() > (allowed > 0 ? 20 : 100)) continue;
        // Sanitizers are slow.
        compare(experiment, image, allowed > 0 ? 2 : 9, {std::min(2, thread_counts.back()), ""}, taken);
    }
    EXPECT_GT(taken, allowed > 0 ? 10U : 20U);
}

Program evaluation_of(const std::string& layers, const std::vector<std::string>& keep = {},
                      Phase phase = Phase::evaluate) {
    CompileOptions options;
    options.phase = phase;
    options.batch = 2;
    options.input = {8, 8, 3};
    options.keep = keep;
    return compile(network(layers), options).program;
}

/// The names of a Program's ops, each with what it finishes.
std::string text_of(const Program& program) {
    std::string text;
    for (const Op& op : program.ops) {
        text += (text.empty() ? "" : " ") + std::string(op_name(op));
        std::visit(
            [&](const auto& o) {
                if constexpr (requires { o.activation.activates; })
                    if (o.activation.activates) text += "+f";
            },
            static_cast<const OpVariant&>(op));
        if (const auto* conv = std::get_if<ops::Conv2d>(&op)) {
            if (conv->finish.variance) text += "+norm";
            if (conv->finish.addend) text += "+add";
            if (conv->finish.activates) text += "+f";
        }
    }
    return text;
}

const char* const residual = R"({"type": "conv2d", "out_channels": 6, "kernel": 3, "padding": 1, "name": "a"},
    {"type": "conv2d", "out_channels": 6, "kernel": 3, "padding": 1, "name": "b"}, {"type": "batch_norm", "name": "c"},
    {"type": "conv2d", "out_channels": 6, "kernel": 1, "from": "a", "name": "d"}, {"type": "batch_norm", "name": "e"},
    {"type": "add", "from": ["c", "e"], "name": "f"}, {"type": "relu", "name": "g"}, "flatten",
    {"type": "dense", "out_features": 4}, "relu", {"type": "dense", "out_features": 3})";

TEST(Fusion, TakesNormSumAndActivation) {
    EXPECT_EQ(text_of(cpu::fused(evaluation_of(residual))),
              "load_batch conv2d conv2d+norm conv2d+norm+add+f conv2d activation conv2d cross_entropy");
}

TEST(Fusion, LeavesWhatIsKeptOrReadTwice) {
    EXPECT_EQ(
        text_of(cpu::fused(evaluation_of(residual, {"e"}))),
        "load_batch conv2d conv2d+norm conv2d+norm add activation conv2d activation conv2d cross_entropy")
        << "the sum's other term is not there yet where the first convolution runs";
}

/// Batch norms of whole and partial vectors of channels, before and after windows, at positions and without.
const char* const normed =
    R"({"type": "conv2d", "out_channels": 70, "kernel": 3, "padding": 1, "bias": false}, "batch_norm",
    {"type": "relu6", "name": "a"}, {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 1}, "batch_norm",
    "relu", {"type": "conv2d", "out_channels": 70, "kernel": 1}, {"type": "batch_norm", "name": "b"}, {"type": "add", "from": ["a", "b"]},
    "batch_norm", "gelu", {"type": "conv2d", "out_channels": 17, "kernel": 1}, "batch_norm", "relu6", "flatten",
    {"type": "dense", "out_features": 20}, "batch_norm", "relu", {"type": "dense", "out_features": 3})";

TEST(Fusion, TrainingTakesActivationsOfBatchNorm) {
    if (!cpu::has_room) GTEST_SKIP() << "the page's module has no room for it";
    const Program plain = evaluation_of(normed, {}, Phase::train), fused = cpu::fused(plain);
    const auto count = [](const std::string& text, const std::string& word) {
        int found = 0;
        for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
        return found;
    };
    const std::string before = text_of(plain), after = text_of(fused);
    EXPECT_EQ(count(before, " activation "), 5) << before;
    EXPECT_EQ(count(before, " activation_backward "), 5) << before;
    // gelu stays; so does the gradient of what two layers read, if it is a sum that more than batch norm needs
    EXPECT_EQ(count(after, " activation "), 1) << after;
    EXPECT_EQ(count(after, " activation_backward "), 1) << after;
    EXPECT_EQ(count(after, " batch_norm+f "), 4) << after;
    EXPECT_EQ(count(after, " batch_norm_backward_reduce+f "), 4) << after;
    EXPECT_EQ(count(after, " batch_norm_backward_input+f "), 4) << after;
}

TEST(Fusion, TrainingLeavesWhatIsKept) {
    const std::string text = text_of(cpu::fused(evaluation_of(normed, {"batch_norm_1"}, Phase::train)));
    EXPECT_NE(text.find("batch_norm activation "), std::string::npos) << text;
    const Program program = evaluation_of(residual, {}, Phase::train);
    EXPECT_EQ(text_of(cpu::fused(program)), text_of(program)) << "no batch norm is before an activation";
}

/// All persistent tensors after two steps of training, with every value kept, which leaves nothing to fuse, or none.
std::vector<HostTensor> trained(const std::string& layers, ImageShape image, int count, bool keep,
                                const std::unique_ptr<Backend>& backend, size_t& taken) {
    const Experiment experiment = network(layers);
    Model model(experiment, card_of(image, 3), *backend);
    Split split;
    const Philox random{7, 7, 7};
    for (int64_t i = 0; i < count * image.count(); ++i)
        split.images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i)) >> 24U));
    for (int i = 0; i < count; ++i) split.labels.push_back(i % 3);
    model.initialise(1, &split);
    disturb(model);
    backend->upload_split(SplitName::train, image, split);
    const Program program = model.compile_for(Phase::train, count, {}, keep).program;
    const auto executable = backend->prepare(program);
    taken = program.ops.size() - executable->program().ops.size();
    for (uint32_t step = 0; step < 2; ++step) {
        RunInput input;
        input.count = count;
        input.step = step;
        input.learning_rate = 0.1F;
        backend->run(*executable, input);
    }
    std::vector<HostTensor> all;
    for (const PersistentSpec& spec : model.persistents()) all.push_back(model.get(spec.name));
    return all;
}

void expect_close(const std::vector<HostTensor>& some, const std::vector<HostTensor>& others,
                  double tolerance, const std::string& what) {
    ASSERT_EQ(some.size(), others.size());
    for (size_t t = 0; t < some.size(); ++t) {
        double apart = 0, largest = 0;
        for (int64_t i = 0; i < some[t].count(); ++i) {
            ASSERT_TRUE(std::isfinite(some[t][i]));
            apart = std::max(apart, std::abs(double{some[t][i]} - double{others[t][i]}));
            largest = std::max(largest, std::abs(double{some[t][i]}));
        }
        EXPECT_LE(apart, tolerance * largest) << "tensor " << t << ", " << what;
    }
}

TEST(Fusion, ChangesNoBitOfTraining) {
    for (const auto& arch : cpu_archs())
        for (const int count : {5, 20}) {
            size_t none = 1, taken = 0;
            const auto plain = trained(normed, {13, 11, 3}, count, true, make_cpu_backend({1, arch}), none),
                       fused = trained(normed, {13, 11, 3}, count, false,
                                       make_cpu_backend({thread_counts.back(), arch}), taken);
            EXPECT_EQ(none, 0U);
            EXPECT_EQ(taken, cpu::has_room ? 8U : 0U);
            expect_close(plain, fused, allowed, std::to_string(count) + " images, " + arch);
        }
}

// Values of more than 512 KiB, which 1×1 convolutions read row by row. Smooth: at an edge one rounding would count.
TEST(Fusion, LargeImagesTrainAsWithTheReference) {
    const char* const layers =
        R"({"type": "conv2d", "out_channels": 12, "kernel": 1, "bias": false}, "batch_norm", "gelu",
        {"type": "conv2d", "out_channels": 20, "kernel": 1, "bias": false}, "batch_norm", "tanh",
        {"type": "conv2d", "out_channels": 12, "kernel": 1}, "global_avg_pool", {"type": "dense", "out_features": 3})";
    const ImageShape image{42, 40, 3};
    size_t taken = 0;
    const auto right = trained(layers, image, 8, false, make_reference_backend(), taken);
    for (const auto& arch : cpu_archs())
        for (const int threads : {1, thread_counts.back()})
            expect_close(right, trained(layers, image, 8, false, make_cpu_backend({threads, arch}), taken),
                         1e-4, arch);
}

}  // namespace
}  // namespace cnnlab::fusion_test
