#include "engine/train/trainer.hpp"

#include <cmath>
#include <utility>

#include "engine/core/messages.hpp"
#include "engine/core/transfer_messages.hpp"
#include "engine/data/sampler.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/model_file.hpp"

namespace cnnlab {

namespace {

constexpr auto checkpoint_format = "cnnlab-checkpoint-1";

/// Takes the learning rates out of an optimizer: its own, its groups' and that of its "other".
void erase_rates(Json& optimizer) {
    if (optimizer.is_object())
        for (const char* key : {"lr", "lr_scale"}) optimizer.erase(key);
    if (optimizer.is_structured())
        for (Json& part : optimizer) erase_rates(part);
}

/// What two experiments must share for a checkpoint of one to continue the other: everything but its name, how long it
/// trains and how fast it learns.
Json identity(const Json& experiment) {
    Json json = experiment;
    if (!json.is_object()) return json;  // a damaged file's, which equals no other
    for (const char* key : {"name", "title", "schedule"}) json.erase(key);
    if (json.contains("optimizer")) erase_rates(json["optimizer"]);
    if (json.contains("train") && json["train"].is_object())
        for (const char* key : {"epochs", "eval_batch", "eval_views"}) json["train"].erase(key);
    return json;
}

}  // namespace

Trainer::Trainer(Experiment experiment, const Dataset& dataset, Backend& backend)
    : dataset_(&dataset), model_(std::move(experiment), dataset.card, backend, &dataset.train) {
    const TrainSpec& train = model_.experiment().train;
    if (dataset.train.count() == 0)
        throw Error(ErrorCode::missing_data, "dataset", say("train.no_images"), say("train.give_one"));
    steps_per_epoch_ = (dataset.train.count() + (train.drop_last ? 0 : train.batch - 1)) / train.batch;
    if (steps_per_epoch_ == 0)
        throw Error(ErrorCode::out_of_range, "train.batch",
                    say("train.batch_large", train.batch, dataset.train.count()), say("train.smaller_batch"));
    // the nudge takes back what the fraction's rounding may have added
    total_steps_ = std::max<int64_t>(
        1, static_cast<int64_t>(
               std::ceil(double{train.epochs} * static_cast<double>(steps_per_epoch_) * (1 - 1e-7))));
    prepare_stages();
    backend.upload_split(SplitName::train, dataset.card.image, dataset.train);
    backend.upload_split(SplitName::test, dataset.card.image, dataset.test);
    test_ = uploaded_test_ = {std::shared_ptr<const void>(),
                              &dataset.test};  // owned by whoever owns the data set
    test_count_ = test_->count();
}

void Trainer::prepare_stages() {
    const TrainSpec& train = model_.experiment().train;
    stages_.clear();
    const auto add = [&](int64_t begin, Pair size) {
        const Compiled compiled = model_.compile_for(Phase::train, train.batch, {}, false, size, begin_);
        stages_.push_back({begin, model_.backend().prepare(compiled.program)});
    };
    if (train.resolutions.empty() || train.resolutions[0].epoch > 0) add(0, {0});
    for (size_t i = 0; i < train.resolutions.size(); ++i) {
        const ResolutionSpec& resolution = train.resolutions[i];
        if (i > 0 && resolution.epoch <= train.resolutions[i - 1].epoch)
            throw Error(ErrorCode::out_of_range, "train.resolutions[" + std::to_string(i) + "].epoch",
                        say("train.epoch_order", resolution.epoch), say("train.order_sizes"));
        add(resolution.epoch * steps_per_epoch_, resolution.size);
    }
}

const Trainer::Stage& Trainer::stage_at(int64_t step) const {
    size_t i = stages_.size() - 1;
    while (i > 0 && stages_[i].begin > step) --i;
    return stages_[i];
}

void Trainer::emit(const TrainEvent& event) {
    for (Observer* observer : observers_) observer->on_event(event);
}

double Trainer::learning_rate_at(int64_t step) const {
    const Experiment& e = model_.experiment();
    return double{e.optimizer.lr()} * e.schedule.factor(step, total_steps_) * learning_rate_scale_;
}

double Trainer::early_rate(int64_t step, float until) const {
    const Experiment& e = model_.experiment();
    const int64_t end = std::llround(double{until} * static_cast<double>(total_steps_));
    if (step >= end) return 0;
    return double{e.optimizer.lr()} * e.schedule.factor(step, end) * learning_rate_scale_;
}

void Trainer::begin_epoch(int epoch) {
    const TrainSpec& train = model_.experiment().train;
    if (ordered_epoch_ != epoch)
        model_.backend().upload_order(SplitName::train,
                                      epoch_order(dataset_->train.count(), static_cast<uint64_t>(train.seed),
                                                  static_cast<uint32_t>(epoch), train.shuffle));
    ordered_epoch_ = epoch;
}

RunInput Trainer::begin_step(int64_t step) {
    const int epoch = static_cast<int>(step / steps_per_epoch_);
    if (ordered_epoch_ != epoch) {
        begin_epoch(epoch);
        emit(EpochBegin{epoch});
    }
    return input_of(step);
}

RunInput Trainer::input_of(int64_t step) const {
    const TrainSpec& train = model_.experiment().train;
    const int64_t cursor = step % steps_per_epoch_ * train.batch;
    RunInput input;
    input.split = SplitName::train;
    input.cursor = cursor;
    input.count = static_cast<int>(std::min<int64_t>(train.batch, dataset_->train.count() - cursor));
    input.seed = static_cast<uint64_t>(train.seed);
    input.step = static_cast<uint32_t>(step);
    input.learning_rate = static_cast<float>(learning_rate_at(step));
    input.epoch = static_cast<uint32_t>(step / steps_per_epoch_);
    input.total_steps = static_cast<uint32_t>(total_steps_);
    const auto& ends = stage_at(step).executable->program().early_ends;
    for (size_t i = 0; i < ends.size(); ++i)
        input.early_rates[i] = static_cast<float>(early_rate(step, ends[i]));
    return input;
}

Trainer::NextStep Trainer::next_step() {
    settle();
    const int64_t step = std::min(step_, total_steps_ - 1);
    const int before = ordered_epoch_, epoch = static_cast<int>(step / steps_per_epoch_);
    begin_epoch(epoch);
    // The step itself is to tell of an epoch that it begins.
    if (before != epoch) ordered_epoch_ = -1;
    return {stage_at(step).executable.get(), input_of(step)};
}

void Trainer::finish_step(const RunInput& input, const RunOutput& output) {
    const double count = input.count;
    if (!std::isfinite(output.loss_sum))
        throw Error(ErrorCode::diverged, "step " + std::to_string(step_), say("train.diverged"),
                    say("train.smaller_rate", number_text(input.learning_rate)));
    epoch_loss_ += output.loss_sum;
    epoch_correct_ += output.correct;
    epoch_count_ += input.count;
    const int64_t done = step_++;
    const int epoch = static_cast<int>(done / steps_per_epoch_);
    emit(BatchEnd{done, epoch, input.count, output.loss_sum / count,
                  static_cast<double>(output.correct) / count, input.learning_rate, output.gradient_norm});
    if (step_ % steps_per_epoch_ == 0 || finished()) end_epoch(epoch);
}

bool Trainer::has_more() {
    if (!begun_)
        emit(TrainBegin{step_, total_steps_, steps_per_epoch_,
                        static_cast<int>((total_steps_ + steps_per_epoch_ - 1) / steps_per_epoch_)});
    begun_ = true;
    if (!finished()) return true;
    if (!ended_) emit(TrainEnd{step_});
    ended_ = true;
    return false;
}

Trainer::Part Trainer::go_on(std::optional<std::chrono::milliseconds> budget) {
    settle();
    if (evaluator_ != nullptr) return evaluate(budget) ? Part::done : Part::under_way;
    if (!has_more()) return Part::nothing;
    Backend& backend = model_.backend();
    const bool fresh = !under_way_;
    if (fresh) under_way_ = begin_step(step_);
    std::optional<RunOutput> output;
    if (fresh && !budget)
        output = backend.run(*stage().executable, *under_way_);
    else
        output = backend.run_part(*stage().executable, *under_way_, budget.value_or(std::chrono::hours(1)));
    if (!output) return Part::under_way;
    const RunInput input = *std::exchange(under_way_, std::nullopt);
    finish_step(input, *output);
    return evaluator_ != nullptr ? Part::under_way : Part::done;
}

Trainer::Part Trainer::step_part(std::chrono::milliseconds budget) { return go_on(budget); }

bool Trainer::step() {
    Part part = go_on({});
    while (part == Part::under_way) part = go_on({});
    return part == Part::done;
}

bool Trainer::advance() {
    Backend& backend = model_.backend();
    const auto most = static_cast<size_t>(backend.runs_in_flight());
    if (most == 1 || under_way()) return step();
    if (!has_more()) return false;
    // evaluation and the events of an epoch's end come after its last step, so none of the next one is begun before
    const int64_t end = std::min(total_steps_, (step_ / steps_per_epoch_ + 1) * steps_per_epoch_);
    while (ahead_.size() < most && step_ + static_cast<int64_t>(ahead_.size()) < end) {
        const int64_t next = step_ + static_cast<int64_t>(ahead_.size());
        const Ahead begun{begin_step(next), stage_at(next).executable.get()};
        backend.begin(*begun.executable, begun.input);
        ahead_.push_back(begun);
    }
    finish_oldest();
    return true;
}

void Trainer::finish_oldest() {
    const Ahead oldest = ahead_.front();
    ahead_.pop_front();
    const RunOutput output = model_.backend().finish(*oldest.executable);
    try {
        finish_step(oldest.input, output);
        if (evaluator_ != nullptr) (void)evaluate(std::nullopt);
    } catch (...) {
        for (const Ahead& later : std::exchange(ahead_, {})) (void)model_.backend().finish(*later.executable);
        throw;
    }
}

void Trainer::settle() {
    while (!ahead_.empty()) finish_oldest();
}

void Trainer::end_epoch(int epoch) {
    epoch_end_ = {.epoch = epoch,
                  .train_loss = epoch_loss_ / static_cast<double>(epoch_count_),
                  .train_accuracy = static_cast<double>(epoch_correct_) / static_cast<double>(epoch_count_)};
    epoch_loss_ = 0;
    epoch_correct_ = epoch_count_ = 0;
    if (test_count_ == 0) {
        emit(epoch_end_);
        return;
    }
    if (begin_ == 0 && uploaded_test_ != test_) {
        model_.backend().upload_split(SplitName::test, model_.card().image, *test_);
        uploaded_test_ = test_;
    }
    const std::span<const int32_t> labels(test_->labels);
    evaluator_ = model_.evaluator(SplitName::test, labels.first(static_cast<size_t>(test_count_)),
                                  largest_batch_, begin_);
}

bool Trainer::evaluate(std::optional<std::chrono::milliseconds> budget) {
    if (!budget)
        evaluator_->run();
    else if (!evaluator_->run_part(*budget))
        return false;
    const Evaluation evaluation = std::exchange(evaluator_, nullptr)->result();
    epoch_end_.test_loss = evaluation.loss;
    epoch_end_.test_accuracy = evaluation.accuracy;
    emit(EvalEnd{evaluation, epoch_end_.epoch});
    emit(epoch_end_);
    return true;
}

void Trainer::set_test(std::shared_ptr<const Split> images, int64_t count, int largest_batch) {
    test_count_ = images == nullptr ? 0 : std::min(count, images->count());
    test_ = std::move(images);
    largest_batch_ = largest_batch;
}

void Trainer::use_features(const FrozenPart& part, Split train, Split test) {
    settle();
    const auto fits = [&](const Split& features, const Split& images) {
        return features.floats && features.labels == images.labels &&
               static_cast<int64_t>(features.images.size()) == part.bytes(images.count());
    };
    const std::vector<LayerInfo>& layers = model_.layers();
    const auto count = static_cast<size_t>(part.layers);
    if (count == 0 || count >= layers.size() || layers[count - 1].output != part.shape ||
        !fits(train, dataset_->train) || !fits(test, test_ ? *test_ : Split{}))
        throw Error(ErrorCode::shape_mismatch, "features", say_transfer("transfer.other_features"),
                    say_transfer("transfer.compute_again"));
    begin_ = part.layers;
    prepare_stages();
    train_features_ = std::move(train);
    test_features_ = std::move(test);
    const ImageShape shape(part.shape);
    model_.backend().upload_split(SplitName::train, shape, train_features_);
    model_.backend().upload_split(SplitName::test, shape, test_features_);
    // an epoch that has begun has an order
    if (const int epoch = std::exchange(ordered_epoch_, -1); epoch >= 0) begin_epoch(epoch);
}

void Trainer::fit() {
    while (advance()) {
    }
}

std::vector<uint8_t> Trainer::checkpoint() const {
    TensorFile file;
    for (auto& [name, tensor] : model_.tensors()) file.tensors.push_back({name, std::move(tensor)});
    file.metadata = {{"format", checkpoint_format},
                     {"experiment", model_.experiment().to_json().dump()},
                     {classes_key, classes_text(model_.card().classes)},
                     {"step", std::to_string(step_)},
                     // the epoch's sums so far, exact, so that a resumed epoch reports what it would have
                     {"epoch_loss", Json(epoch_loss_).dump()},
                     {"epoch_correct", std::to_string(epoch_correct_)},
                     {"epoch_count", std::to_string(epoch_count_)}};
    return write_safetensors(file);
}

namespace {

using Metadata = std::map<std::string, std::string>;

const std::string& text_of(const Metadata& metadata, const char* key, const std::string& place) {
    const auto found = metadata.find(key);
    if (found == metadata.end())
        throw Error(ErrorCode::checkpoint, place, say("checkpoint.lacks", key),
                    say("checkpoint.use_checkpoint"));
    return found->second;
}

void check_format(const Metadata& metadata, const std::string& place) {
    const std::string& format = text_of(metadata, "format", place);
    if (format != checkpoint_format)
        throw Error(ErrorCode::checkpoint, place, say("checkpoint.format", format),
                    say("checkpoint.reads", checkpoint_format));
}

}  // namespace

Json experiment_of_checkpoint(std::span<const uint8_t> file, const std::string& place) {
    const Metadata metadata = read_safetensors_metadata(file, place);
    check_format(metadata, place);
    return parse_json(text_of(metadata, "experiment", place), place + " (experiment)");
}

void Trainer::restore(std::span<const uint8_t> checkpoint, const std::string& place) {
    const TensorFile file = read_safetensors(checkpoint, place);
    const auto text = [&](const char* key) { return text_of(file.metadata, key, place); };
    const auto number = [&](const char* key) {
        Json json = Json::parse(text(key), nullptr, false);
        if (!json.is_number() || json.get<double>() < 0 || json.get<double>() > 1e15)
            throw Error(ErrorCode::checkpoint, place, say("checkpoint.no_number", key),
                        say("checkpoint.damaged"));
        return json;
    };
    check_format(file.metadata, place);
    const Json theirs = identity(parse_json(text("experiment"), place)),
               ours = identity(model_.experiment().to_json());
    if (theirs != ours) {
        const Json difference = Json::diff(Json(theirs), Json(ours));
        const std::string path = difference.empty() ? "" : difference[0].value("path", std::string());
        const std::string where = path.empty() ? "experiment" : path;
        throw Error(ErrorCode::checkpoint, place, say("checkpoint.other", where),
                    say("checkpoint.its_experiment"));
    }
    Model::Tensors all;
    for (const auto& [name, tensor] : file.tensors) all[name] = tensor;
    for (const auto& spec : model_.persistents()) {
        const auto found = all.find(spec.name);
        if (found == all.end())
            throw Error(ErrorCode::checkpoint, place, say("checkpoint.lacks_tensor", spec.name),
                        say("checkpoint.of_model"));
        if (found->second.shape() != spec.shape)
            throw Error(
                ErrorCode::checkpoint, place,
                say("checkpoint.tensor_shape", spec.name, found->second.shape().str(), spec.shape.str()),
                say("checkpoint.of_model"));
    }
    const auto whole = [&](const char* key) {
        const Json json = number(key);
        if (!json.is_number_integer())
            throw Error(ErrorCode::checkpoint, place, say("checkpoint.no_whole_number", key),
                        say("checkpoint.damaged"));
        return json.get<int64_t>();
    };
    const int64_t step = whole("step"), correct = whole("epoch_correct"), count = whole("epoch_count");
    const auto loss = number("epoch_loss").get<double>();
    // nothing has changed up to here
    for (const Ahead& begun : std::exchange(ahead_, {})) (void)model_.backend().finish(*begun.executable);
    for (Stage& one : stages_) model_.backend().cancel(*one.executable);
    under_way_.reset();
    evaluator_.reset();
    for (const auto& spec : model_.persistents()) model_.set(spec.name, all.at(spec.name));
    step_ = step;
    epoch_loss_ = loss;
    epoch_correct_ = correct;
    epoch_count_ = count;
    ended_ = begun_ = false;
    ordered_epoch_ = -1;
    if (step_ % steps_per_epoch_ != 0) begin_epoch(static_cast<int>(step_ / steps_per_epoch_));
}

}  // namespace cnnlab
