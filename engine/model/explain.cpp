#include "engine/model/explain.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "engine/core/names.hpp"
#include "engine/core/philox.hpp"
#include "engine/model/explain_messages.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

namespace {

/// Nothing learns, and nothing is random.
Experiment at_rest(Experiment experiment) {
    for (LayerSpec& layer : experiment.model.layers) {
        layer.trainable = false;
        if (auto* dropout = std::get_if<layers::Dropout>(&layer.kind)) dropout->p = 0;
    }
    return experiment;
}

CompileOptions explain_options(const Model& model, int batch) {
    CompileOptions options = compile_options(model.card());
    options.phase = Phase::train;
    options.batch = batch;
    options.averaged = model.experiment().optimizer.average_decay > 0;
    options.explain = true;
    return options;
}

/// A layer's number.
size_t number_of(const Model& model, const std::string& name) {
    std::vector<std::string> names;
    for (const LayerInfo& layer : model.layers()) names.push_back(layer.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw Error(ErrorCode::unknown_name, name, say_explain("explain.no_layer"), suggest(name, names));
    return static_cast<size_t>(found - names.begin());
}

/// The network up to a layer, and after it the mean or the largest value of each unit.
Experiment unit_network(const Model& model, size_t layer, bool largest) {
    Experiment experiment = at_rest(model.experiment());
    experiment.model.layers.resize(layer + 1);
    experiment.train.eval_views = EvalViews::none;
    if (ImageShape(model.layers()[layer].output).positions() > 1) {
        LayerSpec pool;
        if (largest)
            pool.kind = layers::GlobalMaxPool{};
        else
            pool.kind = layers::GlobalAvgPool{};
        pool.name = "explain.units";
        experiment.model.layers.push_back(std::move(pool));
    }
    return experiment;
}

/// |g| of the channel where it is largest, by position.
void largest_channel(const float* gradient, const ImageShape& shape, const std::vector<float>& stddev,
                     float* to) {
    for (int64_t position = 0; position < shape.positions(); ++position) {
        float most = 0;
        for (int c = 0; c < shape.channels; ++c) {
            // the network sees (x − mean) / stddev
            const float scale = stddev.empty() ? 1 : stddev[static_cast<size_t>(c)];
            most = std::max(most, std::abs(gradient[position * shape.channels + c]) / scale);
        }
        to[position] = most;
    }
}

void grad_cam(const float* map, const float* gradient, const ImageShape& shape, float* to) {
    const int64_t positions = shape.positions(), channels = shape.channels;
    std::vector<float> weights(static_cast<size_t>(channels), 0);
    for (int64_t i = 0; i < positions * channels; ++i)
        weights[static_cast<size_t>(i % channels)] += gradient[i] / static_cast<float>(positions);
    for (int64_t position = 0; position < positions; ++position) {
        const float* values = map + position * channels;
        to[position] = std::max(0.0F, std::inner_product(weights.begin(), weights.end(), values, 0.0F));
    }
}

}  // namespace

std::string last_map(const std::vector<LayerInfo>& layers) {
    const auto found = std::find_if(layers.rbegin(), layers.rend(), [](const LayerInfo& layer) {
        return ImageShape(layer.output).positions() > 1;
    });
    return found == layers.rend() ? "" : found->name;
}

Explainer::Explainer(Model& model, const std::string& layer, int batch) : model_(&model) {
    CompileOptions options = explain_options(model, batch);
    if (!layer.empty()) {
        const Shape& shape = model.layers()[number_of(model, layer)].output;
        if (ImageShape(shape).positions() == 1)
            throw Error(ErrorCode::shape_mismatch, layer, say_explain("explain.no_map", shape.str()),
                        say_explain("explain.name_map"));
        options.map = layer;
    }
    compiled_ = model.compile_part(at_rest(model.experiment()), options);
    executable_ = model.backend().prepare(compiled_.program);
}

Explanation Explainer::explain(const Split& images) {
    Backend& backend = model_->backend();
    const Program& program = compiled_.program;
    const ImageShape seen(program.shape(compiled_.d_input));
    const int64_t count = images.count();
    Explanation all;
    all.saliency = HostTensor({count, seen.height, seen.width});
    ImageShape map;
    if (compiled_.map) {
        map = ImageShape(program.shape(compiled_.map));
        all.map = HostTensor({count, map.height, map.width});
    }
    backend.upload_split(SplitName::input, model_->card().image, images);
    for (int64_t cursor = 0; cursor < count; cursor += program.batch) {
        const int n = static_cast<int>(std::min<int64_t>(program.batch, count - cursor));
        (void)backend.run(*executable_, {SplitName::input, cursor, n});
        const HostTensor gradient = backend.download(*executable_, compiled_.d_input);
        for (int i = 0; i < n; ++i)
            largest_channel(gradient.data() + i * seen.count(), seen, model_->card().stddev,
                            all.saliency.data() + (cursor + i) * seen.positions());
        if (!compiled_.map) continue;
        const HostTensor values = backend.download(*executable_, compiled_.map),
                         d_values = backend.download(*executable_, compiled_.d_map);
        for (int i = 0; i < n; ++i)
            grad_cam(values.data() + i * map.count(), d_values.data() + i * map.count(), map,
                     all.map.data() + (cursor + i) * map.positions());
    }
    return all;
}

ExcitingImages exciting_images(Model& model, const std::string& layer, SplitName split, int64_t count,
                               size_t most) {
    CompileOptions options = compile_options(model.card());
    options.classes = 0;
    options.batch = static_cast<int>(std::clamp<int64_t>(count, 1, model.experiment().train.eval_batch));
    options.averaged = model.experiment().optimizer.average_decay > 0;
    const Compiled compiled = model.compile_part(unit_network(model, number_of(model, layer), true), options);
    Backend& backend = model.backend();
    const auto executable = backend.prepare(compiled.program);
    const auto units = static_cast<size_t>(compiled.program.shape(compiled.program.logits).count());
    std::vector<std::vector<float>> answers(units);
    for (int64_t cursor = 0; cursor < count; cursor += options.batch) {
        const int n = static_cast<int>(std::min<int64_t>(options.batch, count - cursor));
        (void)backend.run(*executable, {split, cursor, n});
        const HostTensor values = backend.download(*executable, compiled.program.logits);
        for (int64_t i = 0; i < n; ++i)
            for (size_t u = 0; u < units; ++u)
                answers[u].push_back(values[i * static_cast<int64_t>(units) + static_cast<int64_t>(u)]);
    }
    ExcitingImages found{std::vector<std::vector<int64_t>>(units), std::vector<std::vector<float>>(units)};
    for (size_t u = 0; u < units; ++u) {
        std::vector<int64_t>& order = found.images[u];
        order.resize(answers[u].size());
        std::iota(order.begin(), order.end(), int64_t{0});
        const auto value = [&](int64_t image) { return answers[u][static_cast<size_t>(image)]; };
        std::stable_sort(order.begin(), order.end(),
                         [&](int64_t a, int64_t b) { return value(a) > value(b); });
        order.resize(std::min(order.size(), most));
        for (const int64_t image : order) found.values[u].push_back(value(image));
    }
    return found;
}

namespace {

/// Pixels of one image, moved; those at the edge are repeated.
void move(const float* from, float* to, const ImageShape& shape, int down, int right) {
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            const int64_t source = int64_t{std::clamp(y + down, 0, shape.height - 1)} * shape.width +
                                   std::clamp(x + right, 0, shape.width - 1);
            std::copy_n(from + source * shape.channels, shape.channels,
                        to + (int64_t{y} * shape.width + x) * shape.channels);
        }
}

/// Each pixel gives a share of itself to the mean of its four neighbours.
void blur(std::vector<float>& image, const ImageShape& shape, float share) {
    const std::vector<float> before = image;
    const auto at = [&](int y, int x, int c) {
        y = std::clamp(y, 0, shape.height - 1);
        x = std::clamp(x, 0, shape.width - 1);
        return before[static_cast<size_t>((int64_t{y} * shape.width + x) * shape.channels + c)];
    };
    size_t i = 0;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            for (int c = 0; c < shape.channels; ++c, ++i)
                image[i] +=
                    share *
                    ((at(y - 1, x, c) + at(y + 1, x, c) + at(y, x - 1, c) + at(y, x + 1, c)) / 4 - before[i]);
}

/// Steps up the gradient of several units at once, an image for each.
class Ascent {
  public:
    Ascent(Model& model, size_t layer, const std::vector<int>& units, const AscentOptions& options)
        : model_(&model), options_(options), units_(units) {
        CompileOptions compile = explain_options(model, static_cast<int>(units.size()));
        compile.classes = 0;
        compile.floats = true;
        compile.mean.clear();
        compile.stddev.clear();
        // Resizing has no gradient: what is made is an image of the size after it.
        const auto& layers = model.experiment().model.layers;
        for (size_t i = 0; i < layer; ++i)
            if (std::holds_alternative<layers::Resize>(layers[i].kind))
                compile.begin = static_cast<int>(i) + 1;
        if (compile.begin > 0)
            compile.input = ImageShape(model.layers()[static_cast<size_t>(compile.begin) - 1].output);
        shape_ = compile.input;
        compiled_ = model.compile_part(unit_network(model, layer, false), compile);
        executable_ = model.backend().prepare(compiled_.program);
        const auto width = static_cast<int>(compiled_.program.shape(compiled_.program.logits).count());
        for (const int unit : units)
            if (unit < 0 || unit >= width)
                throw Error(ErrorCode::out_of_range, std::to_string(unit),
                            say_explain("explain.no_unit", width),
                            say_explain("explain.give_unit", width - 1));
    }

