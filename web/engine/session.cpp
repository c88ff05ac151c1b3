#include "web/engine/session.hpp"

#include <algorithm>

#include "engine/data/card.hpp"
#include "engine/data/lines.hpp"
#include "web/engine/page_card.hpp"
#include "web/engine/threads.hpp"

namespace cnnlab::web {

namespace {

using Clock = std::chrono::steady_clock;

Json shape_json(const Shape& shape) { return Json(std::vector<int64_t>(shape.begin(), shape.end())); }

LinesSpec lines_spec(const DataSpec& spec) {
    LinesSpec lines;
    read_fields(spec.options, lines, "dataset");
    return lines;
}

std::string_view output_name(OutputKind kind) {
    return kind == OutputKind::softmax ? "softmax" : kind == OutputKind::sigmoid ? "sigmoid" : "identity";
}

bool is_update(const Op& op) {
    return std::holds_alternative<ops::SgdUpdate>(op) || std::holds_alternative<ops::AdamUpdate>(op) ||
           std::holds_alternative<ops::RmsPropUpdate>(op) || std::holds_alternative<ops::AverageUpdate>(op) ||
           std::holds_alternative<ops::GradientNorm>(op);
}

/// Takes out of a training Program what changes weights or is random, so that it only looks.
void make_harmless(Program& program) {
    size_t kept = 0;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        if (is_update(program.ops[i])) continue;
        if (kept != i) program.ops[kept] = std::move(program.ops[i]);
        program.layer_of_op[kept++] = program.layer_of_op[i];
    }
    program.ops.resize(kept);
    program.layer_of_op.resize(kept);
    for (Op& op : program.ops) {
        if (auto* load = std::get_if<ops::LoadBatch>(&op)) load->augment = {};
        if (auto* dropout = std::get_if<ops::Dropout>(&op)) dropout->p = 0;
    }
}

/// The images as an experiment wants them; the same ones where it wants nothing of them.
std::shared_ptr<const Images> as_specified(const DataSpec& spec, std::shared_ptr<const Images> images) {
    const auto cuts = [](int limit, const Split& split) { return limit > 0 && limit < split.count(); };
    if (!cuts(spec.train_limit, images->training.train) && !cuts(spec.test_limit, images->test) &&
        !spec.permute_pixels && spec.mean.empty() && spec.stddev.empty())
        return images;
    Dataset own = images->training;
    own.test = images->test;
    apply_data_spec(spec, own);
    auto changed = std::make_shared<Images>();
    changed->test = std::move(own.test);
    own.test = {};
    changed->training = std::move(own);
    changed->origin = images->origin;
    return changed;
}

std::shared_ptr<const Split> test_of(const std::shared_ptr<const Images>& images) {
    return {images, &images->test};
}

}  // namespace

Json describe(const Experiment& experiment, const DatasetCard& card) {
    CompileOptions options;
    options.phase = Phase::train;
    options.batch = 1;
    options.input = card.image;
    options.classes = static_cast<int>(card.classes.size());
    options.mean = card.mean;
    options.stddev = card.stddev;
    const Compiled compiled = compile(experiment, options);
    Json layers = Json::array(), tensors = Json::array();
    int64_t parameters = 0, multiply_adds = 0;
    for (const LayerInfo& layer : compiled.layers) {
        layers.push_back({{"name", layer.name},
                          {"type", layer.type},
                          {"from", layer.from},
                          {"input", shape_json(layer.input)},
                          {"output", shape_json(layer.output)},
                          {"parameters", layer.parameters},
                          {"multiplyAdds", layer.multiply_adds}});
        parameters += layer.parameters;
        multiply_adds += layer.multiply_adds;
    }
    for (const PersistentSpec& spec : compiled.persistents)
        tensors.push_back(
            {{"name", spec.name}, {"shape", shape_json(spec.shape)}, {"parameter", spec.parameter}});
    return {{"experiment", experiment.to_json()},
            {"layers", layers},
            {"tensors", tensors},
            {"parameters", parameters},
            {"multiplyAdds", multiply_adds},
            {"output", output_name(output_kind(experiment))}};
}

DatasetCard card_of(const DataSpec& spec) {
    Dataset empty;
    empty.card = find_card(spec.name);
    if (empty.card.format == "lines") empty.card = make_lines(lines_spec(spec)).card;
    apply_data_spec(spec, empty);
    return empty.card;
}

std::shared_ptr<const Images> lines_images(const DataSpec& spec) {
    Dataset lines = make_lines(lines_spec(spec));
    auto images = std::make_shared<Images>();
    images->test = std::move(lines.test);
    images->origin = lines.origin;
    images->training = {std::move(lines.card), std::move(lines.train), {}, "generated"};
    return images;
}

