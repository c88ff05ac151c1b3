#include "native/training_history.hpp"

#include <algorithm>

namespace cnnlab {

void TrainingHistory::add(const Json& line) {
    const std::string event = line.value("event", "");
    const auto point = [&](double epoch, const char* loss, const char* accuracy) {
        return Point{epoch, line.value(loss, 0.0), line.value(accuracy, 0.0)};
    };
    if (event == "train_begin") {
        steps_per_epoch = std::max<int64_t>(1, line.value("steps_per_epoch", int64_t{1}));
        epochs = line.value("epochs", 0);
    } else if (event == "batch_end") {
        batches.push_back(point((line.value("step", 0.0) + 1) / static_cast<double>(steps_per_epoch), "loss", "accuracy"));
    } else if (event == "eval_end") {
        test.push_back(point(line.value("epoch", 0.0) + 1, "loss", "accuracy"));
    } else if (event == "epoch_end") {
        train.push_back(point(line.value("epoch", 0.0) + 1, "train_loss", "train_accuracy"));
    }
}

}  // namespace cnnlab
