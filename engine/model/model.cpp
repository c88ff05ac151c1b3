#include "engine/model/model.hpp"

#include <algorithm>
#include <cmath>

#include "engine/data/whitening.hpp"

namespace cnnlab {

namespace {

/// Rows of logits → rows of probabilities, in place.
void to_probabilities(HostTensor& logits, OutputKind kind) {
    const auto outputs = static_cast<size_t>(logits.shape()[1]);
    for (int64_t n = 0; n < logits.shape()[0]; ++n) {
        const auto row = logits.span().subspan(static_cast<size_t>(n) * outputs, outputs);
        if (kind == OutputKind::sigmoid) {
            for (float& v : row) v = 1.0F / (1.0F + std::exp(-v));
        } else if (kind == OutputKind::softmax) {
            const float highest = *std::max_element(row.begin(), row.end());
            float sum = 0;
            for (float& v : row) sum += v = std::exp(v - highest);
            for (float& v : row) v /= sum;
        }
    }
}

}  // namespace

OutputKind output_kind(const Experiment& experiment) {
    if (std::holds_alternative<losses::CrossEntropy>(experiment.loss)) return OutputKind::softmax;
    return std::holds_alternative<losses::BinaryCrossEntropy>(experiment.loss) ? OutputKind::sigmoid
                                                                               : OutputKind::identity;
}

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
        throw Error(ErrorCode::unknown_name, name, "is no tensor of this model", suggest(name, names));
    }
    const Shape& shape = persistents_[static_cast<size_t>(found->second)].shape;
    if (tensor.shape() != shape)
        throw Error(ErrorCode::shape_mismatch, name,
                    "is " + tensor.shape().str() + " but this model has " + shape.str(),
                    "use the weights of the same network");
    backend_->upload(found->second, tensor);
    missing_.erase(name);
}

HostTensor Model::get(const std::string& name) const {
    const auto found = index_.find(name);
    if (found == index_.end())
        throw Error(ErrorCode::unknown_name, name, "is no tensor of this model", "`describe` lists them");
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
                            bool keep_everything, Pair size) const {
    CompileOptions options;
    options.phase = phase;
    options.batch = batch;
    options.input = card_.image;
    options.size = size;
    options.classes = static_cast<int>(card_.classes.size());
    options.mean = card_.mean;
    options.stddev = card_.stddev;
    options.averaged = phase == Phase::evaluate && experiment_.optimizer.average_decay > 0;
    options.keep = keep;
    options.keep_everything = keep_everything;
    Compiled compiled = compile(experiment_, options);
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
                    throw Error(ErrorCode::unknown_name, value.name, "is no tensor of this model",
                                "report this as a bug");
                const Shape& shape = persistents_[static_cast<size_t>(found->second)].shape;
                if (value.shape != shape)
                    throw Error(
                        ErrorCode::shape_mismatch, "train.resolutions",
                        "the size " + std::to_string(size.height) + "×" + std::to_string(size.width) +
                            " makes " + value.name + " " + value.shape.str() + ", not " + shape.str(),
                        "end the network with global_avg_pool or global_max_pool before dense layers");
                value.persistent = found->second;
            }
    return compiled;
}

Model::Prepared& Model::evaluator(int batch) {
    if (!missing_.empty())
        throw Error(ErrorCode::missing_data, *missing_.begin(),
                    "starts from the data set's training images, and this model has seen none",
                    "train the experiment, or load the weights of a run");
    auto& prepared = evaluators_[batch];
    if (!prepared.executable) {
        prepared.program = compile_for(Phase::evaluate, batch).program;
        prepared.executable = backend_->prepare(prepared.program);
    }
    return prepared;
}

HostTensor Model::logits(SplitName split, int64_t count, double& loss_sum) {
    const int batch = static_cast<int>(std::min<int64_t>(count, experiment_.train.eval_batch));
    Prepared& prepared = evaluator(batch);
    const int64_t outputs = prepared.program.shape(prepared.program.logits).count();
    HostTensor all({count, outputs});
    for (int64_t cursor = 0; cursor < count; cursor += batch) {
        RunInput input{split, cursor, static_cast<int>(std::min<int64_t>(batch, count - cursor))};
        loss_sum += backend_->run(*prepared.executable, input).loss_sum;
        const HostTensor part = backend_->download(*prepared.executable, prepared.program.logits);
        std::copy_n(part.data(), input.count * outputs, all.data() + cursor * outputs);
    }
    return all;
}

Evaluation Model::evaluate(SplitName split, std::span<const int32_t> labels) {
    const auto count = static_cast<int64_t>(labels.size());
    double loss_sum = 0;
    const HostTensor all = logits(split, count, loss_sum);
    Scorer scorer(static_cast<int>(card_.classes.size()));
    scorer.add(all.span(), static_cast<int>(all.shape()[1]), labels,
               output_kind(experiment_) == OutputKind::identity ? 0.5F : 0.0F);
    return scorer.result(loss_sum);
}

HostTensor Model::predict(const Split& images) {
    backend_->upload_split(SplitName::input, card_.image, images);
    double ignored = 0;
    HostTensor all = logits(SplitName::input, images.count(), ignored);
    to_probabilities(all, output_kind(experiment_));
    return all;
}

}  // namespace cnnlab
