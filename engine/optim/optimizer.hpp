#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/ops/program_builder.hpp"

namespace cnnlab {

/// Another learning rate or weight decay for parameters whose names match. "*" stands for any text, as in "*.bias" or
/// "conv2d_1.*". The first group that matches counts.
struct ParameterGroup {
    static constexpr std::string_view key = "group";
    std::string match;
    float lr_scale = 1;       ///< times the optimizer's learning rate
    float lr = -1;            ///< instead of the optimizer's; −1: the optimizer's own
    float weight_decay = -1;  ///< −1: the optimizer's own
    float until = 1;          ///< the schedule as if the training ended after this share of it, then nothing
    bool trainable = true;
    bool other = false;  ///< these matrices learn by the optimizer's "other"

    static constexpr auto fields() {
        using G = ParameterGroup;
        return std::tuple{
            field("match", &G::match, "name pattern, \"*\" for any text").must(),
            field("lr_scale", &G::lr_scale, "times the learning rate", 0, 1e6),
            field("lr", &G::lr, "a learning rate instead of the optimizer's; -1 leaves it", -1, 1e6),
            field("weight_decay", &G::weight_decay, "instead of the optimizer's; -1 leaves it", -1, 1e3),
            field("until", &G::until,
                  "learn only in this first share of the training, the schedule squeezed into it", 0.0001, 1),
            field("trainable", &G::trainable, "false: leave these parameters as they are"),
            field("other", &G::other, "true: learn by the \"other\" of an optimizer that has one")};
    }
};

/// Whether `name` matches a pattern in which "*" stands for any text.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

/// What an optimizer sees while it emits one parameter's update.
class UpdateEmitter {
  public:
    UpdateEmitter(ProgramBuilder& builder, ops::UpdateOperands operands)
        : builder_(&builder), operands_(operands) {}
    /// Operands and factors that all updates share.
    [[nodiscard]] const ops::UpdateOperands& operands() const { return operands_; }
    /// Optimizer state of the parameter's shape, from zero: "conv2d_1.weight.velocity".
    ValueId state(const std::string& suffix);
    void emit(Op op) { builder_->emit(std::move(op)); }

  private:
    ProgramBuilder* builder_;
    ops::UpdateOperands operands_;
};

/// Optimizers as an experiment names them; the ops (engine/ops/update.hpp) have the formulas.
namespace optim {

struct Sgd {
    static constexpr std::string_view type = "sgd";
    float lr = 0.01F, momentum = 0, weight_decay = 0;
    bool nesterov = false;

    static constexpr auto fields() {
        using O = Sgd;
        return std::tuple{
            field("lr", &O::lr, "learning rate", 0, 1e6),
            field("momentum", &O::momentum, "share of the last step kept", 0, 1),
            field("weight_decay", &O::weight_decay, "L2 penalty, added to the gradient", 0, 1e3),
            field("nesterov", &O::nesterov, "look ahead along the momentum")};
    }
    void update(UpdateEmitter& e) const {
        e.emit(
            ops::SgdUpdate{e.operands(), momentum > 0 ? e.state("velocity") : ValueId{}, momentum, nesterov});
    }
};

/// Adam and AdamW differ in one flag.
template <bool Decoupled>
struct AdamLike {
    static constexpr std::string_view type = Decoupled ? "adamw" : "adam";
    float lr = 1e-3F, beta1 = 0.9F, beta2 = 0.999F, eps = 1e-8F, weight_decay = Decoupled ? 0.01F : 0.0F;

    static constexpr auto fields() {
        using O = AdamLike;
        return std::tuple{
            field("lr", &O::lr, "learning rate", 0, 1e6),
            field("beta1", &O::beta1, "decay of the mean of gradients", 0, 0.9999999),
            field("beta2", &O::beta2, "decay of the mean of squared gradients", 0, 0.9999999),
            field("eps", &O::eps, "added to the denominator", 0, 1),
            field("weight_decay", &O::weight_decay,
                  Decoupled ? "shrinks the weights by lr times this" : "L2 penalty, added to the gradient", 0,
                  1e3)};
    }
    void update(UpdateEmitter& e) const {
        e.emit(ops::AdamUpdate{e.operands(), e.state("exp_avg"), e.state("exp_avg_sq"), beta1, beta2, eps,
                               Decoupled});
    }
};
using Adam = AdamLike<false>;
using AdamW = AdamLike<true>;

struct RmsProp {
    static constexpr std::string_view type = "rmsprop";
    float lr = 0.01F, alpha = 0.99F, eps = 1e-8F, momentum = 0, weight_decay = 0;

