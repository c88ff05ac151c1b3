#include "web/bindings/tap.hpp"

#include <algorithm>

#include "engine/ops/dataflow.hpp"
#include "web/bindings/messages.hpp"

namespace cnnlab::web {

namespace {

/// Whether an op belongs to the end of a step: it has nothing to do with single images.
bool is_update(const Op& op, const Program& program) {
    const Operands operands = operands_of(op);
    const auto whole = [&](ValueId id) { return !program.info(id).per_image(); };
    return std::all_of(operands.reads.begin(), operands.reads.end(), whole) &&
           std::all_of(operands.writes.begin(), operands.writes.end(), whole);
}

/// Takes out of a training Program what changes weights or is random, so that it only looks.
void make_harmless(Program& program) {
    keep_ops(program, [&](size_t op) { return !is_update(program.ops[op], program); });
    for (Op& op : program.ops) {
        if (auto* load = std::get_if<ops::LoadBatch>(&op)) load->augment = {};
        if (auto* dropout = std::get_if<ops::Dropout>(&op)) dropout->p = 0;
    }
}

}  // namespace

AnswerProgram::AnswerProgram(Model& model, int count, std::vector<std::string> kept_layers)
    : images(count), layers(std::move(kept_layers)) {
    if (images < 1) throw Error(ErrorCode::missing_data, "tap", say("tap.no_images"), say("tap.choose"));
    compiled = model.compile_for(Phase::evaluate, images, layers);
    executable = model.backend().prepare(compiled.program);
}

SlicedTap::SlicedTap(Model& model, std::shared_ptr<AnswerProgram> answers, Split images, bool gradients,
                     uint32_t step)
    : model_(&model),
      answers_(std::move(answers)),
      images_(std::move(images)),
      with_gradients_(gradients),
      step_(step) {
    check_split(images_, model.card(), "tap");
}

SlicedTap::~SlicedTap() { restore_statistics(); }

bool SlicedTap::run_part(Executable& executable, std::chrono::milliseconds budget) {
    Backend& backend = model_->backend();
    backend.upload_split(SplitName::input, model_->card().image, images_);
    RunInput input{SplitName::input, 0, static_cast<int>(images_.count())};
    input.seed = static_cast<uint64_t>(model_->experiment().train.seed);
    input.step = step_;
    return backend.run_part(executable, input, budget).has_value();
}

bool SlicedTap::run_for(std::chrono::milliseconds budget) {
    switch (stage_) {
        case Stage::look:
            if (!run_part(*answers_->executable, budget)) break;
            stage_ = Stage::read_answers;
            if (!answers_->layers.empty()) break;
            [[fallthrough]];  // the probabilities alone are read in no time
        case Stage::read_answers:
            read_answers();
            stage_ = with_gradients_ ? Stage::prepare_gradients : Stage::complete;
            break;
        case Stage::prepare_gradients:
            prepare_gradients();
            stage_ = Stage::feel;
            break;
        case Stage::feel:
            if (run_part(*training_executable_, budget)) stage_ = Stage::read_gradients;
            break;
        case Stage::read_gradients:
            restore_statistics();
            read_gradients();
            stage_ = Stage::complete;
            break;
        case Stage::complete:
            break;
    }
    return stage_ == Stage::complete;
}

void SlicedTap::read_answers() {
    Backend& backend = model_->backend();
    const Program& program = answers_->compiled.program;
    probabilities_ = backend.download(*answers_->executable, program.logits);
    to_probabilities(probabilities_, output_kind(model_->experiment()));
    for (const std::string& name : answers_->layers) {
        // A layer that does nothing in evaluation (dropout) shows the value that it passes on.
        std::string value = name;
        for (const LayerInfo& layer : answers_->compiled.layers)
            if (layer.name == name) value = program.info(layer.value).name;
        for (const ValueId id : program.kept) {
            const ValueInfo& info = program.info(id);
            if (info.name != value || info.dtype != DType::f32) continue;
            activations_.emplace_back(name, backend.download(*answers_->executable, id));
            break;
        }
    }
}

void SlicedTap::prepare_gradients() {
    training_ = model_->compile_for(Phase::train, static_cast<int>(images_.count()), {}, true);
    make_harmless(training_.program);
    // Batch norm still moves its running statistics: they are put back.
    for (const Op& op : training_.program.ops)
        for (const ValueId id : operands_of(op).writes)
            if (const ValueInfo& info = training_.program.info(id); info.role == Role::persistent)
                statistics_.emplace_back(info.name, model_->get(info.name));
    training_executable_ = model_->backend().prepare(training_.program);
}

void SlicedTap::read_gradients() {
    const Program& program = training_.program;
    const auto take = [&](const std::string& name, const std::string& value) {
        // A value with several readers has a gradient for each, and their sum comes last.
        for (size_t i = program.kept.size(); i-- > 0;) {
            const ValueInfo& info = program.info(program.kept[i]);
            if (info.name != "d_" + value || info.dtype != DType::f32 ||
                (info.role != Role::activation && info.role != Role::gradient))
                continue;
            gradients_.emplace_back(name, model_->backend().download(*training_executable_, program.kept[i]));
            return;
        }
    };
    const auto& asked = answers_->layers;
    for (const LayerInfo& layer : training_.layers)
        if (std::find(asked.begin(), asked.end(), layer.name) != asked.end())
            take(layer.name, program.info(layer.value).name);
    for (const PersistentSpec& spec : model_->persistents())
        if (spec.parameter) take(spec.name, spec.name);
}

void SlicedTap::restore_statistics() {
    for (const auto& [name, tensor] : statistics_) model_->set(name, tensor);
    statistics_.clear();
}

}  // namespace cnnlab::web
