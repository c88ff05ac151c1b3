#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/model.hpp"

namespace cnnlab::web {

/// A network compiled to answer a number of images, and the layers whose answers are kept. The weights are the model's,
/// whatever they become.
struct AnswerProgram {
    AnswerProgram(Model& model, int count, std::vector<std::string> kept_layers);

    int images;
    std::vector<std::string> layers;
    Compiled compiled;
    std::unique_ptr<Executable> executable;
};

/// What layers answer to images as evaluation computes it, and the loss's gradients as one training batch without
/// augmentation and dropout has them; in slices. Nothing has changed once it is complete; before, batch norm's
/// statistics may be others.
class SlicedTap {
  public:
    using Named = std::vector<std::pair<std::string, HostTensor>>;

    /// `answers` is for as many images as there are. Gradients are with respect to the outputs of its layers and to
    /// every parameter; the loss takes the images' labels. `model` must outlive it. Throws missing_data for images or
    /// labels that are none of the model's.
    SlicedTap(Model& model, std::shared_ptr<AnswerProgram> answers, Split images, bool gradients,
              uint32_t step);
    SlicedTap(const SlicedTap&) = delete;
    SlicedTap& operator=(const SlicedTap&) = delete;
    /// Leaves the statistics as they were, also half-way.
    ~SlicedTap();
    /// Goes on for about `budget`. True when all is there.
    bool run_for(std::chrono::milliseconds budget);

    /// By name of the layer.
    [[nodiscard]] const Named& activations() const { return activations_; }
    /// By name of the layer or the parameter; without layers that pass no gradient.
    [[nodiscard]] const Named& gradients() const { return gradients_; }
    /// [images, outputs]
    [[nodiscard]] const HostTensor& probabilities() const { return probabilities_; }

  private:
    /// Each is a slice of its own: compiling and reading out take their time as well.
    enum class Stage : uint8_t { look, read_answers, prepare_gradients, feel, read_gradients, complete };
    [[nodiscard]] bool run_part(Executable& executable, std::chrono::milliseconds budget);
    void read_answers();
    void prepare_gradients();
    void read_gradients();
    void restore_statistics();

    Model* model_;
    std::shared_ptr<AnswerProgram> answers_;
    Split images_;
    bool with_gradients_;
    uint32_t step_;
    Stage stage_ = Stage::look;
    Compiled training_;  ///< for the gradients
    std::unique_ptr<Executable> training_executable_;
    Named statistics_;
    Named activations_, gradients_;
    HostTensor probabilities_;
};

}  // namespace cnnlab::web
