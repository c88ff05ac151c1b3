#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/init.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab {

/// A persistent tensor as a model declares it: its shape and how it starts.
struct PersistentSpec {
    std::string name;
    Shape shape;
    InitSpec init;
    Fan fan;
    std::string copy_of;     ///< starts as a copy of this tensor (weight averages)
    bool parameter = false;  ///< learned (counts as a parameter), not a statistic or optimizer state

    /// What a person asks of a tensor.
    static constexpr auto fields() {
        using P = PersistentSpec;
        return std::tuple{
            field("name", &P::name), field("shape", &P::shape),
            field("parameter", &P::parameter, "learned; else a running statistic or optimizer state")};
    }
};

/// A Program while it is being written: declares values, appends ops, and records for the backward pass who
/// contributes to whose gradient. compile() owns one; layers, losses and optimizers see it through narrow emitters of
/// their own.
class ProgramBuilder {
  public:
    explicit ProgramBuilder(Phase phase, int batch) {
        program.phase = phase;
        program.batch = batch;
    }

    Program program;
    std::vector<PersistentSpec> persistents;
    int layer = -1;         ///< the layer that is emitting now
    bool averaged = false;  ///< parameters stand for their moving averages (evaluation)
    ValueId input;          ///< the normalised images that the layers read

    ValueId declare(std::string name, Shape shape, Role role, DType dtype = DType::f32);
    /// Declares a persistent tensor, or finds it by its name.
    ValueId persistent(PersistentSpec spec);
    void emit(Op op);

    /// `gradient` is one contribution to the gradient of `value`.
    void contribute(ValueId value, ValueId gradient) { contributions_[value.index].push_back(gradient); }
    /// The sum of all contributions so far, emitting the additions; none if there were none.
    ValueId gradient(ValueId value);
    /// Whether anything upstream of this value learns.
    [[nodiscard]] bool learns(ValueId value) const { return learning_.contains(value.index); }
    void set_learns(ValueId value) { learning_[value.index] = true; }

    /// Parameters that learn, with their gradients, in the order of the layers.
    struct Learned {
        ValueId parameter, gradient;
    };
    std::vector<Learned> learned;

  private:
    std::map<int32_t, std::vector<ValueId>> contributions_;
    std::map<int32_t, bool> learning_;
    std::map<std::string, ValueId> persistent_ids_;
};

/// What one layer sees while it emits its ops: its inputs, its parameters and, in the backward pass, its output's
/// gradient.
class LayerEmitter {
  public:
    LayerEmitter(ProgramBuilder& builder, std::string name, std::string place, std::vector<ValueId> inputs,
                 bool trainable)
        : builder_(&builder),
          name_(std::move(name)),
          place_(std::move(place)),
          inputs_(std::move(inputs)),
          trainable_(trainable) {}

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool training() const { return builder_->program.phase == Phase::train; }
    /// Whether this layer's own parameters learn.
    [[nodiscard]] bool trainable() const { return trainable_; }
    /// Whether normalisation uses the batch's own statistics: in training, unless the layer is frozen.
    [[nodiscard]] bool batch_statistics() const { return training() && trainable_; }
    [[nodiscard]] std::span<const ValueId> inputs() const { return inputs_; }
    /// The only input. Throws if the layer was given several.
    [[nodiscard]] ValueId input() const;
    /// Per-image shape of a value.
    [[nodiscard]] Shape shape(ValueId id) const { return builder_->program.shape(id); }
    /// An Error whose place is this layer, or one of its fields.
    [[nodiscard]] Error error(ErrorCode code, const std::string& field, const std::string& problem,
                              const std::string& remedy) const;

    ValueId activation(const std::string& suffix, Shape shape, DType dtype = DType::f32);
    /// A learned tensor "layer.suffix". Whitening is for the weights of a layer that reads the images; it needs two
    /// filters for each number of a patch.
    ValueId parameter(const std::string& suffix, Shape shape, const InitSpec& init, Fan fan);
    /// A tensor that is carried along but not learned, such as a running mean.
    ValueId state(const std::string& suffix, Shape shape, InitKind init);
    /// A value of the whole batch, such as a mean.
    ValueId batch_value(const std::string& suffix, Shape shape);
    /// What forward() declared under this suffix.
    [[nodiscard]] ValueId recall(const std::string& suffix) const;
    void emit(Op op) { builder_->emit(std::move(op)); }
    /// The stream of this layer's random numbers.
    [[nodiscard]] uint32_t stream() const { return stream_of(name_.c_str()); }

    // ---- backward ----
    void set_output(ValueId id) { output_ = id; }
    [[nodiscard]] ValueId output() const { return output_; }
    [[nodiscard]] ValueId grad_output() { return builder_->gradient(output_); }
    /// Whether input `i` wants a gradient: something before it learns.
    [[nodiscard]] bool needs_grad(int i = 0) const {
        return builder_->learns(inputs_[static_cast<size_t>(i)]);
    }
    /// Declares the gradient of input `i`, to be written by an op.
    ValueId grad_input(int i = 0);
    /// Hands an existing value on as the gradient of input `i`.
    void pass_grad(int i, ValueId gradient) {
        builder_->contribute(inputs_[static_cast<size_t>(i)], gradient);
    }
    /// Declares the gradient of one of this layer's parameters and enters it for the update.
    ValueId grad_parameter(const std::string& suffix);

  private:
    void check_whitening(const std::string& suffix, const Shape& shape) const;

    ProgramBuilder* builder_;
    std::string name_, place_;
    std::vector<ValueId> inputs_;
    bool trainable_;
    ValueId output_;
    std::map<std::string, ValueId> declared_;
};

}  // namespace cnnlab
