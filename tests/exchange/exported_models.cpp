#include "tests/exchange/exported_models.hpp"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "engine/core/philox.hpp"
#include "engine/data/card.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/compile.hpp"
#include "engine/model/model.hpp"
#include "engine/model/saved_model.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/cases.hpp"
#include "tests/paths.hpp"
#include "tests/sanitizer.hpp"

namespace cnnlab::test {

namespace {

constexpr int images = 3;

/// The experiment and card of a golden file.
SavedModel golden_model(const std::string& name) {
    const auto path = source_folder() / "tests/golden/data" / (name + ".safetensors");
    std::ifstream stream(path, std::ios::binary);
    const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(stream)), {});
    const TensorFile file = read_safetensors(bytes, path.string());
    SavedModel saved{Experiment::parse(parse_json(file.metadata.at("experiment"), path.string())), {}, {}};
    const Shape& shape = file.find("train/images")->shape();
    saved.card.image = {static_cast<int>(shape[1]), static_cast<int>(shape[2]), static_cast<int>(shape[3])};
    for (int i = 0; i < std::stoi(file.metadata.at("classes")); ++i)
        saved.card.classes.push_back("class " + std::to_string(i));
    for (int c = 0; c < saved.card.image.channels; ++c) {
        saved.card.mean.push_back(0.4F + 0.05F * static_cast<float>(c));
        saved.card.stddev.push_back(0.3F - 0.05F * static_cast<float>(c));
    }
    return saved;
}

float random(uint64_t stream, int64_t i) {
    return unit_float(Philox{7, static_cast<uint32_t>(stream), 0}.word(static_cast<uint64_t>(i)));
}

HostTensor from_images(const Split& split, const DatasetCard& card, bool normalised) {
    const ImageShape& s = card.image;
    HostTensor tensor(Shape{images, s.channels, s.height, s.width});
    int64_t to = 0;
    for (int n = 0; n < images; ++n)
        for (int c = 0; c < s.channels; ++c)
            for (int p = 0; p < s.positions(); ++p) {
                const float pixel =
                    split.images[(static_cast<size_t>(n) * static_cast<size_t>(s.positions()) +
                                  static_cast<size_t>(p)) *
                                     static_cast<size_t>(s.channels) +
                                 static_cast<size_t>(c)];
                const auto channel = static_cast<size_t>(c);
                const float mean = card.mean.empty() ? 0 : card.mean[channel];
                const float stddev = card.stddev.empty() ? 1 : card.stddev[channel];
                tensor[to++] = normalised ? (pixel / 255 - mean) / stddev : pixel;
            }
    return tensor;
}

}  // namespace

namespace {

/// The same code writes and reads large networks and small ones.
bool is_too_slow(const Json& json) {
    if (!has_sanitizer) return false;
    const Experiment experiment = Experiment::parse(json);
    int64_t parameters = 0;
    for (const LayerInfo& layer :
         compile(experiment, compile_options(find_card(experiment.dataset.name))).layers)
        parameters += layer.parameters;
    return parameters > 200'000;
}

}  // namespace

std::vector<std::string> exported_names() {
    std::vector<std::string> names;
    for (const std::string& name : experiment_names()) {
        const Json json = experiment_json(name);
        if (!json.contains("base") && !is_too_slow(json)) names.push_back(name);
    }
    for (const std::string& name : case_table().golden) names.push_back("golden:" + name);
    return names;
}

ExportedModel exported_model(const std::string& name) {
    constexpr std::string_view golden = "golden:";
    ExportedModel made{name, {}, {}, {}, {}};
    if (name.starts_with(golden)) {
        made.saved = golden_model(name.substr(golden.size()));
        made.name = name.substr(golden.size());
    } else {
        made.saved.experiment = Experiment::parse(experiment_json(name));
        made.saved.card = find_card(made.saved.experiment.dataset.name);
    }
    Experiment& experiment = made.saved.experiment;
    experiment.loss = losses::MeanSquaredError{};  // which leaves logits as they are
    experiment.train.eval_views = EvalViews::none;
    experiment.optimizer.average_decay = 0;
    experiment.augment = {};
    experiment.train.resolutions.clear();
    const auto backend = make_reference_backend();
    Model model(experiment, made.saved.card, *backend);
    uint64_t stream = 0;
    for (const PersistentSpec& spec : model.compile_for(Phase::evaluate, 1).persistents) {
        HostTensor values = model.get(spec.name);
        ++stream;
        const bool positive = spec.name.ends_with("running_var");
        const bool spread = spec.shape.rank() == 1 || spec.init.type == InitKind::whitening;
        for (int64_t i = 0; spread && i < values.count(); ++i)
            values[i] = random(stream, i) * 0.5F + (positive ? 0.5F : 0.1F);
        model.set(spec.name, values);
        made.saved.weights.emplace(spec.name, std::move(values));
    }
    Split split;
    split.labels.assign(images, 0);
    for (int64_t i = 0; i < images * made.saved.card.image.count(); ++i)
        split.images.push_back(static_cast<uint8_t>(random(1000, i) * 255));
    made.pixels = from_images(split, made.saved.card, false);
    made.input = from_images(split, made.saved.card, true);
    made.logits = model.predict(split);
    return made;
}

HostTensor logits_of(const SavedModel& saved, const HostTensor& input, Backend& backend) {
    // A layer that does nothing stands for the images: what comes after a layer may be floats.
    Experiment experiment = saved.experiment;
    experiment.loss = losses::MeanSquaredError{};
    LayerSpec given;
    given.kind = layers::Scale{};
    given.name = "given";
    for (LayerSpec& layer : experiment.model.layers)
        for (std::string& from : layer.from)
            if (from == "input") from = given.name;
    experiment.model.layers.insert(experiment.model.layers.begin(), given);
    Model model(experiment, saved.card, backend);
    for (const auto& [name, tensor] : saved.weights) model.set(name, tensor);

    const Shape& s = input.shape();
    const int64_t area = s[2] * s[3];
    std::vector<float> values(static_cast<size_t>(input.count()));
    size_t to = 0;
    for (int64_t n = 0; n < s[0]; ++n)
        for (int64_t p = 0; p < area; ++p)
            for (int64_t c = 0; c < s[1]; ++c) values[to++] = input[(n * s[1] + c) * area + p];
    Split split;
    split.floats = true;
    split.labels.assign(static_cast<size_t>(s[0]), 0);
    split.images.resize(values.size() * sizeof(float));
    std::memcpy(split.images.data(), values.data(), split.images.size());
    backend.upload_split(SplitName::input, saved.card.image, split);
    const auto evaluation = model.evaluator(SplitName::input, split.labels, 0, 1);
    evaluation->run();
    return evaluation->probabilities();
}

double distance(const HostTensor& found, const HostTensor& wanted) {
    if (!(found.shape() == wanted.shape())) return std::numeric_limits<double>::infinity();
    double most = 1e-30, worst = 0;
    for (int64_t i = 0; i < wanted.count(); ++i) {
        const double off = std::abs(double{found[i]} - double{wanted[i]});
        most = std::max(most, std::abs(double{wanted[i]}));
        worst = std::isnan(off) ? std::numeric_limits<double>::infinity() : std::max(worst, off);
    }
    return worst / most;
}

}  // namespace cnnlab::test
