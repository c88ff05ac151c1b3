#include "native/bench/workload.hpp"

#include <algorithm>
#include <chrono>

#include "engine/core/philox.hpp"
#include "engine/cpu/peak.hpp"

namespace cnnlab {

namespace {

/// The number of images, and the least number of batches. The training cycles through them.
constexpr int64_t images = 1024, batches = 2;

}  // namespace

Dataset noise_images(const ExperimentFile& file, int64_t count, const std::optional<OtherImages>& others) {
    Dataset data;
    data.card = card_of(file.experiment.dataset);
    if (data.card.classes.empty()) data.card.classes = {"one", "other"};
    if (others) data.card.image = others->shape;
    if (others && others->classes > 0) {
        data.card.classes.clear();
        for (int i = 0; i < others->classes; ++i) data.card.classes.push_back(std::to_string(i));
    }
    const Philox random{1, stream_of("bench")};
    uint32_t word = 0;
    data.train.images.resize(static_cast<size_t>(count * data.card.image.count()));
    for (size_t i = 0; i < data.train.images.size(); ++i) {
        if (i % 4 == 0) word = random.word(i / 4);
        data.train.images[i] = static_cast<uint8_t>(word >> (8 * (i % 4)));
    }
    for (int64_t i = 0; i < count; ++i)
        data.train.labels.push_back(static_cast<int32_t>(i % static_cast<int64_t>(data.card.classes.size())));
    return data;
}

std::vector<double> timed_repeats(double seconds, const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    const auto start = Clock::now();
    auto now = start;
    while (times.empty() || now - start < std::chrono::duration<double>(seconds)) {
        work();
        const auto then = std::exchange(now, Clock::now());
        times.push_back(std::chrono::duration<double>(now - then).count());
    }
    return times;
}

TrainingLoad::TrainingLoad(ExperimentFile file, const BackendChoice& choice,
                           const std::optional<OtherImages>& others)
    : backend_(make_backend(choice)),
      images_(noise_images(file, std::max(images, batches * file.experiment.train.batch), others)) {
    // Without an end, and on all of the noise.
    file.experiment.train.epochs = 1000000;
    file.experiment.dataset.train_limit = 0;
    trainer_ = std::make_unique<Trainer>(file.experiment, images_, *backend_);
}

Contestant TrainingLoad::contestant() {
    return {[this](double seconds) { return timed_repeats(seconds, [this] { trainer_->step(); }); }};
}

double TrainingLoad::step_flops() const {
    const Program& program = trainer_->program();
    int64_t sum = 0;
    for (const Op& op : program.ops) sum += multiply_adds(op, program);
    return 2.0 * static_cast<double>(sum) * program.batch;
}

InferenceLoad::InferenceLoad(ExperimentFile file, int batch, const BackendChoice& choice,
                             const std::optional<OtherImages>& others)
    : backend_(make_backend(choice)), images_(noise_images(file, batch, others)) {
    file.experiment.train.eval_batch = batch;
    model_ = std::make_unique<Model>(file.experiment, images_.card, *backend_);
}

Contestant InferenceLoad::contestant() {
    return {[this](double seconds) {
        return timed_repeats(seconds, [this] { (void)model_->predict(images_.train); });
    }};
}

Contestant peak_contestant(const BackendChoice& choice) {
    const int threads = thread_count(choice);
    return {[arch = known_arch(choice.arch), threads](double seconds) {
        return std::vector<double>{1 / cpu_peak_gflops(arch, threads, std::min(seconds, 0.2))};
    }};
}

}  // namespace cnnlab
