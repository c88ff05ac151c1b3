#include "tests/conformance/harness.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/core/philox.hpp"
#include "engine/data/sampler.hpp"
#include "engine/model/model.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/conformance/backends.hpp"

namespace cnnlab::test {

namespace {

/// One downloaded tensor, or a number of the run's output.
struct Observed {
    std::string what;  ///< "step 1, d_conv2d_1.weight (conv2d_backward_weight)"
    HostTensor tensor;
};
using Record = std::vector<Observed>;

Split random_split(const std::string& name, const ImageShape& image, int count, int classes) {
    const Philox random{1, stream_of(name.c_str()), 0};
    Split split;
    for (int64_t i = 0; i < count * image.count(); ++i)
        split.images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i)) >> 24U));
    const Philox labels{2, stream_of(name.c_str()), 0};
    for (int i = 0; i < count; ++i)
        split.labels.push_back(static_cast<int32_t>(
            bounded(labels.word(static_cast<uint64_t>(i)), static_cast<uint32_t>(classes))));
    return split;
}

/// The first `count` images of a [batch, …] tensor; the others are undefined.
HostTensor first_images(const HostTensor& tensor, int count) {
    Shape shape = tensor.shape();
    const int64_t size = tensor.count() / shape[0];
    shape[0] = count;
    return {shape, {tensor.data(), tensor.data() + count * size}};
}

std::string writer_of(const Program& program, ValueId id) {
    for (const Op& op : program.ops) {
        const auto writes = operands_of(op).writes;
        if (std::find(writes.begin(), writes.end(), id) != writes.end()) return std::string(op_name(op));
    }
    return "";
}

/// Trains and evaluates one case on one backend, writing down everything that can be seen.
class Recorder {
  public:
    Recorder(const Case& c, Backend& backend, bool keep_everything)
        : case_(c),
          keep_everything_(keep_everything),
          backend_(backend),
          counts_(c.counts),
          model_(experiment(c), card(c), backend) {
        if (counts_.empty()) counts_ = {c.batch, std::max(1, c.batch - c.batch / 3 - 1)};
        int total = 0;
        for (const int count : counts_) total += count;
        split_ = random_split(c.name, c.input, total, std::max(2, outputs(c)));
        backend_.upload_split(SplitName::train, c.input, split_);
        backend_.upload_order(SplitName::train, epoch_order(total, 5, 0, true));
    }

    Record run() {
        const Compiled training =
            model_.compile_for(Phase::train, case_.batch, {}, keep_everything_, case_.size);
        const auto train = backend_.prepare(training.program);
        int64_t cursor = 0;
        for (size_t step = 0; step < counts_.size(); ++step) {
            RunInput input{SplitName::train, cursor, counts_[step], 7, static_cast<uint32_t>(step), 0.05F};
            input.epoch = static_cast<uint32_t>(step);
            input.total_steps = static_cast<uint32_t>(counts_.size());
            input.early_rates = {0.03F, 0.02F, 0.01F};
            observe("step " + std::to_string(step), training.program, *train, input);
            cursor += counts_[step];
        }
        const Compiled evaluation = model_.compile_for(Phase::evaluate, case_.batch, {}, keep_everything_);
        const auto evaluate = backend_.prepare(evaluation.program);
        observe("evaluation", evaluation.program, *evaluate, {SplitName::train, 0, counts_[0], 0, 0, 0});
        return std::move(record_);
    }

  private:
    static Experiment experiment(const Case& c) {
        Json json = c.experiment;
        json["train"]["batch"] = c.batch;
        return Experiment::parse(json);
    }
    static int outputs(const Case& c) {
        return c.experiment["model"]["layers"].back().value("out_features", 2);
    }
    static DatasetCard card(const Case& c) {
        DatasetCard card;
        card.name = "random";
        card.image = c.input;
        card.classes.resize(static_cast<size_t>(std::max(2, outputs(c))));
        for (int k = 0; k < c.input.channels; ++k) {
            card.mean.push_back(0.4F + 0.01F * static_cast<float>(k % 10));
            card.stddev.push_back(0.3F - 0.01F * static_cast<float>(k % 7));
        }
        return card;
    }

    void observe(const std::string& when, const Program& program, Executable& executable,
                 const RunInput& input) {
        const RunOutput output = backend_.run(executable, input);
        note(when + ", loss_sum", output.loss_sum);
        note(when + ", correct", static_cast<double>(output.correct));
        note(when + ", gradient_norm", output.gradient_norm);
        for (const ValueId id : program.kept) {
            const ValueInfo& info = program.info(id);
            HostTensor tensor = backend_.download(executable, id);
            if (info.per_image()) tensor = first_images(tensor, input.count);
            record_.push_back(
                {when + ", " + info.name + " (" + writer_of(program, id) + ")", std::move(tensor)});
        }
        if (program.phase == Phase::train)
            for (const auto& spec : model_.persistents())
                record_.push_back({when + ", " + spec.name, model_.get(spec.name)});
    }
    void note(const std::string& what, double number) {
        record_.push_back({what, HostTensor({1}, static_cast<float>(number))});
    }

    const Case& case_;
    bool keep_everything_;
    Backend& backend_;
    std::vector<int> counts_;
    Model model_;
    Split split_;
    Record record_;
};

Record record_on(const Case& c, Backend& backend, bool keep_everything) {
    return Recorder(c, backend, keep_everything).run();
}

/// A tensor that is smaller than this is held to it instead: zero but for what rounding leaves of other numbers.
constexpr double smallest_scale = 1e-7;

