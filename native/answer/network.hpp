#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/model/model.hpp"
#include "native/answer/batch_queue.hpp"
#include "native/run/backends.hpp"

namespace cnnlab {

/// A trained network that answers for images: a run's, or that of a model's file (.safetensors) or an ONNX file.
class Network {
  public:
    /// At most `largest_batch` images run together. Throws Error as model_named, read_model, import_onnx,
    /// make_backend and check_evaluation_memory do.
    Network(const std::string& run_or_file, const BackendChoice& choice, int largest_batch);

    [[nodiscard]] const std::string& name() const { return model_->experiment().name; }
    [[nodiscard]] const ImageShape& image() const { return model_->card().image; }
    [[nodiscard]] const std::vector<std::string>& classes() const { return model_->card().classes; }
    /// Where numbers differ from those of the program that has written an ONNX file.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

    /// A probability for each class, image by image, as `predict` has them. Not for two threads at once.
    /// Images run by 1, 2, 4, 8 and so on, the rest of a batch being black: few Programs serve any number. An image
    /// alone and one among others give the same probabilities to 1e-5: the CPU's kernels for fewer than 8 images add
    /// in another order. Those of one size of a batch are the same bit by bit, wherever in it the image lies.
    [[nodiscard]] std::vector<Row> predict(std::span<const Pixels> images);
    /// Compiles all Programs that predict() may need.
    void warm_up();

  private:
    [[nodiscard]] size_t padded(size_t count) const;

    size_t largest_batch_;
    std::unique_ptr<Backend> backend_;
    std::unique_ptr<Model> model_;
    std::vector<std::string> notes_;
};

}  // namespace cnnlab
