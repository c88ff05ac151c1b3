#pragma once

#include <map>
#include <string>
#include <vector>

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

}  // namespace cnnlab
