#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/core/embedded.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/data/augmentation.hpp"
#include "engine/data/data_spec.hpp"
#include "engine/layers/layer.hpp"
#include "engine/losses/loss.hpp"
#include "engine/model/base_spec.hpp"
#include "engine/optim/optimizer.hpp"
#include "engine/optim/schedule.hpp"

namespace cnnlab {

struct ModelSpec {
    static constexpr std::string_view key = "model";
    static constexpr size_t most_layers = 1000;  ///< memory of a compiled network grows with their square
    std::vector<LayerSpec> layers;

    static constexpr auto fields() {
        return std::tuple{
            field("layers", &ModelSpec::layers, "the layers, first to last; the last one gives the logits")
                .must()};
    }
};

/// From the start of an epoch on (counted from 0), training images are resized (ops::Resize) after their
/// augmentation.
struct ResolutionSpec {
    static constexpr std::string_view key = "resolution";
    int epoch = 0;
    Pair size{32};

    static constexpr auto fields() {
        using R = ResolutionSpec;
        return std::tuple{field("epoch", &R::epoch, "the first epoch with this size, from 0", 0, 1e6).must(),
                          field("size", &R::size, "height and width of the images", 1, 65536).must()};
    }
};

/// Copies of a test image whose logits are averaged. none: the image itself. mirror: it and its mirror image.
/// translate: these two with half of the weight; the other half is the image moved by one pixel up and left, and down
/// and right, each with its mirror image.
enum class EvalViews : uint8_t { none, mirror, translate };
template <>
struct EnumNames<EvalViews> {
    static constexpr std::array<std::string_view, 3> names{"none", "mirror", "translate"};
};

/// When what frozen layers make of an image is computed. once: before the training, which then refuses what changes
/// images from step to step; automatic: once where that can be, else at every step.
enum class FrozenFeatures : uint8_t { automatic, once, every_step };
template <>
struct EnumNames<FrozenFeatures> {
    static constexpr std::array<std::string_view, 3> names{"auto", "once", "every_step"};
};

struct TrainSpec {
    static constexpr std::string_view key = "train";
    float epochs = 10;  ///< a part of an epoch counts too: the training has ⌈epochs · steps an epoch⌉ steps
    int batch = 64, eval_batch = 256;
    EvalViews eval_views = EvalViews::none;
    int64_t seed = 1;
    bool shuffle = true, drop_last = false;
    FrozenFeatures frozen_features = FrozenFeatures::automatic;
    int local_statistics = 0;
    std::vector<ResolutionSpec> resolutions;

    static constexpr auto fields() {
        using T = TrainSpec;
        return std::tuple{
            field("epochs", &T::epochs, "passes over the training images, with a fraction", 0.001, 1e6),
            field("batch", &T::batch, "images a step", 1, 65536),
            field("eval_batch", &T::eval_batch, "images at a time in evaluation", 1, 65536),
            field(
                "eval_views", &T::eval_views,
                "test-time augmentation: average the logits of the image and its mirror image (\"mirror\"), "
                "also moved by a pixel (\"translate\")"),
            field("seed", &T::seed, "of all random numbers: initial weights, order, augmentation, dropout", 0,
                  9.007e15),
            field("shuffle", &T::shuffle, "whether each epoch has an order of its own"),
            field("drop_last", &T::drop_last,
                  "leave out the last images of an epoch if they do not fill a batch"),
            field("frozen_features", &T::frozen_features,
                  "when to compute what frozen layers make of an image; auto: once where nothing changes "
                  "images")
                .if_set(),
            field("local_statistics", &T::local_statistics,
                  "batch norm's statistics are those of each of so many processes' images; 0: of the whole "
                  "batch, by any number",
                  0, 65536)
                .if_set(),
            field("resolutions", &T::resolutions,
                  "smaller training images in the first epochs: a list of {\"epoch\", \"size\"}")};
    }
};

/// The root of the JSON that the command line, the page, the tests and the checkpoints read.
struct Experiment {
    static constexpr std::string_view key = "experiment";
    std::string name, title;
    DataSpec dataset;
    std::optional<BaseSpec> base;
    ModelSpec model;
    AnyLoss loss;
    OptimizerSpec optimizer;
    ScheduleSpec schedule;
    Augmentation augment;
    TrainSpec train;

    static constexpr auto fields() {
        using E = Experiment;
        return std::tuple{field("name", &E::name, "what it is called").must(),
                          field("title", &E::title, "one line about it"),
                          field("dataset", &E::dataset, "the images").must(),
                          field("base", &E::base, "a trained network before its own layers").if_set(),
                          field("model", &E::model, "the network").must(),
                          field("loss", &E::loss, "what training makes small"),
                          field("optimizer", &E::optimizer, "how the weights move"),
                          field("schedule", &E::schedule, "how the learning rate changes"),
                          field("augment", &E::augment, "random changes to training images"),
                          field("train", &E::train, "length, batch and seed")};
    }

    /// Parses and checks a description; `place` is put before field names in messages.
    static Experiment parse(const Json& json, const std::string& place = "");
    /// All fields, defaults filled in.
    [[nodiscard]] Json to_json() const;
};

/// What a list of experiments tells of each.
struct ExperimentInfo {
    std::string name, title, dataset;

    static constexpr auto fields() {
        using I = ExperimentInfo;
        return std::tuple{field("name", &I::name), field("title", &I::title, "one line about it"),
                          field("dataset", &I::dataset)};
    }
};

/// Names of the experiments that come with the library.
[[nodiscard]] std::vector<std::string> experiment_names();
[[nodiscard]] std::vector<ExperimentInfo> experiment_infos();
/// The JSON of one of them. Throws unknown_name with the nearest name.
[[nodiscard]] Json experiment_json(const std::string& name);

/// Sets the field at a dotted path ("optimizer.lr", "model.layers[3].kernel") in an experiment's JSON. `text` is JSON,
/// a number in any spelling (".001", "+0.1"), else plain text. Throws unknown_name or out_of_range for a path that
/// leads nowhere, wrong_type for a text that is no UTF-8.
void set_by_path(Json& json, const std::string& path, const std::string& text);

}  // namespace cnnlab
