#include "engine/ops/program_builder.hpp"

namespace cnnlab {

ValueId ProgramBuilder::declare(std::string name, Shape shape, Role role, DType dtype) {
    program.values.push_back({std::move(name), shape, dtype, role, -1});
    return {static_cast<int32_t>(program.values.size() - 1)};
}

ValueId ProgramBuilder::persistent(PersistentSpec spec) {
    if (const auto known = persistent_ids_.find(spec.name); known != persistent_ids_.end())
        return known->second;
    const ValueId id = declare(spec.name, spec.shape, Role::persistent);
    program.values.back().persistent = static_cast<int32_t>(persistents.size());
    persistent_ids_[spec.name] = id;
    persistents.push_back(std::move(spec));
    return id;
}

void ProgramBuilder::emit(Op op) {
    program.ops.push_back(std::move(op));
    program.layer_of_op.push_back(layer);
}

ValueId ProgramBuilder::gradient(ValueId value) {
    auto& parts = contributions_[value.index];
    while (parts.size() > 1) {
        const ValueId sum = declare("d_" + program.info(value).name, program.shape(value), Role::activation);
        emit(ops::Add{parts[0], parts[1], sum});
        parts.erase(parts.begin(), parts.begin() + 2);
        parts.insert(parts.begin(), sum);
    }
    return parts.empty() ? ValueId{} : parts[0];
}

}  // namespace cnnlab
