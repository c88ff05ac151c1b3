#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "engine/train/trainer.hpp"

namespace cnnlab {

/// How far a training step moves a parameter: ‖w′ − w‖₂ beside ‖w‖₂, over all its elements.
struct UpdateSize {
    std::string parameter;  ///< "conv2d_1.weight"
    double weight = 0, update = 0;

    static constexpr auto fields() {
        using U = UpdateSize;
        return std::tuple{
            field("parameter", &U::parameter, "its name"),
            field("weight", &U::weight, "Euclidean norm of its elements"),
            field("update", &U::update, "Euclidean norm of what the next step would add to them")};
    }
};

/// Does the step that a trainer does next (once training has finished: its last one again), measures it, and takes it
/// back. All that moves weights counts as it does in training: groups, clipping, weight decay, look-ahead, orthogonal
/// updates, augmentation, dropout.
///
///     UpdateMeasurement measurement(trainer);
///     while (!measurement.run_for(budget)) …          // the trainer must not step meanwhile
///     measurement.result();                           // parameters in the order of Model::persistents()
class UpdateMeasurement {
  public:
    /// Between two steps. `trainer` must outlive it.
    explicit UpdateMeasurement(Trainer& trainer);
    UpdateMeasurement(const UpdateMeasurement&) = delete;
    UpdateMeasurement& operator=(const UpdateMeasurement&) = delete;
    /// Everything is as it was before, also half-way.
    ~UpdateMeasurement();

    /// Goes on for about `budget`. True when the result is there and the step is taken back.
    bool run_for(std::chrono::milliseconds budget);
    [[nodiscard]] const std::vector<UpdateSize>& result() const { return result_; }

  private:
    void measure();
    void take_back();

    Trainer* trainer_;
    Trainer::NextStep next_;
    std::vector<std::pair<std::string, HostTensor>>
        before_;  ///< every persistent tensor, until it is put back
    bool under_way_ = false;
    std::vector<UpdateSize> result_;
};

}  // namespace cnnlab
