#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/model/compile.hpp"
#include "engine/model/metrics.hpp"

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
    /// resized first. Throws shape_mismatch if the shape of a tensor depends on the size.
    [[nodiscard]] Compiled compile_for(Phase phase, int batch, const std::vector<std::string>& keep = {},
                                       bool keep_everything = false, Pair size = {0}) const;

    /// Loss and metrics over the first `count` images of an uploaded split, with running statistics, without
    /// augmentation, with the experiment's views. `labels` are the split's, in order. Throws missing_data while
    /// weights are missing, as predict() does.
    Evaluation evaluate(SplitName split, std::span<const int32_t> labels);
    /// Class probabilities [count, outputs] of the images (labels are ignored): softmax or sigmoid of the logits, as
    /// the loss has it.
    HostTensor predict(const Split& images);

  private:
    struct Prepared {
        Program program;
        std::unique_ptr<Executable> executable;
    };
    Prepared& evaluator(int batch);
    /// Logits of a whole split and the sum of its losses.
    HostTensor logits(SplitName split, int64_t count, double& loss_sum);

    Experiment experiment_;
    DatasetCard card_;
    Backend* backend_;
    std::vector<PersistentSpec> persistents_;
    std::map<std::string, int> index_;
    std::set<std::string> missing_;  ///< tensors that start from images and have not been given any
    std::vector<LayerInfo> layers_;
    std::map<int, Prepared> evaluators_;
};

/// Whether the experiment's logits become probabilities by softmax, by sigmoid, or are taken as they are.
enum class OutputKind : uint8_t { softmax, sigmoid, identity };
template <>
struct EnumNames<OutputKind> {
    static constexpr std::array<std::string_view, 3> names{"softmax", "sigmoid", "identity"};
};
[[nodiscard]] OutputKind output_kind(const Experiment& experiment);

}  // namespace cnnlab
