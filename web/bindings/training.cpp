#include "web/bindings/training.hpp"

#include <algorithm>

#include "engine/data/lines.hpp"
#include "web/bindings/messages.hpp"
#include "web/bindings/threads.hpp"

namespace cnnlab::web {

namespace {

using Clock = std::chrono::steady_clock;

/// Of an evaluation's batch: a tab has little memory, and a part of a batch shall be short.
constexpr int largest_batch = 32;

/// The images as an experiment wants them; the same ones where it wants nothing of them.
std::shared_ptr<const Dataset> as_specified(const DataSpec& spec, std::shared_ptr<const Dataset> images) {
    const auto cuts = [](int limit, const Split& split) { return limit > 0 && limit < split.count(); };
    if (!cuts(spec.train_limit, images->train) && !cuts(spec.test_limit, images->test) &&
        spec.imbalance >= 1 && spec.label_noise <= 0 && !spec.permute_pixels && spec.mean.empty() &&
        spec.stddev.empty())
        return images;
    auto changed = std::make_shared<Dataset>(*images);
    apply_data_spec(spec, *changed);
    return changed;
}

std::shared_ptr<const Split> test_of(const std::shared_ptr<const Dataset>& images) {
    return {images, &images->test};
}

}  // namespace

std::shared_ptr<const Dataset> lines_images(const DataSpec& spec) {
    const auto* drawn = spec.kind ? std::get_if<datasets::Lines>(&*spec.kind) : nullptr;
    if (drawn == nullptr)
        throw Error(ErrorCode::missing_data, "dataset", say("lines.not_drawn", spec.name),
                    say("lines.give_images"));
    return std::make_shared<const Dataset>(make_lines(*drawn));
}

// ---- training ---------------------------------------------------------------------------------------

SlicedTraining::SlicedTraining(Experiment experiment, std::shared_ptr<const Dataset> images,
                               std::shared_ptr<const BaseNetwork> base)
    : experiment_(std::move(experiment)), images_(std::move(images)), base_(std::move(base)) {
    images_ = as_specified(experiment_.dataset, std::move(images_));
    test_ = test_of(images_);
    evaluated_ = test_->count();
    make_trainer();
}

void SlicedTraining::set_evaluated(int64_t count) {
    evaluated_ = std::min(count, test_->count());
    trainer_->set_test(test_, evaluated_, largest_batch);
}

void SlicedTraining::set_test(std::shared_ptr<const Dataset> images) {
    const auto found = test_of(as_specified(experiment_.dataset, std::move(images)));
    check_split(*found, model().card(), "test images");
    test_ = found;
    trainer_->set_test(test_, evaluated_, largest_batch);
    features_.reset();
}

void SlicedTraining::make_trainer() {
    asked_.reset();
    tap_.reset();
    updates_.reset();
    answer_programs_.clear();
    explainer_.reset();
    features_.reset();
    trainer_.reset();
    backend_ = make_backend();
    trainer_ = std::make_unique<Trainer>(experiment_, *images_, *backend_);
    if (base_) set_base(model(), *base_, experiment_.base->file);
    trainer_->set_test(test_, evaluated_, largest_batch);
    trainer_->set_learning_rate_scale(learning_rate_scale_);
    trainer_->add_observer(*this);
    begun_at_ = trainer_->steps_done();
    sampling_ = false;
    measure_from_here();
}

Profile SlicedTraining::measured() {
    const int64_t steps = trainer_->steps_done() - profiled_from_;
    const std::vector<double> seconds = backend_->op_seconds(trainer_->executable());
    if (!(profiling_ || sampling_) || steps < 1 || seconds.empty()) return {};
    return {.steps = steps, .ops = costs_of(trainer_->program(), model().layers(), seconds, steps)};
}

Profile SlicedTraining::profile() {
    if (Profile now = measured(); now.steps > 0) last_ = std::move(now);
    return last_;
}

void SlicedTraining::sample() {
    // The first steps are those of code that the browser has compiled in a hurry.
    constexpr int64_t skipped = 20, sampled = 20;
    const int64_t done = trainer_->steps_done() - begun_at_;
    if (sampling_ && done >= skipped + sampled) {
        (void)profile();
        sampling_ = false;
        measure_from_here();
    } else if (!sampling_ && !profiling_ && last_.steps == 0 && done == skipped) {
        sampling_ = true;
        measure_from_here();
    }
}

SessionInfo SlicedTraining::info() {
    const Trainer& t = *trainer_;
    int64_t flops = 0;
    for (const Op& op : t.program().ops) flops += 2 * multiply_adds(op, t.program());
    Description description = describe(experiment_, model().card());
    std::vector<Concern> concerns = data_concerns(description, *images_);
    return {.description = std::move(description),
            .card = model().card(),
            .train_count = images_->train.count(),
            .test_count = test_->count(),
            .test_total = test_->count(),
            .concerns = std::move(concerns),
            .steps_per_epoch = t.steps_per_epoch(),
            .total_steps = t.total_steps(),
            .step = t.steps_done(),
            .flops_per_image = flops};
}

bool SlicedTraining::make_features() {
    constexpr int batch = 8;  // a part of the work shall be short
    if (!features_) {
        features_.emplace();
        features_->part = frozen_part(experiment_, model().layers());
        const int64_t count = images_->train.count() + test_->count();
        if (!is_computed_once(features_->part, experiment_, count)) return false;
        backend_->upload_split(SplitName::train, model().card().image, images_->train);
        backend_->upload_split(SplitName::test, model().card().image, *test_);
        features_->maker =
            std::make_unique<FeatureMaker>(model(), features_->part, SplitName::train, images_->train, batch);
    }
    Features& features = *features_;
    if (!features.maker) return false;
    const int64_t before = features.testing ? images_->train.count() : 0;
    const bool more = features.maker->step();
    progress_.events.push_back({{"type", "features"},
                                {"done", before + features.maker->done()},
                                {"count", images_->train.count() + test_->count()}});
    if (more) return true;
    if (!features.testing) {
        features.testing = true;
        features.train = features.maker->take();
        features.maker =
            std::make_unique<FeatureMaker>(model(), features.part, SplitName::test, *test_, batch);
        return true;
    }
    trainer_->use_features(features.part, std::move(features.train), features.maker->take());
    features.maker.reset();
    measure_from_here();
    return false;
}

Progress SlicedTraining::run(int64_t steps, std::chrono::milliseconds budget) {
    const auto stop = Clock::now() + budget;
    progress_ = {};
    progress_.trained = trainer_->evaluation() == nullptr;
    const auto left = [&] {
        return std::max(std::chrono::milliseconds(1),
                        std::chrono::duration_cast<std::chrono::milliseconds>(stop - Clock::now()));
    };
    while (progress_.more) {
        if (!trainer_->under_way() && !trainer_->finished()) {
            if (steps <= 0) break;
            if (trainer_->evaluation() == nullptr && make_features()) {
                progress_.trained = false;
                if (Clock::now() >= stop) break;
                continue;
            }
            sample();
            --steps;
            ++progress_.begun;
        }
        progress_.more = trainer_->step_part(left()) != Trainer::Part::nothing;
        if (const Evaluator* evaluation = trainer_->evaluation())
            progress_.events.push_back({{"type", "evaluating"},
                                        {"asked", false},
                                        {"done", evaluation->done()},
                                        {"count", evaluation->count()}});
        if (Clock::now() >= stop) break;
        if ((trainer_->evaluation() == nullptr) != progress_.trained && !trainer_->finished()) break;
    }
    return std::move(progress_);
}

void SlicedTraining::on_event(const TrainEvent& event) {
    if (const auto* batch = std::get_if<BatchEnd>(&event)) {
        const auto row = step_row(*batch);
        progress_.batches.insert(progress_.batches.end(), row.begin(), row.end());
        return;
    }
    Json json = write_json(event);
    if (!json.contains("step")) json["step"] = trainer_->steps_done();
    progress_.events.push_back(std::move(json));
}

void SlicedTraining::begin_evaluation(SplitName split, int64_t count) {
    const std::shared_ptr<const Split> training(images_, &images_->train);
    asked_ = model().evaluator(split == SplitName::train ? training : test_, count, largest_batch);
}

Evaluator& SlicedTraining::evaluation() {
    if (!asked_) throw Error(ErrorCode::unsupported, "evaluate", say("evaluate.none"), say("evaluate.begin"));
    return *asked_;
}

void SlicedTraining::begin_tap(Split images, const std::vector<std::string>& layers, bool gradients) {
    // A page asks the same again and again while somebody draws: compiling would take longer than answering.
    constexpr size_t kept = 2;
    const auto count = static_cast<int>(images.count());
    auto& programs = answer_programs_;
    const auto found = std::find_if(programs.begin(), programs.end(), [&](const auto& program) {
        return program->images == count && program->layers == layers;
    });
    std::shared_ptr<AnswerProgram> program =
        found != programs.end() ? *found : std::make_shared<AnswerProgram>(model(), count, layers);
    if (found != programs.end()) programs.erase(found);
    programs.insert(programs.begin(), program);
    if (programs.size() > kept) programs.pop_back();
    tap_.emplace(model(), std::move(program), std::move(images), gradients,
                 static_cast<uint32_t>(trainer_->steps_done()));
}

SlicedTap& SlicedTraining::tap() {
    if (!tap_) throw Error(ErrorCode::unsupported, "tap", say("tap.none"), say("tap.begin"));
    return *tap_;
}

Explanation SlicedTraining::explain(const Split& images, const std::string& layer) {
    check_split(images, model().card(), "explain");
    if (explainer_ == nullptr || explained_layer_ != layer)
        explainer_ = std::make_unique<Explainer>(model(), layer, 1);
    explained_layer_ = layer;
    return explainer_->explain(images);
}

UpdateMeasurement& SlicedTraining::updates() {
    if (!updates_) throw Error(ErrorCode::unsupported, "updates", say("tap.none"), say("tap.begin"));
    return *updates_;
}

void SlicedTraining::set_learning_rate_scale(float scale) {
    learning_rate_scale_ = scale;
    trainer_->set_learning_rate_scale(scale);
}

void SlicedTraining::restore(std::span<const uint8_t> checkpoint) {
    updates_.reset();
    features_.reset();
    (void)profile();
    trainer_->restore(checkpoint);
    begun_at_ = trainer_->steps_done();
    sampling_ = false;
    measure_from_here();
}

void SlicedTraining::reset() { make_trainer(); }

}  // namespace cnnlab::web