// ---- session ---------------------------------------------------------------------------------------

LabSession::LabSession(Experiment experiment, std::shared_ptr<const Images> images)
    : experiment_(std::move(experiment)), images_(std::move(images)) {
    images_ = as_specified(experiment_.dataset, std::move(images_));
    test_ = test_of(images_);
    evaluated_ = test_->count();
    make_trainer();
}

void LabSession::set_test(std::shared_ptr<const Images> images) {
    const auto found = test_of(as_specified(experiment_.dataset, std::move(images)));
    check_split(*found, model().card(), "test images");
    test_ = found;
}

void LabSession::make_trainer() {
    epoch_evaluation_.reset();
    asked_.reset();
    epoch_end_.reset();
    trainer_.reset();
    backend_ = make_backend();
    trainer_ = std::make_unique<Trainer>(experiment_, images_->training, *backend_);
    trainer_->set_learning_rate_scale(learning_rate_scale_);
    trainer_->add_observer(*this);
}

Json LabSession::info() {
    const Trainer& t = *trainer_;
    int64_t flops = 0;
    for (const Op& op : t.program().ops) flops += 2 * multiply_adds(op, t.program());
    const DatasetCard& card = model().card();
    return {{"description", describe(experiment_, card)},
            {"card", card_for_page(card)},
            {"trainCount", images_->training.train.count()},
            {"testCount", test_->count()},
            {"stepsPerEpoch", t.steps_per_epoch()},
            {"totalSteps", t.total_steps()},
            {"step", t.steps_done()},
            {"flopsPerImage", flops}};
}

Progress LabSession::run(int64_t steps, std::chrono::milliseconds budget) {
    const auto stop = Clock::now() + budget;
    progress_ = {};
    const auto left = [&] {
        return std::max(std::chrono::milliseconds(1),
                        std::chrono::duration_cast<std::chrono::milliseconds>(stop - Clock::now()));
    };
    while (true) {
        if (epoch_evaluation_) {
            const bool complete = epoch_evaluation_->run_for(left());
            progress_.events.push_back({{"type", "evaluating"},
                                        {"asked", false},
                                        {"done", epoch_evaluation_->done()},
                                        {"count", epoch_evaluation_->count()}});
            if (complete) finish_evaluation();
        } else if (trainer_->finished()) {
            progress_.more = trainer_->step();  // says train_end, once
        } else if (steps > 0 || trainer_->under_way()) {
            if (!trainer_->under_way()) {
                --steps;
                ++progress_.begun;
            }
            progress_.more = trainer_->step_part(left()) != Trainer::Part::nothing;
            if (epoch_end_) {
                if (evaluated_ > 0)
                    epoch_evaluation_.emplace(model(), test_, evaluated_);
                else
                    finish_evaluation();
            }
        }
        if (!progress_.more || Clock::now() >= stop) break;
        if (steps <= 0 && !trainer_->under_way() && !epoch_evaluation_ && !trainer_->finished()) break;
    }
    return std::move(progress_);
}

void LabSession::finish_evaluation() {
    EpochEnd& end = *epoch_end_;
    Json json{{"type", "epoch_end"},
              {"epoch", end.epoch},
              {"step", trainer_->steps_done()},
              {"trainLoss", end.train_loss},
              {"trainAccuracy", end.train_accuracy},
              {"testLoss", nullptr},
              {"testAccuracy", nullptr}};
    if (epoch_evaluation_) {
        const Evaluation evaluation = epoch_evaluation_->result();
        json["testLoss"] = evaluation.loss;
        json["testAccuracy"] = evaluation.accuracy;
        progress_.events.push_back({{"type", "eval_end"},
                                    {"epoch", end.epoch},
                                    {"step", trainer_->steps_done()},
                                    {"evaluation", evaluation_json(evaluation)}});
    }
    progress_.events.push_back(std::move(json));
    epoch_evaluation_.reset();
    epoch_end_.reset();
}

