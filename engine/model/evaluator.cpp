#include "engine/model/evaluator.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

Evaluator::Evaluator(Backend& backend, std::shared_ptr<Executable> executable, Images images, int classes,
                     OutputKind kind)
    : backend_(&backend),
      executable_(std::move(executable)),
      images_(std::move(images)),
      kind_(kind),
      scorer_(classes) {
    if (images_.labels.empty())
        throw Error(ErrorCode::missing_data, "evaluate", say("evaluate.no_images"), say("evaluate.load"));
    const Program& program = executable_->program();
    logits_ = HostTensor({count(), program.shape(program.logits).count()});
}

Evaluator::~Evaluator() {
    if (mid_batch_) backend_->cancel(*executable_);
}

bool Evaluator::run_part(std::chrono::milliseconds budget) {
    using Clock = std::chrono::steady_clock;
    const auto stop = Clock::now() + budget;
    upload();
    while (cursor_ < count()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(stop - Clock::now());
        if (!advance(std::max(left, std::chrono::milliseconds(0)))) return false;
        if (Clock::now() >= stop) break;
    }
    return cursor_ >= count();
}

void Evaluator::run() {
    upload();
    while (cursor_ < count()) (void)advance(std::nullopt);
}

void Evaluator::upload() {
    if (images_.upload != nullptr) backend_->upload_split(images_.split, images_.shape, *images_.upload);
}

bool Evaluator::advance(std::optional<std::chrono::milliseconds> budget) {
    const Program& program = executable_->program();
    const int n = static_cast<int>(std::min<int64_t>(program.batch, count() - cursor_));
    const RunInput input{images_.split, cursor_, n};
    std::optional<RunOutput> output;
    if (!budget && !mid_batch_)
        output = backend_->run(*executable_, input);
    else
        output = backend_->run_part(*executable_, input, budget.value_or(std::chrono::hours(1)));
    mid_batch_ = !output;
    if (!output) return false;
    loss_sum_ += output->loss_sum;
    const int64_t outputs = logits_.shape()[1];
    const HostTensor logits = backend_->download(*executable_, program.logits);
    std::copy_n(logits.data(), n * outputs, logits_.data() + cursor_ * outputs);
    scorer_.add(logits.span(), static_cast<int>(outputs),
                images_.labels.subspan(static_cast<size_t>(cursor_), static_cast<size_t>(n)), kind_);
    cursor_ += n;
    return true;
}

HostTensor Evaluator::probabilities() const {
    HostTensor all = logits_;
    to_probabilities(all, kind_);
    return all;
}

}  // namespace cnnlab
