#include "native/run/training_history.hpp"

#include <algorithm>
#include <limits>

namespace cnnlab {

void TrainingHistory::add(const Json& line) {
    const std::string event = line.value("event", "");
    // JSON has no infinity: such a loss comes back as null.
    const auto number = [&](const char* key) {
        return line.contains(key) && line[key].is_number() ? line[key].get<double>()
                                                           : std::numeric_limits<double>::quiet_NaN();
    };
    const auto point = [&](double epoch, const char* loss, const char* accuracy) {
        return Point{epoch, number(loss), number(accuracy)};
    };
    if (event == "train_begin") {
        steps_per_epoch = std::max<int64_t>(1, line.value("steps_per_epoch", int64_t{1}));
        epochs = line.value("epochs", 0);
    } else if (event == "batch_end") {
        batches.push_back(
            point((line.value("step", 0.0) + 1) / static_cast<double>(steps_per_epoch), "loss", "accuracy"));
    } else if (event == "eval_end") {
        test.push_back(point(line.value("epoch", 0.0) + 1, "loss", "accuracy"));
    } else if (event == "epoch_end") {
        train.push_back(point(line.value("epoch", 0.0) + 1, "train_loss", "train_accuracy"));
    }
}

}  // namespace cnnlab
