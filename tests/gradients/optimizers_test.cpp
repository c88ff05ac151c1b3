#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "engine/core/philox.hpp"
#include "engine/model/model.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/gradients/gradient_check.hpp"

/// Every optimizer's formula, written out once more for one number at a time, against several steps of the reference
/// backend.
namespace cnnlab::test {

namespace {

constexpr double learning_rate = 0.05;
constexpr int steps = 6, batch = 5;

/// One learned number with whatever an optimizer remembers of it.
struct Number {
    double p = 0, velocity = 0, m = 0, v = 0, average = 0;
};
/// The textbook step of parameter `name`: gradient g, step t = 1, 2, ….
using Textbook = std::function<void(const std::string& name, Number&, double g, int t)>;

/// What the step sees of the gradient, given the norm of all gradients.
using Clip = std::function<double(double g, double norm)>;
double untouched(double g, double) { return g; }

/// A parameter group that keeps one parameter as it is.
const std::string freeze_front_bias = R"("groups": [{"match": "front.bias", "trainable": false}])";

/// Trains a small network with `optimizer` and checks each step's weights against the textbook.
void compare(const std::string& optimizer, const Textbook& textbook, const Clip& clip = untouched) {
    const bool frozen_front_bias = optimizer.find(freeze_front_bias) != std::string::npos;
    Json json = sandwich(3, R"({"type": "tanh"})");
    json["optimizer"] = Json::parse(optimizer);
    const ImageShape image{3, 3, 2};
    DatasetCard card;
    card.image = image;
    card.classes.resize(3);
    const auto backend = make_reference_backend();
    Model model(Experiment::parse(json), card, *backend);
    Split split;
    const Philox random{5, 0, 0};
    for (uint64_t i = 0; i < static_cast<uint64_t>(steps * batch * image.count()); ++i)
        split.images.push_back(static_cast<uint8_t>(random.word(i) >> 24U));
    for (int n = 0; n < steps * batch; ++n) split.labels.push_back(n % 3);
    backend->upload_split(SplitName::train, image, split);
    const Program program = model.compile_for(Phase::train, batch, {}, true).program;
    const auto executable = backend->prepare(program);

    std::map<std::string, std::vector<Number>> numbers;
    for (const auto& spec : model.persistents()) {
        if (!spec.parameter) continue;
        const HostTensor start = model.get(spec.name);
        for (const float p : start.span()) numbers[spec.name].push_back({p, 0, 0, 0, p});
    }

    for (int step = 0; step < steps; ++step) {
        const RunOutput output =
            backend->run(*executable, {SplitName::train, step * batch, batch, 1, static_cast<uint32_t>(step),
                                       static_cast<float>(learning_rate)});
        std::map<std::string, HostTensor> gradients;
        double squares = 0;
        for (size_t i = 0; i < program.values.size(); ++i) {
            if (program.values[i].role != Role::gradient) continue;
            const HostTensor gradient = backend->download(*executable, {static_cast<int32_t>(i)});
            const std::string name = program.values[i].name.substr(2);
            if (!(frozen_front_bias &&
                  name == "front.bias"))  // what does not learn takes no part in the norm
                for (const float g : gradient.span()) squares += double{g} * g;
            gradients[name] = gradient;
        }
        for (auto& [name, list] : numbers) {
            const HostTensor now = model.get(name);
            for (size_t i = 0; i < list.size(); ++i) {
                textbook(name, list[i], clip(gradients.at(name)[static_cast<int64_t>(i)], std::sqrt(squares)),
                         step + 1);
                ASSERT_NEAR(now[static_cast<int64_t>(i)], list[i].p, 1e-6)
                    << name << "[" << i << "] after step " << step;
            }
        }
        if (json["optimizer"].contains("clip_norm")) {
            EXPECT_NEAR(output.gradient_norm, std::sqrt(squares), 1e-6 * std::sqrt(squares));
        }
        if (!json["optimizer"].contains("average_decay")) continue;
        for (auto& [name, list] : numbers) {
            const HostTensor average = model.get(name + ".average");
            const double d =
                std::min(json["optimizer"]["average_decay"].get<double>(), (2.0 + step) / (11.0 + step));
            for (size_t i = 0; i < list.size(); ++i) {
                list[i].average = d * list[i].average + (1 - d) * list[i].p;
                ASSERT_NEAR(average[static_cast<int64_t>(i)], list[i].average, 1e-6) << name << ".average";
            }
        }
    }
}

}  // namespace

TEST(Optimizers, sgd) {
    compare(R"({"type": "sgd"})", [](const auto&, Number& n, double g, int) { n.p -= learning_rate * g; });
}

TEST(Optimizers, sgd_with_momentum_and_decay) {
    compare(R"({"type": "sgd", "momentum": 0.9, "weight_decay": 0.1})",
            [](const auto&, Number& n, double g, int) {
                n.velocity = 0.9 * n.velocity + (g + 0.1 * n.p);
                n.p -= learning_rate * n.velocity;
            });
}

TEST(Optimizers, sgd_with_nesterov_momentum) {
    compare(R"({"type": "sgd", "momentum": 0.8, "nesterov": true})",
            [](const auto&, Number& n, double g, int) {
                n.velocity = 0.8 * n.velocity + g;
                n.p -= learning_rate * (g + 0.8 * n.velocity);
            });
}

TEST(Optimizers, adam) {
    compare(R"({"type": "adam", "weight_decay": 0.1})", [](const auto&, Number& n, double g, int t) {
        g += 0.1 * n.p;
        n.m = 0.9 * n.m + 0.1 * g;
        n.v = 0.999 * n.v + 0.001 * g * g;
        n.p -= learning_rate * (n.m / (1 - std::pow(0.9, t))) /
               (std::sqrt(n.v / (1 - std::pow(0.999, t))) + 1e-8);
    });
}

TEST(Optimizers, adamw) {
    compare(R"({"type": "adamw", "weight_decay": 0.2, "beta1": 0.7, "beta2": 0.9, "eps": 1e-4})",
            [](const auto&, Number& n, double g, int t) {
                n.p -= learning_rate * 0.2 * n.p;
                n.m = 0.7 * n.m + 0.3 * g;
                n.v = 0.9 * n.v + 0.1 * g * g;
                n.p -= learning_rate * (n.m / (1 - std::pow(0.7, t))) /
                       (std::sqrt(n.v / (1 - std::pow(0.9, t))) + 1e-4);
            });
}

TEST(Optimizers, rmsprop) {
    compare(R"({"type": "rmsprop", "alpha": 0.9, "weight_decay": 0.1})",
            [](const auto&, Number& n, double g, int) {
                g += 0.1 * n.p;
                n.v = 0.9 * n.v + 0.1 * g * g;
                n.p -= learning_rate * g / (std::sqrt(n.v) + 1e-8);
            });
}

TEST(Optimizers, rmsprop_with_momentum) {
    compare(R"({"type": "rmsprop", "alpha": 0.9, "momentum": 0.5, "eps": 0.01})",
            [](const auto&, Number& n, double g, int) {
                n.v = 0.9 * n.v + 0.1 * g * g;
                n.velocity = 0.5 * n.velocity + g / (std::sqrt(n.v) + 0.01);
                n.p -= learning_rate * n.velocity;
            });
}

TEST(Optimizers, groups_have_their_own_rates_and_decay) {
    const std::string groups =
        R"("groups": [{"match": "front.*", "trainable": false}, {"match": "*.bias", "lr_scale": 3, "weight_decay": 0}])";
    compare(R"({"type": "sgd", "weight_decay": 0.1, )" + groups + "}",
            [](const std::string& name, Number& n, double g, int) {
                if (name.starts_with("front")) return;
                if (name.ends_with(".bias"))
                    n.p -= 3 * learning_rate * g;
                else
                    n.p -= learning_rate * (g + 0.1 * n.p);
            });
}

TEST(Optimizers, the_norm_is_clipped) {
    const auto textbook = [](const std::string& name, Number& n, double g, int) {
        n.p -= name == "front.bias" ? 0 : learning_rate * g;
    };
    compare(R"({"type": "sgd", "clip_norm": 0.01, )" + freeze_front_bias + "}", textbook,
            [](double g, double norm) { return g * std::min(1.0, 0.01 / (norm + 1e-6)); });
    compare(R"({"type": "sgd", "clip_norm": 1000, )" + freeze_front_bias + "}", textbook);
}

TEST(Optimizers, values_are_clipped_after_the_norm) {
    compare(R"({"type": "sgd", "momentum": 0.9, "clip_norm": 0.5, "clip_value": 0.02, )" + freeze_front_bias +
                "}",
            [](const std::string& name, Number& n, double g, int) {
                if (name == "front.bias") return;
                n.velocity = 0.9 * n.velocity + g;
                n.p -= learning_rate * n.velocity;
            },
            [](double g, double norm) {
                return std::clamp(g * std::min(1.0, 0.5 / (norm + 1e-6)), -0.02, 0.02);
            });
}

TEST(Optimizers, weights_have_moving_averages) {
    const auto textbook = [](const auto&, Number& n, double g, int) { n.p -= learning_rate * g; };
    compare(R"({"type": "sgd", "average_decay": 0.999})", textbook);
    compare(R"({"type": "sgd", "average_decay": 0.3})", textbook);
}

}  // namespace cnnlab::test