    PreferredImages run() {
        begin();
        PreferredImages made{shape_, {}, {}, {}};
        for (int step = 0; step <= options_.steps; ++step) {
            const bool is_end = step == options_.steps;
            const HostTensor gradient = gradients(step, is_end || step == 0);
            if (step == 0) made.before = answers();
            if (is_end) made.after = answers();
            if (!is_end) climb(gradient);
        }
        for (const auto& image : images_)
            for (size_t i = 0; i < image.size(); ++i)
                made.images.push_back(static_cast<uint8_t>(std::lround(255 * pixel(image, i))));
        return made;
    }

  private:
    [[nodiscard]] size_t channel(size_t i) const { return i % static_cast<size_t>(shape_.channels); }
    [[nodiscard]] float mean(size_t i) const {
        return model_->card().mean.empty() ? 0 : model_->card().mean[channel(i)];
    }
    [[nodiscard]] float stddev(size_t i) const {
        return model_->card().stddev.empty() ? 1 : model_->card().stddev[channel(i)];
    }
    /// From 0 to 1.
    [[nodiscard]] float pixel(const std::vector<float>& image, size_t i) const {
        return std::clamp(image[i] * stddev(i) + mean(i), 0.0F, 1.0F);
    }

    void begin() {
        constexpr float grey = 0.5F, noise = 0.05F;
        for (const int unit : units_) {
            const Philox random{options_.seed, stream_of("explain"), static_cast<uint32_t>(unit)};
            std::vector<float>& image = images_.emplace_back(static_cast<size_t>(shape_.count()));
            for (size_t i = 0; i < image.size(); ++i)
                image[i] = (grey + noise * (2 * unit_float(random(i / 4)[i % 4]) - 1) - mean(i)) / stddev(i);
        }
    }