/// Fails where `got` strays from `want` by more than tolerance × the tensor's largest magnitude.
void expect_near(const Observed& want, const Observed& got, double tolerance) {
    ASSERT_EQ(want.tensor.shape(), got.tensor.shape()) << want.what;
    double scale = smallest_scale, worst = 0;
    int64_t at = -1;
    for (int64_t i = 0; i < want.tensor.count(); ++i) {
        scale = std::max(scale, std::abs(double{want.tensor[i]}));
        const double deviation = std::abs(double{want.tensor[i]} - double{got.tensor[i]});
        if (deviation > worst || std::isnan(deviation)) {
            worst = deviation;
            at = i;
            if (std::isnan(deviation)) break;
        }
    }
    if (worst <= tolerance * scale) return;
    ADD_FAILURE() << want.what << " " << want.tensor.shape().str() << ": element " << at << " is "
                  << got.tensor[at] << ", not " << want.tensor[at] << "; the largest magnitude is " << scale
                  << ", the deviation " << worst / scale << " of it";
}

/// Fails where ‖got − want‖ is more than tolerance × ‖want‖.
void expect_near_by_norm(const Observed& want, const Observed& got, double tolerance) {
    ASSERT_EQ(want.tensor.shape(), got.tensor.shape()) << want.what;
    double norm = 0, deviation = 0;
    for (int64_t i = 0; i < want.tensor.count(); ++i) {
        norm += std::pow(double{want.tensor[i]}, 2);
        deviation += std::pow(double{want.tensor[i]} - double{got.tensor[i]}, 2);
    }
    norm = std::max(std::sqrt(norm), smallest_scale);
    EXPECT_LE(std::sqrt(deviation), tolerance * norm)
        << want.what << " " << want.tensor.shape().str() << ": norm " << norm;
}

/// Whether a number hangs on which of two near values is larger.
bool is_choice(const std::string& what) {
    return what.ends_with(", correct") || what.find("argmax") != std::string::npos;
}

/// In half precision a maximum or a kink may fall on the other side, and a gradient then goes elsewhere. Gradients,
/// and tensors that they have changed, have a wider tolerance.
constexpr double slack_of_gradients = 4;
bool comes_from_gradients(const std::string& what) {
    return what.find(", d_") != std::string::npos || (what.starts_with("step") && !what.ends_with(")"));
}

/// Compares what `got` holds with its counterparts in `want`, which may hold more.
void expect_record_near(const Record& want, const Record& got, double tolerance, bool by_norm) {
    auto at = want.begin();
    for (const Observed& observed : got) {
        at = std::find_if(at, want.end(), [&](const Observed& o) { return o.what == observed.what; });
        ASSERT_NE(at, want.end()) << observed.what;
        if (!by_norm) {
            ASSERT_NO_FATAL_FAILURE(expect_near(*at++, observed, tolerance));
        } else if (!is_choice(observed.what)) {
            ASSERT_NO_FATAL_FAILURE(expect_near_by_norm(
                *at++, observed, tolerance * (comes_from_gradients(observed.what) ? slack_of_gradients : 1)));
        }
    }
}

void expect_same_bits(const Record& want, const Record& got) {
    ASSERT_EQ(want.size(), got.size());
    for (size_t i = 0; i < want.size(); ++i) {
        const auto a = want[i].tensor.span(), b = got[i].tensor.span();
        EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()))
            << want[i].what << " depends on the number of threads";
    }
}

}  // namespace

Json network(const std::string& layers, int outputs, const std::string& rest) {
    Json json = Json::parse(
        R"({"name": "test", "dataset": "random", "loss": "cross_entropy", "optimizer": {"type": "sgd"}})");
    json.update(Json::parse(rest));
    json["model"]["layers"] = Json::parse(layers);
    json["model"]["layers"].push_back({{"type", "dense"}, {"out_features", outputs}});
    return json;
}

Json network_behind_conv(int channels, const std::string& layers, int outputs, const std::string& rest) {
    // Only layers that name it need its name: a name changes the random numbers of its weights.
    const std::string name = layers.find("\"front\"") == std::string::npos ? "" : R"("name": "front", )";
    const std::string conv = R"({"type": "conv2d", "kernel": 1, "bias": false, )" + name +
                             R"("out_channels": )" + std::to_string(channels) + "}";
    return network("[" + conv + (layers.empty() ? "" : ", ") + layers + "]", outputs, rest);
}

void check_conformance(const Case& c) {
    if (backends_under_test().empty()) GTEST_SKIP() << "this build has no backend but the reference";
    const auto reference = make_reference_backend();
    const Record want = record_on(c, *reference, true);
    for (const bool keep_everything : {true, false}) {
        std::map<std::string, Record> families;
        for (const auto& candidate : backends_under_test()) {
            SCOPED_TRACE(candidate.name + (keep_everything ? ", everything kept" : ", only the logits kept"));
            const auto backend = candidate.make();
            Record got = record_on(c, *backend, keep_everything);
            if (keep_everything) {
                EXPECT_EQ(want.size(), got.size());
            }
            expect_record_near(want, got, candidate.tolerance * (candidate.by_norm ? c.norm_slack : c.slack),
                               candidate.by_norm);
            const auto [known, first] = families.try_emplace(candidate.family, std::move(got));
            if (!first) expect_same_bits(known->second, got);  // try_emplace has left it alone
        }
    }
}

TEST_P(Conformance, agrees_with_the_reference) { check_conformance(GetParam()); }

}  // namespace cnnlab::test
