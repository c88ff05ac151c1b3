#include "engine/model/metrics.hpp"

#include <algorithm>

namespace cnnlab {

Scorer::Scorer(int classes)
    : confusion_(static_cast<size_t>(classes), std::vector<int64_t>(static_cast<size_t>(classes))) {}

void Scorer::add(std::span<const float> logits, int outputs, std::span<const int32_t> targets,
                 OutputKind kind) {
    for (size_t n = 0; n < targets.size(); ++n) {
        const auto row = logits.subspan(n * static_cast<size_t>(outputs), static_cast<size_t>(outputs));
        const auto target = static_cast<size_t>(targets[n]);
        predicted_.push_back(predicted_class(row, kind));
        ++confusion_[target][static_cast<size_t>(predicted_.back())];
        const auto higher =
            outputs == 1 ? 0
                         : std::count_if(row.begin(), row.end(), [&](float v) { return v > row[target]; });
        top5_ += higher < 5 ? 1 : 0;
    }
}

Evaluation Scorer::result(double loss_sum) const {
    Evaluation e;
    e.count = static_cast<int64_t>(predicted_.size());
    e.confusion = confusion_;
    int64_t correct = 0;
    for (size_t c = 0; c < confusion_.size(); ++c) {
        int64_t all = 0;
        for (const int64_t n : confusion_[c]) all += n;
        correct += confusion_[c][c];
        e.class_accuracy.push_back(all > 0 ? static_cast<double>(confusion_[c][c]) / static_cast<double>(all)
                                           : 0);
    }
    if (e.count > 0) {
        e.loss = loss_sum / static_cast<double>(e.count);
        e.accuracy = static_cast<double>(correct) / static_cast<double>(e.count);
        e.top5 = static_cast<double>(top5_) / static_cast<double>(e.count);
    }
    return e;
}

}  // namespace cnnlab
