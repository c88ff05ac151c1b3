#include "web/bindings/evaluation.hpp"

#include <algorithm>

namespace cnnlab::web {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t largest_batch = 32;

}  // namespace

Json evaluation_json(const Evaluation& e) {
    return {{"loss", e.loss},
            {"accuracy", e.accuracy},
            {"top5", e.top5},
            {"count", e.count},
            {"classAccuracy", e.class_accuracy},
            {"confusion", e.confusion}};
}

SlicedEvaluation::SlicedEvaluation(Model& model, std::shared_ptr<const Split> images, int64_t count)
    : model_(&model),
      images_(std::move(images)),
      count_(std::min(count, images_->count())),
      scorer_(static_cast<int>(model.card().classes.size())) {
    if (count_ < 1)
        throw Error(ErrorCode::missing_data, "evaluate", "there are no images to evaluate",
                    "load some first");
    program_ = model.compile_for(Phase::evaluate, static_cast<int>(std::min(count_, largest_batch))).program;
    executable_ = model.backend().prepare(program_);
    outputs_ = static_cast<int>(program_.shape(program_.logits).count());
    logits_.reserve(static_cast<size_t>(count_ * outputs_));
}

bool SlicedEvaluation::run_for(std::chrono::milliseconds budget) {
    const auto stop = Clock::now() + budget;
    Backend& backend = model_->backend();
    // Others use the place for input images between the slices. Nothing is copied.
    backend.upload_split(SplitName::input, model_->card().image, *images_);
    while (cursor_ < count_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(stop - Clock::now());
        const int n = static_cast<int>(std::min<int64_t>(program_.batch, count_ - cursor_));
        const auto output = backend.run_part(*executable_, {SplitName::input, cursor_, n},
                                             std::max(left, std::chrono::milliseconds(0)));
        if (!output) return false;
        loss_sum_ += output->loss_sum;
        const HostTensor logits = backend.download(*executable_, program_.logits);
        const auto row = logits.span().first(static_cast<size_t>(n) * static_cast<size_t>(outputs_));
        scorer_.add(row, outputs_,
                    std::span(images_->labels).subspan(static_cast<size_t>(cursor_), static_cast<size_t>(n)),
                    output_kind(model_->experiment()) == OutputKind::identity ? 0.5F : 0.0F);
        logits_.insert(logits_.end(), row.begin(), row.end());
        cursor_ += n;
        if (Clock::now() >= stop) break;
    }
    return cursor_ >= count_;
}

}  // namespace cnnlab::web
