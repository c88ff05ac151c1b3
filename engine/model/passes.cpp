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
        const bool live = writes.empty() || reads.empty() || std::any_of(writes.begin(), writes.end(), [&](ValueId id) { return wanted[static_cast<size_t>(id.index)]; });
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

}  // namespace cnnlab
