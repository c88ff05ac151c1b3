#include "engine/model/outputs.hpp"

#include <algorithm>
#include <cmath>

#include "engine/model/experiment.hpp"

namespace cnnlab {

OutputKind output_kind(const Experiment& experiment) {
    if (std::holds_alternative<losses::CrossEntropy>(experiment.loss)) return OutputKind::softmax;
    return std::holds_alternative<losses::BinaryCrossEntropy>(experiment.loss) ? OutputKind::sigmoid
                                                                               : OutputKind::identity;
}

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

int32_t predicted_class(std::span<const float> logits, OutputKind kind) {
    if (logits.size() == 1) return logits[0] > (kind == OutputKind::identity ? 0.5F : 0.0F) ? 1 : 0;
    return static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

std::vector<double> class_probabilities(std::span<const float> row, size_t classes) {
    if (row.size() == 1 && classes == 2) {
        const double second = std::clamp(static_cast<double>(row[0]), 0.0, 1.0);
        return {1 - second, second};
    }
    return {row.begin(), row.end()};
}

}  // namespace cnnlab
