#include "engine/model/model.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"
#include "engine/data/whitening.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

Model::Model(Experiment experiment, DatasetCard card, Backend& backend, const Split* images)
    : experiment_(std::move(experiment)), card_(std::move(card)), backend_(&backend) {
    // the training Program declares every persistent tensor there is
    Compiled compiled = compile_for(Phase::train, experiment_.train.batch);
    persistents_ = std::move(compiled.persistents);
    layers_ = std::move(compiled.layers);
    std::vector<PersistentInfo> infos;
    for (const auto& spec : persistents_) {
        index_[spec.name] = static_cast<int>(infos.size());
        infos.push_back({spec.name, spec.shape});
    }
    backend_->allocate(infos);
    initialise(static_cast<uint64_t>(experiment_.train.seed), images);
}

int64_t Model::parameter_count() const {
    int64_t count = 0;
    for (const auto& spec : persistents_) count += spec.parameter ? spec.shape.count() : 0;
    return count;
}

void Model::initialise(uint64_t seed, const Split* images) {
    for (const auto& spec : persistents_) {
        if (!spec.copy_of.empty()) continue;
        const bool from_images = spec.init.type == InitKind::whitening;
        set(spec.name, from_images && images != nullptr
                           ? whitening_filters(spec.shape, spec.init, card_, *images)
                           : initial_values(spec.name, spec.shape, spec.init, spec.fan, seed));
        if (from_images && images == nullptr) missing_.insert(spec.name);
    }
    for (const auto& spec : persistents_) {
        if (spec.copy_of.empty()) continue;
        set(spec.name, get(spec.copy_of));
        if (missing_.contains(spec.copy_of)) missing_.insert(spec.name);
    }
}

void Model::set(const std::string& name, const HostTensor& tensor) {
    const auto found = index_.find(name);
    if (found == index_.end()) {
        std::vector<std::string> names;
        for (const auto& [known, unused] : index_) names.push_back(known);
        throw Error(ErrorCode::unknown_name, name, say("model.no_tensor"), suggest(name, names));
    }
    const Shape& shape = persistents_[static_cast<size_t>(found->second)].shape;
    if (tensor.shape() != shape)
        throw Error(ErrorCode::shape_mismatch, name,
                    say("model.tensor_shape", tensor.shape().str(), shape.str()), say("model.same_network"));
    backend_->upload(found->second, tensor);
    missing_.erase(name);
}

HostTensor Model::get(const std::string& name) const {
    const auto found = index_.find(name);
    if (found == index_.end())
        throw Error(ErrorCode::unknown_name, name, say("model.no_tensor"), say("model.describe"));
    return backend_->download(found->second);
}

Model::Tensors Model::tensors() const {
    Tensors all;
    for (const auto& spec : persistents_) all[spec.name] = get(spec.name);
    return all;
}

Model::Tensors Model::weights() const {
    Compiled evaluation = compile_for(Phase::evaluate, 1);
    Tensors found;
    for (const auto& spec : evaluation.persistents) {
        const std::string average = spec.name + ".average";
        if (!spec.copy_of.empty()) continue;
        found[spec.name] = get(index_.contains(average) ? average : spec.name);
    }
    return found;
}

Compiled Model::compile_for(Phase phase, int batch, const std::vector<std::string>& keep,
                            bool keep_everything, Pair size, int begin) const {
    CompileOptions options = compile_options(card_);
    options.phase = phase;
    options.batch = batch;
    options.begin = begin;
    options.size = size;
    if (begin > 0) {  // the output of the layer before, as it is
        options.input = ImageShape(layers_[static_cast<size_t>(begin) - 1].output);
        options.mean.clear();
        options.stddev.clear();
    }
    options.averaged = phase == Phase::evaluate && experiment_.optimizer.average_decay > 0;
    options.keep = keep;
    options.keep_everything = keep_everything;
    return compile_part(experiment_, options);
}

Compiled Model::compile_part(const Experiment& experiment, const CompileOptions& options) const {
    const Pair size = options.size;
    Compiled compiled = compile(experiment, options);
    if (!persistents_.empty())
        for (auto& value : compiled.program.values)
            if (value.role == Role::persistent) {
                auto found = index_.find(value.name);
                // parameters that do not learn have no average: they stand for themselves
                constexpr std::string_view average = ".average";
                if (found == index_.end() && value.name.ends_with(average))
                    found = index_.find(value.name.substr(0, value.name.size() - average.size()));
                // a tensor that the training Program does not have cannot be on the backend
                if (found == index_.end())
                    throw Error(ErrorCode::unknown_name, value.name, say("model.no_tensor"),
                                say("report_bug"));
                const Shape& shape = persistents_[static_cast<size_t>(found->second)].shape;
                if (value.shape != shape)
                    throw Error(ErrorCode::shape_mismatch, "train.resolutions",
                                say("model.size_matters", Shape{size.height, size.width}.str(), value.name,
                                    value.shape.str(), shape.str()),
                                say("model.end_global"));
                value.persistent = found->second;
            }
    return compiled;
}

std::shared_ptr<Executable> Model::prepare_evaluation(int64_t count, int largest_batch, int begin) {
    if (!missing_.empty())
        throw Error(ErrorCode::missing_data, *missing_.begin(), say("model.seen_none"),
                    say("model.train_or_load"));
    int64_t batch = std::min<int64_t>(std::max<int64_t>(count, 1), experiment_.train.eval_batch);
    if (largest_batch > 0) batch = std::min<int64_t>(batch, largest_batch);
    auto& known = evaluations_[{begin, static_cast<int>(batch)}];
    if (known == nullptr || known.use_count() > 1)
        known = backend_->prepare(
            compile_for(Phase::evaluate, static_cast<int>(batch), {}, false, {0}, begin).program);
    return known;
}

std::unique_ptr<Evaluator> Model::make_evaluator(Evaluator::Images images, int largest_batch, int begin) {
    auto executable = prepare_evaluation(static_cast<int64_t>(images.labels.size()), largest_batch, begin);
    return std::make_unique<Evaluator>(*backend_, std::move(executable), std::move(images),
                                       static_cast<int>(card_.classes.size()), output_kind(experiment_));
}

std::unique_ptr<Evaluator> Model::evaluator(SplitName split, std::span<const int32_t> labels,
                                            int largest_batch, int begin) {
    return make_evaluator({.split = split, .labels = labels}, largest_batch, begin);
}

std::unique_ptr<Evaluator> Model::evaluator(std::shared_ptr<const Split> images, int64_t count,
                                            int largest_batch) {
    const auto wanted = static_cast<size_t>(std::min(count, images->count()));
    const std::span<const int32_t> labels(images->labels);
    return make_evaluator({.split = SplitName::input,
                           .labels = labels.first(wanted),
                           .upload = std::move(images),
                           .shape = card_.image},
                          largest_batch);
}

Evaluation Model::evaluate(SplitName split, std::span<const int32_t> labels) {
    const auto evaluation = evaluator(split, labels);
    evaluation->run();
    return evaluation->result();
}

HostTensor Model::predict(const Split& images) {
    backend_->upload_split(SplitName::input, card_.image, images);
    const std::vector<int32_t> any(images.labels.size());
    const auto evaluation = evaluator(SplitName::input, any);
    evaluation->run();
    return evaluation->probabilities();
}

}  // namespace cnnlab
