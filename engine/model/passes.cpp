#include "engine/model/passes.hpp"

#include <algorithm>

namespace cnnlab {

void remove_dead_ops(Program& program) {
    std::vector<bool> wanted(program.values.size());
    for (size_t i = 0; i < program.values.size(); ++i) wanted[i] = program.values[i].role == Role::persistent;
    for (const ValueId id : program.kept) wanted[static_cast<size_t>(id.index)] = true;
    wanted[static_cast<size_t>(program.targets.index)] = true;
    std::vector<Op> ops;
    std::vector<int> layers;
    for (size_t i = program.ops.size(); i-- > 0;) {
        const auto [reads, writes] = operands_of(program.ops[i]);
        // an op without results reports to the host: the loss in evaluation
        const bool live = writes.empty() || reads.empty() ||
                          std::any_of(writes.begin(), writes.end(),
                                      [&](ValueId id) { return wanted[static_cast<size_t>(id.index)]; });
        if (!live) continue;
        for (const ValueId id : reads) wanted[static_cast<size_t>(id.index)] = true;
        ops.push_back(std::move(program.ops[i]));
        layers.push_back(program.layer_of_op[i]);
    }
    std::reverse(ops.begin(), ops.end());
    std::reverse(layers.begin(), layers.end());
    program.ops = std::move(ops);
    program.layer_of_op = std::move(layers);
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

/// The ops that read or write one value, by number.
struct Users {
    std::vector<size_t> readers, writers;
};

std::vector<Users> users_of(const Program& program) {
    std::vector<Users> users(program.values.size());
    for (size_t i = 0; i < program.ops.size(); ++i) {
        const auto [reads, writes] = operands_of(program.ops[i]);
        for (const ValueId id : reads) users[static_cast<size_t>(id.index)].readers.push_back(i);
        for (const ValueId id : writes) users[static_cast<size_t>(id.index)].writers.push_back(i);
    }
    return users;
}

bool never_decreases(ActivationKind kind) {
    return kind == ActivationKind::relu || kind == ActivationKind::relu6 ||
           kind == ActivationKind::leaky_relu;
}

}  // namespace

void pool_before_activation(Program& program) {
    const auto kept = [&](ValueId id) {
        return std::find(program.kept.begin(), program.kept.end(), id) != program.kept.end();
    };
    const auto users = users_of(program);
    for (size_t i = 0; i + 1 < program.ops.size(); ++i) {
        const auto* activation = std::get_if<ops::Activation>(&program.ops[i]);
        const auto* pool = std::get_if<ops::MaxPool2d>(&program.ops[i + 1]);
        if (activation == nullptr || pool == nullptr || !never_decreases(activation->kind) ||
            !(pool->x == activation->y) || kept(activation->y))
            continue;
        // forward: x → f → y → pool → z; backward, if there is one: dz → unpool → dy → f′(y) → dx
        const ops::Activation f = *activation;
        const ops::MaxPool2d p = *pool;
        const auto& readers = users[static_cast<size_t>(f.y.index)].readers;
        const bool backward = p.argmax && readers.size() == 2;
        if (readers.size() != (backward ? 2U : 1U)) continue;
        ops::ActivationBackward* df = nullptr;
        ops::MaxPool2dBackward* dp = nullptr;
        size_t unpool = 0;
        if (backward) {
            df = std::get_if<ops::ActivationBackward>(&program.ops[readers[1]]);
            unpool = readers[1] - 1;
            dp = std::get_if<ops::MaxPool2dBackward>(&program.ops[unpool]);
            if (df == nullptr || dp == nullptr || !(df->saved == f.y) || !(df->dy == dp->dx) ||
                !(dp->argmax == p.argmax) || kept(dp->dx) ||
                users[static_cast<size_t>(dp->dx.index)].readers.size() != 1)
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
            program.ops[unpool] = df_new;
            program.ops[unpool + 1] = dp_new;
        }
        program.ops[i] = ops::MaxPool2d{f.x, pooled, p.argmax, p.window};
        program.ops[i + 1] = ops::Activation{pooled, p.y, f.kind, f.alpha};
    }
}

}  // namespace cnnlab
