#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/model/compile.hpp"
#include "engine/model/evaluator.hpp"

namespace cnnlab {

/// An experiment's network with its weights, on a backend. Owns the Programs for evaluation; the Trainer owns the one
/// for training.
class Model {
  public:
    using Tensors = std::map<std::string, HostTensor>;

    /// Compiles the experiment for the card's images and allocates its tensors on the backend. Weights start from the
    /// experiment's seed.
    /// The backend must outlive the model and serve no other one meanwhile. Weights that start from images
    /// ("whitening") need training `images`, here or in initialise(), unless set() gives the weights themselves.
    Model(Experiment experiment, DatasetCard card, Backend& backend, const Split* images = nullptr);

    [[nodiscard]] const Experiment& experiment() const { return experiment_; }
    [[nodiscard]] const DatasetCard& card() const { return card_; }
    [[nodiscard]] Backend& backend() const { return *backend_; }
    [[nodiscard]] const std::vector<PersistentSpec>& persistents() const { return persistents_; }
    [[nodiscard]] const std::vector<LayerInfo>& layers() const { return layers_; }
    [[nodiscard]] int64_t parameter_count() const;

    /// Resets weights, statistics and optimizer state to the start that `seed` gives and, where weights start from
    /// images, the training images.
    void initialise(uint64_t seed, const Split* images = nullptr);
    /// Sets one persistent tensor by its name; throws unknown_name or shape_mismatch.
    void set(const std::string& name, const HostTensor& tensor);
    [[nodiscard]] HostTensor get(const std::string& name) const;
    /// Every persistent tensor, by name.
    [[nodiscard]] Tensors tensors() const;
    /// What inference needs: parameters (their averages where the experiment keeps them) and running statistics.
    [[nodiscard]] Tensors weights() const;

    /// A Program of this model, its persistent tensors numbered as on the backend. With a `size` the images are
    /// resized first. Throws shape_mismatch if the shape of a tensor depends on the size. With a `begin` the layers
    /// before it are left out, and the split holds their outputs (Split::floats).
    [[nodiscard]] Compiled compile_for(Phase phase, int batch, const std::vector<std::string>& keep = {},
                                       bool keep_everything = false, Pair size = {0}, int begin = 0) const;
    /// A Program of this network, or of a part of it, on this model's tensors. Throws unknown_name for a tensor that
    /// is not among them.
    [[nodiscard]] Compiled compile_part(const Experiment& experiment, const CompileOptions& options) const;

    /// Evaluates the first images of an uploaded split, as many as there are `labels`, with running statistics, without
    /// augmentation, with the experiment's views. A batch has at most `largest_batch` images (0: the experiment's).
    /// `labels` and the model must outlive the evaluator. `begin`: as in compile_for(). Throws missing_data without
    /// images or while weights are missing.
    [[nodiscard]] std::unique_ptr<Evaluator> evaluator(SplitName split, std::span<const int32_t> labels,
                                                       int largest_batch = 0, int begin = 0);
    /// The same for the first `count` of `images`, which are uploaded as SplitName::input before each part: others may
    /// use that split in between.
    [[nodiscard]] std::unique_ptr<Evaluator> evaluator(std::shared_ptr<const Split> images, int64_t count,
                                                       int largest_batch = 0);
    /// Loss and metrics over an uploaded split; `labels` are the split's. Throws as evaluator() does.
    Evaluation evaluate(SplitName split, std::span<const int32_t> labels);
    /// Class probabilities [count, outputs] of the images, whatever their labels: softmax or sigmoid of the logits, as
    /// the loss has it.
    HostTensor predict(const Split& images);

  private:
    /// The Program for evaluation, which nobody else uses meanwhile.
    std::shared_ptr<Executable> prepare_evaluation(int64_t count, int largest_batch, int begin);
    std::unique_ptr<Evaluator> make_evaluator(Evaluator::Images images, int largest_batch, int begin = 0);

    Experiment experiment_;
    DatasetCard card_;
    Backend* backend_;
    std::vector<PersistentSpec> persistents_;
    std::map<std::string, int> index_;
    std::set<std::string> missing_;  ///< tensors that start from images and have not been given any
    std::vector<LayerInfo> layers_;
    std::map<std::pair<int, int>, std::shared_ptr<Executable>>
        evaluations_;  ///< prepared, by begin and batch
};

}  // namespace cnnlab
