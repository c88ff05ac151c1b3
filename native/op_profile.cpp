#include "native/op_profile.hpp"

#include <algorithm>

#include "native/text.hpp"

namespace cnnlab {

namespace {

std::string fixed_text(double value, int decimals) {
    std::string text(32, '\0');
    text.resize(static_cast<size_t>(std::snprintf(text.data(), text.size(), "%.*f", decimals, value)));
    return text;
}

}  // namespace

std::vector<OpCost> op_costs(const Program& program, const std::vector<LayerInfo>& layers,
                             const std::vector<double>& seconds, int64_t steps) {
    std::vector<OpCost> costs;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        const Op& op = program.ops[i];
        OpCost cost;
        const int layer = program.layer_of_op[i];
        cost.layer = layer < 0 ? "–" : layers.at(static_cast<size_t>(layer)).name;
        cost.op = op_name(op);
        cost.seconds = seconds.at(i) / static_cast<double>(steps);
        cost.flops = 2.0 * static_cast<double>(multiply_adds(op, program)) * program.batch;
        const Operands operands = operands_of(op);
        for (const auto* list : {&operands.reads, &operands.writes})
            for (const ValueId id : *list)
                cost.bytes += static_cast<double>(program.info(id).bytes(program.batch));
        if (cost.seconds > 0) costs.push_back(cost);
    }
    return costs;
}

std::string cost_table(std::vector<OpCost> costs, double peak_gflops) {
    std::stable_sort(costs.begin(), costs.end(),
                     [](const OpCost& a, const OpCost& b) { return a.seconds > b.seconds; });
    using Align = Table::Align;
    Table table({{"layer"},
                 {"op"},
                 {"ms", Align::right},
                 {"share", Align::right},
                 {"GFLOP/s", Align::right},
                 {"of peak", Align::right},
                 {"GB/s", Align::right}});
    double all = 0, flops = 0;
    for (const OpCost& cost : costs) {
        all += cost.seconds;
        flops += cost.flops;
    }
    const auto add = [&](const OpCost& cost) {
        const double gflops = 1e-9 * cost.flops / cost.seconds;
        table.add({cost.layer, cost.op, fixed_text(1e3 * cost.seconds, 3), percent_text(cost.seconds / all),
                   cost.flops > 0 ? fixed_text(gflops, 0) : "",
                   cost.flops > 0 ? percent_text(gflops / peak_gflops) : "",
                   cost.bytes > 0 ? fixed_text(1e-9 * cost.bytes / cost.seconds, 0) : ""});
    };
    for (const OpCost& cost : costs) add(cost);
    table.rule();
    add({"all", "", all, flops, 0});
    return table.str();
}

Json cost_json(const std::vector<OpCost>& costs) {
    Json list = Json::array();
    for (const OpCost& cost : costs)
        list.push_back({{"layer", cost.layer},
                        {"op", cost.op},
                        {"seconds", cost.seconds},
                        {"flops", cost.flops},
                        {"bytes", cost.bytes}});
    return list;
}

}  // namespace cnnlab
