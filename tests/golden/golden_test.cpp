// Every backend against PyTorch: make_golden.py says what the files hold.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/data/data_spec.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/train/trainer.hpp"
#include "tests/cases.hpp"
#include "tests/conformance/backends.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

// Rounding to float32 moves PyTorch's values by up to 1e-6 (make_golden.py sees to that), relative to each tensor's
// largest magnitude, or to `small` where a tensor is smaller. The reference stays within 2e-6, the CPU's kernels
// within 6e-6: they sum in other orders.
// Wrong formulas are off by far more: batch norm with eps 0.009 for 0.01 by 6e-4, AdamW that forgets its decay by
// 1e-4.
constexpr double tolerance = 1e-5, small = 1e-2;

std::vector<std::filesystem::path> golden_files() {
    std::vector<std::filesystem::path> files;
    std::error_code missing;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::source_folder() / "tests/golden/data", missing))
        if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

struct Golden {
    explicit Golden(const std::filesystem::path& path) {
        std::ifstream stream(path, std::ios::binary);
        const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(stream)),
                                         std::istreambuf_iterator<char>());
        file = read_safetensors(bytes, path.string());
        experiment = Experiment::parse(parse_json(file.metadata.at("experiment"), path.string()));
        const Shape& images = at("train/images").shape();
        dataset.card.image = {static_cast<int>(images[1]), static_cast<int>(images[2]),
                              static_cast<int>(images[3])};
        for (int i = 0; i < std::stoi(file.metadata.at("classes")); ++i)
            dataset.card.classes.push_back("class " + std::to_string(i));
        dataset.train = split("train");
        dataset.test = split("test");
        apply_data_spec(experiment.dataset, dataset);
    }

    [[nodiscard]] const HostTensor& at(const std::string& name) const {
        const HostTensor* found = file.find(name);
        if (found == nullptr) throw Error(ErrorCode::bad_file, "golden file", "lacks " + name);
        return *found;
    }
    /// The tensors under "gradient/" and the like, by the rest of their names.
    [[nodiscard]] std::map<std::string, HostTensor> folder(const std::string& prefix) const {
        std::map<std::string, HostTensor> found;
        for (const auto& [name, tensor] : file.tensors)
            if (name.starts_with(prefix)) found[name.substr(prefix.size())] = tensor;
        return found;
    }

    TensorFile file;
    Experiment experiment;
    Dataset dataset;

  private:
    [[nodiscard]] Split split(const std::string& name) const {
        const auto images = at(name + "/images").span(), labels = at(name + "/labels").span();
        return {{images.begin(), images.end()}, {labels.begin(), labels.end()}};
    }
};

void expect_close(std::span<const float> found, std::span<const float> wanted, const std::string& what) {
    ASSERT_EQ(found.size(), wanted.size()) << what;
    double scale = small, distance = 0;
    size_t where = 0;
    for (const float value : wanted) scale = std::max(scale, std::abs(double{value}));
    for (size_t i = 0; i < wanted.size(); ++i) {
        const double here = std::abs(double{found[i]} - wanted[i]);
        if (here > distance || std::isnan(here)) distance = here, where = i;
        if (std::isnan(here)) break;
    }
    EXPECT_LE(distance / scale, tolerance)
        << what << "[" << where << "] is " << found[where] << ", PyTorch has " << wanted[where];
}

void expect_close(const HostTensor& found, const HostTensor& wanted, const std::string& what) {
    EXPECT_EQ(found.shape(), wanted.shape()) << what;
    expect_close(found.span(), wanted.span(), what);
}

void expect_close(double found, float wanted, const std::string& what) {
    const auto one = static_cast<float>(found);
    expect_close(std::span(&one, 1), std::span(&wanted, 1), what);
}

/// Everything as it was before the first step.
void start(Model& model, const Golden& golden) {
    model.initialise(1);
    for (const auto& [name, tensor] : golden.folder("initial/")) {
        model.set(name, tensor);
        for (const auto& spec : model.persistents())
            if (spec.copy_of == name) model.set(spec.name, tensor);
    }
}

HostTensor test_logits(Model& model, int64_t count) {
    const int batch = model.experiment().train.eval_batch;
    const Program program = model.compile_for(Phase::evaluate, batch).program;
    const auto executable = model.backend().prepare(program);
    const int64_t outputs = program.shape(program.logits).count();
    HostTensor all({count, outputs});
    for (int64_t cursor = 0; cursor < count; cursor += batch) {
        const RunInput input{SplitName::test, cursor,
                             static_cast<int>(std::min<int64_t>(batch, count - cursor))};
        model.backend().run(*executable, input);
        const HostTensor part = model.backend().download(*executable, program.logits);
        std::copy_n(part.data(), input.count * outputs, all.data() + cursor * outputs);
    }
    return all;
}

struct Watcher : Observer {
    std::vector<BatchEnd> batches;
    void on_event(const TrainEvent& event) override {
        if (const auto* batch = std::get_if<BatchEnd>(&event)) batches.push_back(*batch);
    }
};