void LabSession::on_event(const TrainEvent& event) {
    std::visit(
        [&](const auto& e) {
            using E = std::decay_t<decltype(e)>;
            if constexpr (std::is_same_v<E, BatchEnd>) {
                progress_.batches.insert(progress_.batches.end(),
                                         {static_cast<double>(e.step), static_cast<double>(e.epoch), e.loss,
                                          e.accuracy, e.learning_rate, e.gradient_norm});
            } else if constexpr (std::is_same_v<E, EpochEnd>) {
                epoch_end_ = e;
            } else if constexpr (std::is_same_v<E, TrainBegin>) {
                progress_.events.push_back({{"type", e.name},
                                            {"step", e.step},
                                            {"totalSteps", e.total_steps},
                                            {"stepsPerEpoch", e.steps_per_epoch},
                                            {"epochs", e.epochs}});
            } else if constexpr (std::is_same_v<E, EpochBegin>) {
                progress_.events.push_back({{"type", e.name}, {"epoch", e.epoch}});
            } else if constexpr (std::is_same_v<E, TrainEnd>) {
                progress_.events.push_back({{"type", e.name}, {"step", e.step}});
            }
        },
        event);
}

void LabSession::begin_evaluation(SplitName split, int64_t count) {
    const std::shared_ptr<const Split> training(images_, &images_->training.train);
    asked_.emplace(model(), split == SplitName::train ? training : test_, count);
}

SlicedEvaluation& LabSession::evaluation() {
    if (!asked_) throw Error(ErrorCode::unsupported, "evaluate", "no evaluation is under way", "begin one");
    return *asked_;
}

Tap LabSession::run_tap(Compiled& compiled, const Split& images) {
    backend_->upload_split(SplitName::input, model().card().image, images);
    const auto executable = backend_->prepare(compiled.program);
    RunInput input{SplitName::input, 0, static_cast<int>(images.count())};
    input.seed = static_cast<uint64_t>(experiment_.train.seed);
    input.step = static_cast<uint32_t>(trainer_->steps_done());
    backend_->run(*executable, input);
    Tap tap;
    for (const ValueId id : compiled.program.kept) {
        const ValueInfo& info = compiled.program.info(id);
        if (info.dtype != DType::f32) continue;
        if (info.role == Role::activation || info.role == Role::gradient)
            tap.activations.emplace_back(info.name, backend_->download(*executable, id));
    }
    return tap;
}

Tap LabSession::tap(const Split& images, const std::vector<std::string>& layers, bool gradients) {
    check_split(images, model().card(), "tap");
    const int count = static_cast<int>(images.count());
    if (count < 1) throw Error(ErrorCode::missing_data, "tap", "was given no images", "choose at least one");
    std::vector<std::string> names = layers;
    if (names.empty())
        for (const LayerInfo& layer : model().layers()) names.push_back(layer.name);

    Tap result;
    result.probabilities = model().predict(images);
    Compiled looking = model().compile_for(Phase::evaluate, count, names);
    Tap seen = run_tap(looking, images);
    for (const std::string& name : names) {
        // A layer that does nothing in evaluation (dropout) shows the value that it passes on.
        std::string value = name;
        for (const LayerInfo& layer : looking.layers)
            if (layer.name == name) value = looking.program.info(layer.value).name;
        for (const auto& [found, tensor] : seen.activations)
            if (found == value) {
                result.activations.emplace_back(name, tensor);
                break;
            }
    }
    if (!gradients) return result;

    Compiled backward = model().compile_for(Phase::train, count, {}, true);
    make_harmless(backward.program);
    // Batch norm still moves its running statistics: put them back.
    std::vector<std::pair<std::string, HostTensor>> statistics;
    for (const Op& op : backward.program.ops)
        for (const ValueId id : operands_of(op).writes)
            if (backward.program.info(id).role == Role::persistent)
                statistics.emplace_back(backward.program.info(id).name,
                                        model().get(backward.program.info(id).name));
    Tap felt = run_tap(backward, images);
    for (const auto& [name, tensor] : statistics) model().set(name, tensor);
    // A value with several readers has a gradient for each, and their sum comes last.
    const auto take = [&](const std::string& name, const std::string& value) {
        for (size_t i = felt.activations.size(); i-- > 0;)
            if (felt.activations[i].first == "d_" + value) {
                result.gradients.emplace_back(name, std::move(felt.activations[i].second));
                return;
            }
    };
    for (const LayerInfo& layer : backward.layers)
        if (std::find(names.begin(), names.end(), layer.name) != names.end())
            take(layer.name, backward.program.info(layer.value).name);
    for (const PersistentSpec& spec : model().persistents())
        if (spec.parameter) take(spec.name, spec.name);
    return result;
}

void LabSession::set_learning_rate_scale(float scale) {
    learning_rate_scale_ = scale;
    trainer_->set_learning_rate_scale(scale);
}

void LabSession::restore(std::span<const uint8_t> checkpoint) {
    trainer_->restore(checkpoint);
    epoch_evaluation_.reset();
    epoch_end_.reset();
}

void LabSession::reset() { make_trainer(); }

}  // namespace cnnlab::web