    /// How far the images are moved at a step; not at all where their answers are asked for.
    [[nodiscard]] std::pair<int, int> moved(int step, bool stays) const {
        if (stays || options_.jitter == 0) return {0, 0};
        const auto words = Philox{options_.seed, stream_of("explain.move"), static_cast<uint32_t>(step)}(0);
        const auto span = static_cast<uint32_t>(2 * options_.jitter + 1);
        return {static_cast<int>(words[0] % span) - options_.jitter,
                static_cast<int>(words[1] % span) - options_.jitter};
    }

    HostTensor gradients(int step, bool stays) {
        const auto [down, right] = moved(step, stays);
        const auto size = static_cast<size_t>(shape_.count());
        std::vector<float> numbers(size * images_.size());
        for (size_t u = 0; u < images_.size(); ++u)
            move(images_[u].data(), numbers.data() + u * size, shape_, down, right);
        split_.floats = true;
        split_.labels.assign(units_.begin(), units_.end());
        split_.images.resize(numbers.size() * sizeof(float));
        std::memcpy(split_.images.data(), numbers.data(), split_.images.size());
        Backend& backend = model_->backend();
        backend.upload_split(SplitName::input, shape_, split_);
        (void)backend.run(*executable_, {SplitName::input, 0, static_cast<int>(images_.size())});
        HostTensor moved_back = backend.download(*executable_, compiled_.d_input);
        const HostTensor found = moved_back;
        for (size_t u = 0; u < images_.size(); ++u)
            move(found.data() + u * size, moved_back.data() + u * size, shape_, -down, -right);
        return moved_back;
    }

    std::vector<float> answers() {
        const HostTensor values = model_->backend().download(*executable_, compiled_.program.logits);
        const int64_t width = values.count() / static_cast<int64_t>(images_.size());
        std::vector<float> found;
        for (size_t u = 0; u < images_.size(); ++u)
            found.push_back(values[static_cast<int64_t>(u) * width + units_[u]]);
        return found;
    }

    void climb(const HostTensor& gradient) {
        constexpr float least = 1e-12F;
        const auto size = static_cast<size_t>(shape_.count());
        for (size_t u = 0; u < images_.size(); ++u) {
            std::vector<float>& image = images_[u];
            const float* g = gradient.data() + u * size;
            // of pixels from 0 to 1
            double sum = 0;
            for (size_t i = 0; i < size; ++i) sum += std::pow(g[i] / stddev(i), 2);
            const float length = static_cast<float>(std::sqrt(sum / static_cast<double>(size)));
            for (size_t i = 0; i < size; ++i)
                image[i] += options_.rate * g[i] / stddev(i) / std::max(length, least) / stddev(i);
            blur(image, shape_, options_.blur);
            for (size_t i = 0; i < size; ++i) image[i] = (pixel(image, i) - mean(i)) / stddev(i);
        }
    }

    Model* model_;
    AscentOptions options_;
    std::vector<int> units_;
    ImageShape shape_;
    Compiled compiled_;
    std::unique_ptr<Executable> executable_;
    std::vector<std::vector<float>> images_;  ///< as the network sees them
    Split split_;
};

}  // namespace

PreferredImages preferred_images(Model& model, const std::string& layer, const std::vector<int>& units,
                                 const AscentOptions& options) {
    return Ascent(model, number_of(model, layer), units, options).run();
}

}  // namespace cnnlab
