#include "engine/model/compile.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/core/messages.hpp"
#include "engine/core/transfer_messages.hpp"
#include "engine/model/explain_messages.hpp"
#include "engine/model/passes.hpp"

namespace cnnlab {

namespace {

/// Compiles one experiment; holds what the steps share.
class Compiler {
  public:
    Compiler(const Experiment& experiment, const CompileOptions& options)
        : experiment_(experiment), options_(options), builder_(options.phase, options.batch) {
        builder_.averaged = options.averaged;
        const auto& layers = experiment.model.layers;
        for (size_t i = 0; i < layers.size(); ++i)
            if (std::holds_alternative<layers::Resize>(layers[i].kind)) last_resize_ = static_cast<int>(i);
    }

    Compiled run() {
        load();
        const auto views =
            views_of(options_.phase == Phase::train ? EvalViews::none : experiment_.train.eval_views);
        ops::WeightedSum mean;
        for (const View& view : views) {
            network(view);
            mean.parts.push_back(last_.value);
            mean.weights.push_back(view.weight);
        }
        builder_.layer = -1;
        builder_.program.logits = last_.value;
        if (views.size() > 1) {
            mean.y = builder_.program.logits =
                builder_.declare("logits", builder_.program.shape(last_.value), Role::activation);
            builder_.emit(std::move(mean));
        }
        finish();
        if (options_.explain)
            explain();
        else if (options_.phase == Phase::train)
            backward();
        choose_kept();
        remove_dead_ops(builder_.program);
        drop_unread_gradients(builder_.program);
        pool_before_activation(builder_.program);
        const auto& ops = builder_.program.ops;
        if (std::any_of(ops.begin(), ops.end(),
                        [](const Op& op) { return std::holds_alternative<ops::BatchNormStatistics>(op); }))
            builder_.program.local_statistics = experiment_.train.local_statistics;
        return {std::move(builder_.program),
                std::move(builder_.persistents),
                std::move(infos_),
                d_input_,
                map_,
                d_map_};
    }

  private:
    void load() {
        Program& p = builder_.program;
        const ImageShape in = options_.input;
        p.images = builder_.declare("input", {in.height, in.width, in.channels}, Role::activation);
        p.targets = builder_.declare("targets", {1}, Role::target, DType::i32);
        const auto channels = static_cast<size_t>(in.channels);
        ops::LoadBatch op{p.images, p.targets, {}, options_.mean, options_.stddev, stream_of("augment")};
        if (op.mean.empty()) op.mean.assign(channels, 0);
        if (op.stddev.empty()) op.stddev.assign(channels, 1);
        if (options_.phase == Phase::train) op.augment = experiment_.augment;
        p.float_images = op.floats = options_.begin > 0 || options_.floats;
        if (op.floats) op.augment = {};
        builder_.emit(std::move(op));
        network_input_ = p.images;
        const Pair size = options_.size;
        if (size == Pair(0) || size == Pair(in.height, in.width)) return;
        network_input_ =
            builder_.declare("input.resized", {size.height, size.width, in.channels}, Role::activation);
        builder_.emit(ops::Resize{p.images, network_input_});
    }

    /// A copy of the images that goes through the network, and its weight in the mean of the logits.
    struct View {
        int move = 0;  ///< pixels down and to the right
        bool flip = false;
        float weight = 1;
    };

    static std::vector<View> views_of(EvalViews kind) {
        if (kind == EvalViews::none) return {View{}};
        if (kind == EvalViews::mirror) return {{0, false, 0.5F}, {0, true, 0.5F}};
        return {{0, false, 0.25F},  {0, true, 0.25F},   {-1, false, 0.125F},
                {-1, true, 0.125F}, {1, false, 0.125F}, {1, true, 0.125F}};
    }

    /// All layers on one view. The first view's values are what others find by their names.
    void network(const View& view) {
        ValueId input = network_input_;
        builder_.layer = -1;
        if (view.move != 0 || view.flip) {
            input = builder_.declare("input.view", builder_.program.shape(input), Role::activation);
            builder_.emit(ops::Shift{network_input_, input, view.move, view.move, view.flip});
        }
        const bool first = infos_.empty();
        const auto outputs = std::move(outputs_);
        outputs_.clear();
        counts_.clear();
        builder_.input = input;
        last_ = outputs_["input"] = {input, {}};
        if (last_resize_ < options_.begin) want_gradient(input);
        for (int i = 0; i < static_cast<int>(experiment_.model.layers.size()); ++i)
            i < options_.begin ? skip(i) : forward(i);
        if (first) return;
        outputs_ = outputs;
        infos_.resize(experiment_.model.layers.size());
    }

