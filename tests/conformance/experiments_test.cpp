#include <algorithm>

#include "engine/model/experiment.hpp"
#include "tests/conformance/harness.hpp"

/// The networks of the shipped experiments.
namespace cnnlab::test {

namespace {

/// The networks of shipped experiments, with their losses and optimizers, on small images.
std::vector<Case> shipped() {
    std::vector<Case> found;
    const auto add = [&](const std::string& name, ImageShape input, int batch, double slack,
                         double norm_slack = 1) {
        Case c{name, experiment_json(name), input, batch, {batch, batch - 3}, slack};
        c.norm_slack = norm_slack;
        std::replace(c.name.begin(), c.name.end(), '-', '_');
        // plain gradient steps: Adam's first ones divide each gradient by its own size, rounding errors included
        c.experiment["optimizer"] = Json{{"type", "sgd"}, {"momentum", 0.9}};
        c.experiment.erase("schedule");
        // wider black borders would fill pooling windows with equal values, and which of them is the
        // largest is then anyone's choice
        if (c.experiment.contains("augment") && c.experiment["augment"].value("crop", 0) > 1)
            c.experiment["augment"]["crop"] = 1;
        found.push_back(std::move(c));
    };
    add("cifar10-simple", {8, 8, 3}, 16, 1);
    add("fashion-dense", {7, 7, 1}, 13, 1);
    add("fashion-augmented", {18, 18, 1}, 8, 1);
    // Each batch norm divides by a deviation that has roundings of its own, one after the other. In half precision they
    // reach 3.4, 1.6 and 1.4 times the tolerance, in what follows the first step.
    add("fashion-cnn", {8, 8, 1}, 11, 8, 6);
    // 10 images: with some other numbers two values of a pooling window are so near that either may be the largest
    add("cifar10-batchnorm", {16, 16, 3}, 10, 4, 3);
    add("cifar10-resnet", {8, 8, 3}, 11, 8, 3);
    return found;
}

}  // namespace

CNNLAB_CONFORMANCE(experiment, shipped());

}  // namespace cnnlab::test
