#include "engine/cpu/fusion.hpp"

#include "engine/cpu/kernel.hpp"
#include "engine/ops/dataflow.hpp"

namespace cnnlab::cpu {

namespace {

/// The ops that one convolution takes over.
class Fuser {
  public:
    Fuser(const Program& program, const Dataflow& flow, int number)
        : program_(program), flow_(flow), number_(number) {}

    /// Takes op `next`, the only reader of conv.y, over. False if the convolution cannot do it.
    bool take(const Op& next, ops::Conv2d& conv) const {
        ops::Finish& finish = conv.finish;
        if (finish.activates) return false;
        if (const auto* norm = std::get_if<ops::BatchNorm>(&next)) return take_norm(*norm, conv);
        if (const auto* sum = std::get_if<ops::Add>(&next)) {
            const ValueId other = sum->a == conv.y ? sum->b : sum->a;
            if (finish.addend || other == conv.y || flow_.writer(other) < 0 || flow_.writer(other) > number_)
                return false;
            finish.addend = other;
            conv.y = sum->y;
            return true;
        }
        const auto* f = std::get_if<ops::Activation>(&next);
        if (f == nullptr || (f->kind != ActivationKind::relu && f->kind != ActivationKind::relu6))
            return false;
        finish.activates = true;
        finish.activation = f->kind;
        conv.y = f->y;
        return true;
    }

  private:
    bool take_norm(const ops::BatchNorm& norm, ops::Conv2d& conv) const {
        ops::Finish& finish = conv.finish;
        if (finish.variance || finish.addend || !(norm.x == conv.y)) return false;
        for (const ValueId id : {norm.mean, norm.variance, norm.weight, norm.bias})
            if (!id || program_.info(id).role != Role::persistent) return false;
        finish.mean = norm.mean;
        finish.variance = norm.variance;
        finish.weight = norm.weight;
        finish.bias = norm.bias;
        finish.eps = norm.eps;
        conv.y = norm.y;
        return true;
    }

    const Program& program_;
    const Dataflow& flow_;
    int number_;
};

/// Batch norms of a Program for training that take over the activations behind them.
class NormFuser {
  public:
    explicit NormFuser(Program& program) : program_(program), flow_(program), taken_(program.ops.size()) {}

    void run() {
        for (Op& op : program_.ops)
            if (auto* norm = std::get_if<ops::BatchNorm>(&op)) take(*norm);
        keep_ops(program_, [&](size_t op) { return !taken_[op]; });
    }

  private:
    Op& at(int op) { return program_.ops[static_cast<size_t>(op)]; }
    /// The only reader of a value that is not kept; null if it is another kind of op or there are more.
    template <class O>
    O* only_reader(ValueId id) {
        if (flow_.is_kept(id) || flow_.readers(id).size() != 1) return nullptr;
        return std::get_if<O>(&at(flow_.readers(id).front()));
    }

    void take(ops::BatchNorm& norm) {
        if (!norm.mean || !norm.bias) return;
        const auto* f = only_reader<ops::Activation>(norm.y);
        if (f == nullptr || (f->kind != ActivationKind::relu && f->kind != ActivationKind::relu6)) return;
        taken_[static_cast<size_t>(flow_.readers(norm.y).front())] = true;
        norm.activation = {true, f->kind, norm.weight, norm.bias};
        norm.y = f->y;
        for (const int reader : flow_.readers(norm.y))
            if (const auto* back = std::get_if<ops::ActivationBackward>(&at(reader));
                back != nullptr && back->saved == norm.y && take_gradient(norm, *back))
                taken_[static_cast<size_t>(reader)] = true;
    }

    /// Gives the activation's gradient to those of batch norm, if nothing else reads it.
    bool take_gradient(const ops::BatchNorm& norm, const ops::ActivationBackward& back) {
        if (flow_.is_kept(back.dx)) return false;
        const auto takes = [&](auto* op) { return op != nullptr && op->dy == back.dx && op->x == norm.x; };
        const auto& readers = flow_.readers(back.dx);
        for (const int reader : readers)
            if (!takes(std::get_if<ops::BatchNormBackwardReduce>(&at(reader))) &&
                !takes(std::get_if<ops::BatchNormBackwardInput>(&at(reader))))
                return false;
        for (const int reader : readers) {
            const auto give = [&](auto* op) {
                if (op == nullptr) return;
                op->dy = back.dy;
                op->activation = norm.activation;
            };
            give(std::get_if<ops::BatchNormBackwardReduce>(&at(reader)));
            give(std::get_if<ops::BatchNormBackwardInput>(&at(reader)));
        }
        return true;
    }

    Program& program_;
    Dataflow flow_;
    std::vector<bool> taken_;
};

}  // namespace

Program fused(Program program) {
    // A training Program keeps what lies in between for its gradients. Nothing writes weights in an evaluating one.
    if (program.phase != Phase::evaluate) {
        if constexpr (has_room) NormFuser(program).run();
        return program;
    }
    std::vector<bool> taken(program.ops.size());
    const Dataflow flow(program);
    // The last first: of two that could take the same sum, the later one has both of its terms.
    for (size_t i = program.ops.size(); i-- > 0;) {
        auto* conv = std::get_if<ops::Conv2d>(&program.ops[i]);
        if (conv == nullptr || ImageShape(program.shape(conv->y)).positions() == 1) continue;
        const Fuser fuser(program, flow, static_cast<int>(i));
        ops::Conv2d fused = *conv;
        while (!flow.is_kept(fused.y) && flow.readers(fused.y).size() == 1) {
            const auto next = static_cast<size_t>(flow.readers(fused.y).front());
            if (taken[next] || !fuser.take(program.ops[next], fused)) break;
            taken[next] = true;
        }
        *conv = fused;
    }
    keep_ops(program, [&](size_t op) { return !taken[op]; });
    return program;
}

}  // namespace cnnlab::cpu
