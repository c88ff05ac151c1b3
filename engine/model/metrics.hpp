#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/model/outputs.hpp"

namespace cnnlab {

/// How well a model does on a split.
struct Evaluation {
    double loss = 0;      ///< mean over the images
    double accuracy = 0;  ///< share of images whose highest output is their class
    double top5 =
        0;  ///< share of images whose class is among the five highest outputs (all, with five classes or fewer)
    int64_t count = 0;
    std::vector<double> class_accuracy;           ///< per true class; 0 for a class without images
    std::vector<std::vector<int64_t>> confusion;  ///< [true class][predicted class]

    static constexpr auto fields() {
        using E = Evaluation;
        return std::tuple{
            field("loss", &E::loss, "mean over the images"),
            field("accuracy", &E::accuracy, "share of images whose highest output is their class"),
            field("top5", &E::top5, "share of images whose class is among the five highest outputs"),
            field("count", &E::count, "images"),
            field("class_accuracy", &E::class_accuracy, "per true class; 0 for a class without images"),
            field("confusion", &E::confusion, "[true class][predicted class]")};
    }
};

/// Counts predictions image by image.
class Scorer {
  public:
    explicit Scorer(int classes);
    /// Adds as many images as there are `targets`, their classes: logits [≥ count, outputs] row-major.
    void add(std::span<const float> logits, int outputs, std::span<const int32_t> targets, OutputKind kind);
    /// The class that each image was taken for, in the order of add().
    [[nodiscard]] const std::vector<int32_t>& predicted() const { return predicted_; }
    /// The share of right answers so far; `loss_sum` is the sum of the images' losses.
    [[nodiscard]] Evaluation result(double loss_sum) const;

  private:
    std::vector<std::vector<int64_t>> confusion_;
    std::vector<int32_t> predicted_;
    int64_t top5_ = 0;
};

}  // namespace cnnlab
