#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/ops/program_builder.hpp"

namespace cnnlab {

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
    [[nodiscard]] Error error(ErrorCode code, const std::string& field, Message problem,
                              Message remedy) const;

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
