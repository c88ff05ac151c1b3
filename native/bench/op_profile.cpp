#include "native/bench/op_profile.hpp"

#include <algorithm>
#include <set>

#include "engine/cpu/executor.hpp"
#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

/// The segments of the CPU backend; nullptr for other backends.
const cpu::Layout* layout_of(const Executable& executable) {
    const auto* executor = dynamic_cast<const cpu::Executor*>(&executable);
    return executor == nullptr ? nullptr : &executor->layout();
}

std::vector<int> segments_by_op(const cpu::Layout* layout, size_t ops) {
    std::vector<int> numbers(ops, -1);
    if (layout == nullptr) return numbers;
    for (size_t s = 0; s < layout->segments.size(); ++s) {
        const cpu::Segment& segment = layout->segments[s];
        for (const int op : segment.maps) numbers[static_cast<size_t>(op)] = static_cast<int>(s);
        // An op that also maps belongs to the segment of its map.
        for (const auto& level : segment.epilogues)
            for (const int op : level)
                if (int& number = numbers[static_cast<size_t>(op)]; number < 0) number = static_cast<int>(s);
    }
    return numbers;
}

std::vector<ValueId> operands(const Op& op) {
    const Operands all = operands_of(op);
    std::vector<ValueId> list = all.reads;
    list.insert(list.end(), all.writes.begin(), all.writes.end());
    return list;
}

bool stays_in_cache(const cpu::Layout* layout, ValueId id) {
    return layout != nullptr && layout->local[static_cast<size_t>(id.index)];
}

}  // namespace

double OpCost::floor(const MachineRates& rates) const {
    return std::max(flops / rates.flops, memory_bytes / rates.bytes);
}

std::vector<OpCost> op_costs(const Program& program, const Executable& executable,
                             const std::vector<LayerInfo>& layers, const std::vector<double>& seconds,
                             int64_t steps) {
    const cpu::Layout* layout = layout_of(executable);
    const std::vector<int> segments = segments_by_op(layout, program.ops.size());
    std::vector<OpCost> costs;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        const Op& op = program.ops[i];
        OpCost cost;
        const int layer = program.layer_of_op[i];
        cost.layer = layer < 0 ? "–" : layers.at(static_cast<size_t>(layer)).name;
        cost.op = op_name(op);
        cost.segment = segments[i];
        cost.seconds = seconds.at(i) / static_cast<double>(steps);
        cost.flops = 2.0 * static_cast<double>(multiply_adds(op, program)) * program.batch;
        for (const ValueId id : operands(op)) {
            const auto bytes = static_cast<double>(program.info(id).bytes(program.batch));
            cost.bytes += bytes;
            if (!stays_in_cache(layout, id)) cost.memory_bytes += bytes;
        }
        if (cost.seconds > 0) costs.push_back(cost);
    }
    return costs;
}

std::vector<OpCost> segment_costs(const Program& program, const Executable& executable,
                                  const std::vector<OpCost>& ops) {
    const cpu::Layout* layout = layout_of(executable);
    const std::vector<int> segments = segments_by_op(layout, program.ops.size());
    std::vector<OpCost> costs;
    for (const OpCost& op : ops) {
        auto found = std::find_if(costs.begin(), costs.end(),
                                  [&](const OpCost& cost) { return cost.segment == op.segment; });
        if (found == costs.end()) {
            OpCost fresh;
            fresh.layer = op.layer;
            fresh.op = op.op;
            fresh.segment = op.segment;
            found = costs.insert(costs.end(), fresh);
        }
        // "first to last", with their layers
        if (found->seconds > 0) {
            found->layer = found->layer.substr(0, found->layer.find(" … ")) + " … " + op.layer;
            found->op = found->op.substr(0, found->op.find(" … ")) + " … " + op.op;
        }
        found->seconds += op.seconds;
        found->flops += op.flops;
    }
    for (OpCost& cost : costs) {
        std::set<int> seen;
        for (size_t i = 0; i < program.ops.size(); ++i) {
            if (segments[i] != cost.segment) continue;
            for (const ValueId id : operands(program.ops[i])) {
                if (!seen.insert(id.index).second) continue;
                const auto bytes = static_cast<double>(program.info(id).bytes(program.batch));
                cost.bytes += bytes;
                if (!stays_in_cache(layout, id)) cost.memory_bytes += bytes;
            }
        }
    }
    return costs;
}

std::string cost_table(std::vector<OpCost> costs, const MachineRates& rates) {
    std::stable_sort(costs.begin(), costs.end(),
                     [](const OpCost& a, const OpCost& b) { return a.seconds > b.seconds; });
    constexpr auto right = Table::Align::right;
    Table table({{"layer"},
                 {"op"},
                 {"segment", right},
                 {"ms", right},
                 {"share", right},
                 {"GFLOP/s", right},
                 {"GB/s", right},
                 {"of the floor", right},
                 {"limit"}});
    OpCost all;
    all.layer = "all";
    double floors = 0;
    for (const OpCost& cost : costs) {
        all.seconds += cost.seconds;
        all.flops += cost.flops;
        floors += cost.floor(rates);
    }
    const auto add = [&](const OpCost& cost, double floor) {
        const bool computes = cost.flops / rates.flops >= cost.memory_bytes / rates.bytes;
        table.add({cost.layer, cost.op, cost.segment < 0 ? "" : std::to_string(cost.segment + 1),
                   short_number(1e3 * cost.seconds, 3), percent_text(cost.seconds / all.seconds),
                   cost.flops > 0 ? short_number(1e-9 * cost.flops / cost.seconds, 0) : "",
                   cost.bytes > 0 ? short_number(1e-9 * cost.bytes / cost.seconds, 1) : "",
                   floor > 0 ? percent_text(floor / cost.seconds) : "",
                   floor <= 0 || cost.layer == "all" ? ""
                   : computes                        ? "arithmetic"
                                                     : "memory"});
    };
    for (const OpCost& cost : costs) add(cost, cost.floor(rates));
    table.rule();
    add(all, floors);
    return table.str();
}

Json cost_json(const std::vector<OpCost>& costs, const MachineRates& rates) {
    Json list = Json::array();
    for (const OpCost& cost : costs)
        list.push_back({{"layer", cost.layer},
                        {"op", cost.op},
                        {"segment", cost.segment},
                        {"seconds", cost.seconds},
                        {"flops", cost.flops},
                        {"bytes", cost.bytes},
                        {"memory_bytes", cost.memory_bytes},
                        {"floor_seconds", cost.floor(rates)}});
    return list;
}

}  // namespace cnnlab