    /// The default name counts layers of one type: conv2d_1, conv2d_2, …
    std::string name_of(const LayerSpec& spec) {
        const std::string type(spec.type());
        const int number = ++counts_[type];
        return spec.name.empty() ? type + "_" + std::to_string(number) : spec.name;
    }

    /// What a layer offers to those after it.
    struct Output {
        ValueId value;
        ValueId source;  ///< of a flatten: the map that it flattens, for layers that read rows of numbers
    };

    std::vector<Output> inputs_of(const LayerSpec& spec, const std::string& place) const {
        if (spec.from.empty()) return {last_};
        std::vector<Output> inputs;
        for (size_t i = 0; i < spec.from.size(); ++i) {
            const auto found = outputs_.find(spec.from[i]);
            if (found == outputs_.end()) {
                std::vector<std::string> names;
                for (const auto& [name, unused] : outputs_) names.push_back(name);
                throw Error(ErrorCode::unknown_name, place + ".from[" + std::to_string(i) + "]",
                            say("model.no_layer_before", spec.from[i]), suggest(spec.from[i], names));
            }
            inputs.push_back(found->second);
        }
        return inputs;
    }

    /// A layer before the first one: its name counts, and the last one's output is the images.
    void skip(int index) {
        const LayerSpec& spec = experiment_.model.layers[static_cast<size_t>(index)];
        const std::string name = name_of(spec);
        if (index + 1 == options_.begin) outputs_[name] = last_;
        infos_.push_back({name, std::string(spec.type())});
    }

    void forward(int index) {
        const LayerSpec& spec = experiment_.model.layers[static_cast<size_t>(index)];
        const std::string place =
            "model.layers[" + std::to_string(index) + "] (" + std::string(spec.type()) + ")";
        const std::string name = name_of(spec);
        if (outputs_.contains(name))
            throw Error(ErrorCode::unknown_name, place + ".name", say("model.name_taken", name),
                        say("model.own_names"));
        const auto given = inputs_of(spec, place);
        const ValueId first = given[0].value;
        const bool rows = std::visit(
            [](const auto& layer) {
                return requires { layer.reads_rows; };
            },
            spec.kind);
        std::vector<ValueId> inputs;
        for (const Output& input : given) inputs.push_back(rows && input.source ? input.source : input.value);
        builder_.layer = index;
        const size_t persistents = builder_.persistents.size(), ops = builder_.program.ops.size();
        LayerEmitter emitter(builder_, name, place, inputs, spec.trainable);
        const ValueId y = std::visit([&](const auto& layer) { return layer.forward(emitter); }, spec.kind);
        emitter.set_output(y);
        LayerInfo info{name,
                       std::string(spec.type()),
                       spec.from,
                       builder_.program.shape(first),
                       builder_.program.shape(y),
                       y};
        info.output_bytes = info.output.count() * static_cast<int64_t>(sizeof(float));
        for (size_t i = persistents; i < builder_.persistents.size(); ++i)
            if (builder_.persistents[i].parameter) info.parameters += builder_.persistents[i].shape.count();
        for (size_t i = ops; i < builder_.program.ops.size(); ++i)
            info.multiply_adds += multiply_adds(builder_.program.ops[i], builder_.program);
        bool learns = spec.trainable && info.parameters > 0;
        for (const ValueId input : inputs) learns = learns || builder_.learns(input);
        if (learns) builder_.set_learns(y);
        if (index == last_resize_) want_gradient(y);
        last_ = {y, {}};
        if (builder_.program.ops.size() > ops)
            if (const auto* reshape = std::get_if<ops::Reshape>(&builder_.program.ops.back()))
                last_.source = given[0].source ? given[0].source : reshape->x;
        outputs_[name] = last_;
        emitters_.push_back(std::move(emitter));
        infos_.push_back(std::move(info));
    }

    /// The images as the layers see them that have gradients: those before, such as resize, have none.
    void want_gradient(ValueId images) {
        if (!options_.explain) return;
        explained_ = images;
        builder_.set_learns(images);
    }

    void finish() {
        Program& p = builder_.program;
        const ImageShape out(p.shape(p.logits));
        const std::string place =
            "model.layers[" + std::to_string(infos_.size() - 1) + "] (" + infos_.back().type + ")";
        if (out.positions() != 1)
            throw Error(ErrorCode::shape_mismatch, place, say("model.ends_in_map", p.shape(p.logits).str()),
                        say("model.end_flat"));
        const bool binary = options_.classes == 2 && out.channels == 1 &&
                            !std::holds_alternative<losses::CrossEntropy>(experiment_.loss);
        if (options_.classes > 0 && out.channels != options_.classes && !binary)
            throw Error(ErrorCode::shape_mismatch, place,
                        say("model.outputs", out.channels, options_.classes),
                        say("model.give_outputs", options_.classes));
        if (options_.explain) return begin_at_one_output();
        const ValueId dlogits =
            options_.phase == Phase::train
                ? builder_.declare("d_" + p.info(p.logits).name, p.shape(p.logits), Role::activation)
                : ValueId{};
        builder_.emit(std::visit([&](const auto& loss) { return loss.op(p.logits, p.targets, dlogits); },
                                 experiment_.loss));
        if (dlogits) builder_.contribute(p.logits, dlogits);
    }

