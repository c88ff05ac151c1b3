#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/core/philox.hpp"
#include "engine/train/trainer.hpp"

namespace cnnlab::test {

/// 22 random training images in 3 classes, 7 test images.
inline Dataset small_dataset() {
    Dataset data;
    data.card.name = "random";
    data.card.image = {6, 6, 2};
    data.card.classes = {"a", "b", "c"};
    data.card.mean = {0.5F, 0.4F};
    data.card.stddev = {0.3F, 0.2F};
    const Philox random{77, 0, 0};
    uint64_t word = 0;
    const auto fill = [&](Split& split, int count) {
        for (int64_t i = 0; i < count * data.card.image.count(); ++i)
            split.images.push_back(static_cast<uint8_t>(random.word(word++) >> 24U));
        for (int i = 0; i < count; ++i) split.labels.push_back(i % 3);
    };
    fill(data.train, 22);
    fill(data.test, 7);
    return data;
}

/// Everything that carries state from step to step: batch norm, dropout, augmentation, Adam, weight averages, a
/// schedule. 5 steps an epoch, the last one with 2 images.
inline Experiment small_experiment(int epochs = 3) {
    return Experiment::parse(Json::parse(R"({"name": "small", "dataset": "random", "model": {"layers": [
        {"type": "conv2d", "out_channels": 5, "kernel": 3, "bias": false}, {"type": "batch_norm"}, {"type": "relu"}, {"type": "max_pool2d"},
        {"type": "dense", "out_features": 9}, {"type": "tanh"}, {"type": "dropout", "p": 0.3}, {"type": "dense", "out_features": 3}]},
        "optimizer": {"type": "adam", "lr": 0.01, "average_decay": 0.9, "clip_norm": 2}, "schedule": {"type": "cosine", "warmup": 0.1},
        "augment": {"horizontal_flip": true, "crop": 1}, "train": {"epochs": )" +
                                         std::to_string(epochs) +
                                         R"(, "batch": 5, "eval_batch": 4, "seed": 9}})"));
}

/// Writes down events as words: "begin epoch batch batch eval end".
class EventLog : public Observer {
  public:
    void on_event(const TrainEvent& event) override {
        events.push_back(event);
        words +=
            (words.empty() ? "" : " ") + std::string(std::visit([](const auto& e) { return e.type; }, event));
    }
    /// The events of one kind.
    template <class Event>
    [[nodiscard]] std::vector<Event> all() const {
        std::vector<Event> found;
        for (const TrainEvent& event : events)
            if (const auto* e = std::get_if<Event>(&event)) found.push_back(*e);
        return found;
    }

    std::vector<TrainEvent> events;
    std::string words;
};

/// Whether two sets of tensors hold the same bits.
inline bool same_bits(const Model::Tensors& a, const Model::Tensors& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.first == y.first && x.second.shape() == y.second.shape() &&
               std::equal(x.second.span().begin(), x.second.span().end(), y.second.span().begin());
    });
}

}  // namespace cnnlab::test
