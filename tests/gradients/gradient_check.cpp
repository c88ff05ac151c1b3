#include "tests/gradients/gradient_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/philox.hpp"
#include "engine/model/model.hpp"
#include "engine/reference/reference_backend.hpp"

namespace cnnlab::test {

namespace {

/// The step. Its square is the error of a central difference. A larger one risks stepping over a kink of ReLU or max
/// pooling.
constexpr float step_size = 1e-5F;
/// Of the largest gradient of the tensor: gradients are downloaded as floats.
constexpr double tolerance = 1e-6;
/// The rest of a gradient that is zero on paper, such as a bias's before batch norm. A difference of losses carries
/// about 1e-16 / 1e-5.
constexpr double nothing = 1e-10;

/// An experiment's network with a training Program that measures but, with a learning rate of 0, changes nothing.
class Bench {
  public:
    Bench(const Json& json, ImageShape input, int batch, int count)
        : backend_(make_reference_backend()),
          model_(Experiment::parse(json), card(json, input), *backend_),
          count_(count > 0 ? count : batch) {
        const Philox pixels{11, 0, 0}, labels{11, 1, 0};
        const auto classes = static_cast<uint32_t>(model_.card().classes.size());
        for (int64_t i = 0; i < count_ * input.count(); ++i)
            split_.images.push_back(static_cast<uint8_t>(pixels.word(static_cast<uint64_t>(i)) >> 24U));
        for (int n = 0; n < count_; ++n)
            split_.labels.push_back(
                static_cast<int32_t>(bounded(labels.word(static_cast<uint64_t>(n)), classes)));
        backend_->upload_split(SplitName::train, input, split_);
        program_ = model_.compile_for(Phase::train, batch, {}, true).program;
        executable_ = backend_->prepare(program_);
    }

    /// The mean loss over the images that count.
    double loss() {
        return backend_->run(*executable_, {SplitName::train, 0, count_, 3, 0, 0}).loss_sum / count_;
    }

    /// Checks one parameter; returns its number of elements, 0 if it does not learn.
    int check(const std::string& name) {
        const ValueId id = gradient_of(name);
        if (!id) return 0;
        loss();
        const HostTensor gradient = backend_->download(*executable_, id), start = model_.get(name);
        double scale = 0;
        for (const float g : gradient.span()) scale = std::max(scale, std::abs(double{g}));
        EXPECT_GT(scale, 0) << name << " has a gradient of zero, which checks nothing";
        for (int64_t i = 0; i < start.count(); ++i)
            EXPECT_NEAR(gradient[i], slope(name, start, i), std::max(tolerance * scale, nothing))
                << name << "[" << i << "]";
        model_.set(name, start);
        return static_cast<int>(start.count());
    }

    int check_all() {
        int checked = 0;
        for (const auto& spec : model_.persistents())
            if (spec.parameter) checked += check(spec.name);
        return checked;
    }

  private:
    static DatasetCard card(const Json& json, ImageShape input) {
        DatasetCard card;
        card.image = input;
        card.classes.resize(
            static_cast<size_t>(std::max(2, json["model"]["layers"].back().value("out_features", 2))));
        card.mean.assign(static_cast<size_t>(input.channels), 0.5F);
        card.stddev.assign(static_cast<size_t>(input.channels), 0.3F);
        return card;
    }

    [[nodiscard]] ValueId gradient_of(const std::string& parameter) const {
        for (size_t i = 0; i < program_.values.size(); ++i)
            if (program_.values[i].role == Role::gradient && program_.values[i].name == "d_" + parameter)
                return {static_cast<int32_t>(i)};
        return {};
    }

    /// The central difference; divided by the step as floats have it, not as it was meant.
    double slope(const std::string& name, const HostTensor& start, int64_t i) {
        HostTensor moved = start;
        const float above = start[i] + step_size, below = start[i] - step_size;
        moved[i] = above;
        model_.set(name, moved);
        const double high = loss();
        moved[i] = below;
        model_.set(name, moved);
        return (high - loss()) / (double{above} - double{below});
    }

    std::unique_ptr<Backend> backend_;
    Model model_;
    int count_;
    Split split_;
    Program program_;
    std::unique_ptr<Executable> executable_;
};

}  // namespace

int check_gradients(const Json& experiment, ImageShape input, int batch, int count) {
    Bench bench(experiment, input, batch, count);
    const int checked = bench.check_all();
    EXPECT_GT(checked, 0) << "nothing learns";
    return checked;
}

Json sandwich(int channels, const std::string& layers, int outputs, const std::string& loss) {
    Json json{
        {"name", "gradients"}, {"dataset", "random"}, {"loss", Json::parse(loss)}, {"optimizer", "sgd"}};
    json["model"]["layers"] = Json::parse("[" + layers + "]");
    auto& list = json["model"]["layers"];
    list.insert(list.begin(),
                Json{{"type", "conv2d"}, {"kernel", 1}, {"out_channels", channels}, {"name", "front"}});
    list.push_back(Json{{"type", "dense"}, {"out_features", outputs}});
    return json;
}

}  // namespace cnnlab::test