    /// Gradients begin with 1 at the output that the target names, with 0 at the others: softmax(z) less the gradient
    /// of the cross-entropy, which is softmax(z) less one-hot(target).
    void begin_at_one_output() {
        Program& p = builder_.program;
        const Shape shape = p.shape(p.logits);
        const auto declare = [&](const char* name) {
            return builder_.declare(name, shape, Role::activation);
        };
        const ValueId probabilities = declare("explain.softmax"), loss = declare("explain.loss"),
                      one = declare("explain.one");
        builder_.emit(ops::Softmax{p.logits, probabilities});
        builder_.emit(ops::CrossEntropy{p.logits, p.targets, loss, 0, true});
        ops::WeightedSum begin;
        begin.parts = {probabilities, loss};
        begin.weights = {1, -1};
        begin.y = one;
        builder_.emit(std::move(begin));
        builder_.contribute(p.logits, one);
    }

    void explain() {
        propagate();
        d_input_ = builder_.gradient(explained_);
        if (options_.map.empty()) return;
        const auto found = outputs_.find(options_.map);
        if (found != outputs_.end()) {
            map_ = found->second.value;
            d_map_ = builder_.gradient(map_);
        }
        if (!d_map_)
            throw Error(ErrorCode::unsupported, options_.map, say_explain("explain.not_above"),
                        say_explain("explain.other_layer"));
    }

    void backward() {
        if (!builder_.learns(last_.value))
            throw Error(ErrorCode::out_of_range, "model.layers", say("model.nothing_learns"),
                        say("model.add_learning"));
        propagate();
        emit_updates(builder_, experiment_.optimizer);
    }

    /// The gradients of all layers, from the last to the first.
    void propagate() {
        for (size_t i = emitters_.size(); i-- > 0;) {
            LayerEmitter& emitter = emitters_[i];
            if (!builder_.learns(emitter.output()) || !emitter.grad_output()) continue;
            const size_t index = i + static_cast<size_t>(options_.begin);
            builder_.layer = static_cast<int>(index);
            std::visit([&](const auto& layer) { layer.backward(emitter); },
                       experiment_.model.layers[index].kind);
        }
        builder_.layer = -1;
    }

    void choose_kept() {
        Program& p = builder_.program;
        p.kept.push_back(p.logits);
        for (const ValueId id : {d_input_, map_, d_map_})
            if (id && std::find(p.kept.begin(), p.kept.end(), id) == p.kept.end()) p.kept.push_back(id);
        std::set<std::string> wanted(options_.keep.begin(), options_.keep.end());
        for (size_t i = 0; i < p.values.size(); ++i) {
            const ValueId id{static_cast<int32_t>(i)};
            const bool chosen = wanted.erase(p.values[i].name) > 0;
            if (id == p.logits || p.values[i].role == Role::persistent) continue;
            if (chosen || options_.keep_everything) p.kept.push_back(id);
        }
        for (const auto& [name, output] :
             outputs_)  // a layer whose output is another's value (dropout in evaluation)
            if (wanted.erase(name) > 0) p.kept.push_back(output.value);
        if (!wanted.empty())
            throw Error(ErrorCode::unknown_name, "keep", say("model.no_value", *wanted.begin()),
                        say("model.keep"));
    }

    const Experiment& experiment_;
    const CompileOptions& options_;
    ProgramBuilder builder_;
    std::map<std::string, int> counts_;
    std::map<std::string, Output> outputs_;
    std::vector<LayerEmitter> emitters_;
    std::vector<LayerInfo> infos_;
    Output last_;
    int last_resize_ = -1;  ///< the last layer that resizes images
    ValueId explained_, d_input_, map_, d_map_;
    ValueId network_input_;  ///< the images, resized if the options say so
};

}  // namespace

Compiled compile(const Experiment& experiment, const CompileOptions& options) {
    if (options.input.count() <= 0)
        throw Error(ErrorCode::shape_mismatch, "dataset", say("model.no_pixels"), say("model.some_pixels"));
    if (experiment.base && experiment.base->layers == 0)
        throw Error(ErrorCode::missing_data, "base.file", say_transfer("transfer.not_loaded"),
                    say_transfer("transfer.load_it"));
    return Compiler(experiment, options).run();
}

}  // namespace cnnlab
