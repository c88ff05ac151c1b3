#include "engine/train/update_size.hpp"

#include <cmath>

namespace cnnlab {

UpdateMeasurement::UpdateMeasurement(Trainer& trainer) : trainer_(&trainer), next_(trainer.next_step()) {
    Model& model = trainer.model();
    for (const PersistentSpec& spec : model.persistents())
        before_.emplace_back(spec.name, model.get(spec.name));
}

UpdateMeasurement::~UpdateMeasurement() {
    // A run that is not gone on with would be taken for the next step's.
    while (under_way_) (void)run_for(std::chrono::hours(1));
    take_back();
}

bool UpdateMeasurement::run_for(std::chrono::milliseconds budget) {
    if (before_.empty()) return true;
    under_way_ = true;
    if (!trainer_->model().backend().run_part(*next_.executable, next_.input, budget)) return false;
    under_way_ = false;
    measure();
    take_back();
    return true;
}

void UpdateMeasurement::measure() {
    Model& model = trainer_->model();
    size_t i = 0;
    for (const PersistentSpec& spec : model.persistents()) {
        const HostTensor& old = before_[i++].second;
        if (!spec.parameter) continue;
        const HostTensor moved = model.get(spec.name);
        double weight = 0, update = 0;
        for (int64_t n = 0; n < old.count(); ++n) {
            const double from = old.data()[n], difference = double{moved.data()[n]} - from;
            weight += from * from;
            update += difference * difference;
        }
        result_.push_back({spec.name, std::sqrt(weight), std::sqrt(update)});
    }
}

void UpdateMeasurement::take_back() {
    for (const auto& [name, tensor] : before_) trainer_->model().set(name, tensor);
    before_.clear();
}

}  // namespace cnnlab