/// One backend of each family: thread counts give the same bits, as the conformance tests show.
std::vector<test::BackendUnderTest> families() {
    std::vector<test::BackendUnderTest> chosen;
    for (auto& backend : test::all_backends())
        if (chosen.empty() || chosen.back().family != backend.family) chosen.push_back(std::move(backend));
    return chosen;
}

/// Loss, gradients and the first update, with a Program that keeps its gradients.
void check_first_step(Model& model, const Golden& golden) {
    const auto gradients = golden.folder("gradient/");
    std::vector<std::string> keep;
    for (const auto& [name, unused] : gradients) keep.push_back("d_" + name);
    const int batch = golden.experiment.train.batch;
    const Program program = model.compile_for(Phase::train, batch, keep).program;
    Backend& backend = model.backend();
    const auto executable = backend.prepare(program);
    start(model, golden);
    RunInput input{SplitName::train, 0, batch};
    input.learning_rate = golden.at("learning_rates")[0];
    input.total_steps = static_cast<uint32_t>(golden.at("losses").count());
    input.early_rates.fill(
        input.learning_rate);  // as no schedule here is squeezed into less than its warm-up
    const RunOutput output = backend.run(*executable, input);
    expect_close(output.loss_sum / batch, golden.at("losses")[0], "loss");
    expect_close(static_cast<double>(output.correct) / batch, golden.at("accuracies")[0], "accuracy");
    expect_close(backend.download(*executable, program.logits).span(), golden.at("logits").span(), "logits");
    size_t count = 0;
    for (size_t i = 0; i < program.values.size(); ++i) {
        if (program.values[i].role != Role::gradient) continue;
        ++count;
        const std::string name = program.values[i].name.substr(2);  // without "d_"
        ASSERT_TRUE(gradients.contains(name)) << "PyTorch has no gradient of " << name;
        expect_close(backend.download(*executable, {static_cast<int32_t>(i)}), gradients.at(name),
                     "gradient of " + name);
    }
    EXPECT_EQ(count, gradients.size());
    for (const auto& [name, wanted] : golden.folder("after1/"))
        expect_close(model.get(name), wanted, name + " after step 1");
}

/// Every step of a training, as the Trainer does it.
void check_training(Trainer& trainer, const Golden& golden) {
    Watcher watcher;
    trainer.add_observer(watcher);
    start(trainer.model(), golden);
    while (trainer.step())
        for (const auto& [name, wanted] : golden.folder("after" + std::to_string(trainer.steps_done()) + "/"))
            expect_close(trainer.model().get(name), wanted,
                         name + " after step " + std::to_string(trainer.steps_done()));
    const HostTensor &losses = golden.at("losses"), *norms = golden.file.find("norms");
    ASSERT_EQ(static_cast<int64_t>(watcher.batches.size()), losses.count());
    for (const BatchEnd& batch : watcher.batches) {
        const std::string step = " of step " + std::to_string(batch.step + 1);
        expect_close(batch.loss, losses[batch.step], "loss" + step);
        expect_close(batch.accuracy, golden.at("accuracies")[batch.step], "accuracy" + step);
        expect_close(batch.learning_rate, golden.at("learning_rates")[batch.step], "learning rate" + step);
        if (norms != nullptr) expect_close(batch.gradient_norm, (*norms)[batch.step], "gradient norm" + step);
    }
}

void check_evaluation(Model& model, const Golden& golden) {
    expect_close(test_logits(model, golden.dataset.test.count()).span(), golden.at("test_logits").span(),
                 "test logits");
    const Evaluation evaluation = model.evaluate(SplitName::test, golden.dataset.test.labels);
    expect_close(evaluation.loss, golden.at("test_loss")[0], "test loss");
    expect_close(evaluation.accuracy, golden.at("test_accuracy")[0], "test accuracy");
}

class GoldenTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(GoldenTest, every_backend_gives_what_pytorch_gives) {
    const Golden golden(GetParam());
    for (const auto& family : families()) {
        SCOPED_TRACE(family.family);
        const auto backend = family.make();
        Trainer trainer(golden.experiment, golden.dataset, *backend);
        start(trainer.model(), golden);
        if (golden.file.find("losses") != nullptr) {  // else a case of evaluation only
            check_first_step(trainer.model(), golden);
            check_training(trainer, golden);
        }
        check_evaluation(trainer.model(), golden);
    }
}

INSTANTIATE_TEST_SUITE_P(pytorch, GoldenTest, testing::ValuesIn(golden_files()),
                         [](const auto& one) { return one.param.stem().string(); });

/// Each file is of a row of the table and each row has its file, with the network that the row describes.
TEST(Golden, files_are_those_of_the_table) {
    std::vector<std::string> found, wanted = test::case_table().golden;
    for (const auto& file : golden_files()) {
        found.push_back(file.stem().string());
        // Without the order of fields.
        const auto have = nlohmann::json::parse(Golden(file).file.metadata.at("experiment"));
        EXPECT_EQ(have["model"]["layers"], nlohmann::json::parse(test::golden_layers(found.back()).dump()))
            << found.back() << " is stale: run tests/golden/make_golden.py " << found.back();
    }
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(found, wanted);
}

}  // namespace
}  // namespace cnnlab