    static constexpr auto fields() {
        using O = RmsProp;
        return std::tuple{
            field("lr", &O::lr, "learning rate", 0, 1e6),
            field("alpha", &O::alpha, "decay of the mean of squared gradients", 0, 1),
            field("eps", &O::eps, "added to the denominator", 0, 1),
            field("momentum", &O::momentum, "share of the last step kept", 0, 1),
            field("weight_decay", &O::weight_decay, "L2 penalty, added to the gradient", 0, 1e3)};
    }
    void update(UpdateEmitter& e) const {
        e.emit(ops::RmsPropUpdate{e.operands(), e.state("square_avg"),
                                  momentum > 0 ? e.state("velocity") : ValueId{}, alpha, eps, momentum});
    }
};

/// For the weights of convolutions and dense layers, as matrices with one row an output. Everything else learns by
/// `other`.
struct Muon {
    static constexpr std::string_view type = "muon";
    float lr = 0.02F, momentum = 0.95F, weight_decay = 0;
    bool nesterov = true;
    int norm_every = 0;
    float norm_slowing = 0;
    int newton_steps = 5;
    float a = 3.4445F, b = -4.7750F, c = 2.0315F;
    std::variant<Sgd, Adam, AdamW, RmsProp> other = Adam{};

    static constexpr auto fields() {
        using O = Muon;
        return std::tuple{
            field("lr", &O::lr, "learning rate", 1e-9, 1e6),
            field("momentum", &O::momentum, "share of the last step kept", 0, 1),
            field("weight_decay", &O::weight_decay, "shrinks the weights by lr times this", 0, 1e3),
            field("nesterov", &O::nesterov, "look ahead along the momentum"),
            field("norm_every", &O::norm_every,
                  "every so many steps scale a matrix of m rows to the norm √m; 0: never", 0, 1e6),
            field("norm_slowing", &O::norm_slowing, "by how much that number has grown at the end", 0, 1e6),
            field("newton_steps", &O::newton_steps, "iterations that make the update orthogonal", 1, 100),
            field("a", &O::a, "factor on X in an iteration", -1e3, 1e3),
            field("b", &O::b, "factor on X XᵀX", -1e3, 1e3),
            field("c", &O::c, "factor on X XᵀX XᵀX", -1e3, 1e3),
            field("other", &O::other, "the optimizer of biases and of groups that ask for it")};
    }
    /// Whether a tensor of this shape is a matrix: weights [outputs, Kh, Kw, inputs] with more than one row and column.
    [[nodiscard]] static constexpr bool takes(const Shape& shape) {
        return shape.rank() == 4 && shape[0] > 1 && shape.count() > shape[0];
    }
    void update(UpdateEmitter& e) const {
        e.emit(ops::MuonUpdate{e.operands(),
                               e.state("velocity"),
                               momentum,
                               nesterov,
                               norm_every,
                               norm_slowing,
                               newton_steps,
                               {a, b, c}});
    }
};

}  // namespace optim

using AnyOptimizer = std::variant<optim::Sgd, optim::Adam, optim::AdamW, optim::RmsProp, optim::Muon>;

/// Slow weights that the fast ones are pulled back to; ops::LookaheadUpdate has the formula.
struct LookaheadSpec {
    int every = 0;
    float decay = 0.95F, power = 0, start = 0;

    static constexpr auto fields() {
        using L = LookaheadSpec;
        return std::tuple{
            field("every", &L::every, "steps from one pull to the next; 0: off", 0, 1e6),
            field("decay", &L::decay, "share of the slow weights that stays at a pull, at the end", 0, 1),
            field("power", &L::power, "the share grows from 0 with this power of the progress; 0: constant",
                  0, 100),
            field("start", &L::start, "share of the training before which slow and fast weights are equal", 0,
                  0.9999)};
    }
};

/// An optimizer and what surrounds it.
struct OptimizerSpec {
    AnyOptimizer kind = optim::Adam{};
    std::vector<ParameterGroup> groups;
    float clip_norm = 0, clip_value = 0;  ///< 0: off
    float average_decay = 0;              ///< of the moving average of the weights; 0: off
    LookaheadSpec lookahead;

    static constexpr auto fields() {
        using O = OptimizerSpec;
        return std::tuple{
            flatten(&O::kind),
            field("groups", &O::groups, "other learning rates for parameters by name"),
            field("clip_norm", &O::clip_norm, "largest norm of all gradients together; 0: off", 0, 1e9),
            field("clip_value", &O::clip_value, "largest size of one gradient; 0: off", 0, 1e9),
            field("average_decay", &O::average_decay,
                  "decay of the moving average of the weights, with which the test set is evaluated; 0: off",
                  0, 0.9999999),
            field("lookahead", &O::lookahead, "slow weights that the fast ones are pulled back to")};
    }
    [[nodiscard]] float lr() const {
        return std::visit([](const auto& o) { return o.lr; }, kind);
    }
};

/// Emits clipping, updates and averages for everything that the backward pass has learned.
void emit_updates(ProgramBuilder& builder, const OptimizerSpec& optimizer);

}  // namespace cnnlab
