#include "engine/model/passes.hpp"

#include <algorithm>

#include "engine/ops/dataflow.hpp"

namespace cnnlab {

void remove_dead_ops(Program& program) {
    std::vector<bool> wanted(program.values.size());
    for (size_t i = 0; i < program.values.size(); ++i) wanted[i] = program.values[i].role == Role::persistent;
    for (const ValueId id : program.kept) wanted[static_cast<size_t>(id.index)] = true;
    wanted[static_cast<size_t>(program.targets.index)] = true;
    std::vector<bool> live(program.ops.size());
    for (size_t i = program.ops.size(); i-- > 0;) {
        const auto [reads, writes] = operands_of(program.ops[i]);
        // an op without results reports to the host: the loss in evaluation
        live[i] = writes.empty() || reads.empty() ||
                  std::any_of(writes.begin(), writes.end(),
                              [&](ValueId id) { return wanted[static_cast<size_t>(id.index)]; });
        if (!live[i]) continue;
        for (const ValueId id : reads) wanted[static_cast<size_t>(id.index)] = true;
    }
    keep_ops(program, [&](size_t op) { return live[op]; });
}

void drop_unread_gradients(Program& program) {
    std::vector<bool> read(program.values.size());
    for (const ValueId id : program.kept) read[static_cast<size_t>(id.index)] = true;
    for (const Op& op : program.ops)
        for (const ValueId id : operands_of(op).reads) read[static_cast<size_t>(id.index)] = true;
    for (Op& op : program.ops)
        if (auto* gradient = std::get_if<ops::Conv2dBackwardWeight>(&op))
            if (gradient->dbias && !read[static_cast<size_t>(gradient->dweight.index)])
                gradient->dweight = {};
}

namespace {

bool never_decreases(ActivationKind kind) {
    return kind == ActivationKind::relu || kind == ActivationKind::relu6 ||
           kind == ActivationKind::leaky_relu;
}

}  // namespace

void pool_before_activation(Program& program) {
    const Dataflow flow(program);
    const auto op = [&](int number) -> Op& { return program.ops[static_cast<size_t>(number)]; };
    for (size_t i = 0; i + 1 < program.ops.size(); ++i) {
        const auto* activation = std::get_if<ops::Activation>(&program.ops[i]);
        const auto* pool = std::get_if<ops::MaxPool2d>(&program.ops[i + 1]);
        if (activation == nullptr || pool == nullptr || !never_decreases(activation->kind) ||
            !(pool->x == activation->y) || flow.is_kept(activation->y))
            continue;
        // forward: x → f → y → pool → z; backward, if there is one: dz → unpool → dy → f′(y) → dx
        const ops::Activation f = *activation;
        const ops::MaxPool2d p = *pool;
        const auto& readers = flow.readers(f.y);
        const bool backward = p.argmax && readers.size() == 2;
        if (readers.size() != (backward ? 2U : 1U)) continue;
        ops::ActivationBackward* df = nullptr;
        ops::MaxPool2dBackward* dp = nullptr;
        if (backward) {
            df = std::get_if<ops::ActivationBackward>(&op(readers[1]));
            const int unpool = df != nullptr ? flow.writer(df->dy) : -1;
            if (unpool >= 0) dp = std::get_if<ops::MaxPool2dBackward>(&op(unpool));
            if (dp == nullptr || !(df->saved == f.y) || !(dp->argmax == p.argmax) || flow.is_kept(dp->dx) ||
                flow.readers(dp->dx).size() != 1)
                continue;
        } else if (p.argmax) {
            continue;
        }
        const auto declare = [&](ValueId like) {
            ValueInfo info = program.info(like);
            info.name += ".pooled";
            program.values.push_back(info);
            return ValueId{static_cast<int32_t>(program.values.size() - 1)};
        };
        const ValueId pooled = declare(p.y);
        if (backward) {
            const ValueId dpooled = declare(dp->dy);
            const ops::ActivationBackward df_new{p.y, dp->dy, dpooled, f.kind, f.alpha};
            const ops::MaxPool2dBackward dp_new{dpooled, dp->argmax, df->dx, dp->window};
            op(flow.writer(df->dy)) = df_new;
            op(readers[1]) = dp_new;
        }
        program.ops[i] = ops::MaxPool2d{f.x, pooled, p.argmax, p.window};
        program.ops[i + 1] = ops::Activation{pooled, p.y, f.kind, f.alpha};
    }
}

}  // namespace cnnlab
