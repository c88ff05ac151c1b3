#include "web/bindings/profile.hpp"

namespace cnnlab::web {

std::vector<OpCost> costs_of(const Program& program, const std::vector<LayerInfo>& layers,
                             const std::vector<double>& seconds, int64_t steps) {
    std::vector<OpCost> costs;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        if (seconds.at(i) <= 0) continue;
        const Op& op = program.ops[i];
        const int layer = program.layer_of_op[i];
        double bytes = 0;
        const Operands operands = operands_of(op);
        for (const auto* values : {&operands.reads, &operands.writes})
            for (const ValueId id : *values)
                bytes += static_cast<double>(program.info(id).bytes(program.batch));
        costs.push_back({.layer = layer < 0 ? "–" : layers.at(static_cast<size_t>(layer)).name,
                         .op = std::string(op_name(op)),
                         .seconds = seconds[i] / static_cast<double>(steps),
                         .flops = 2.0 * static_cast<double>(multiply_adds(op, program)) * program.batch,
                         .bytes = bytes});
    }
    return costs;
}

}  // namespace cnnlab::web
