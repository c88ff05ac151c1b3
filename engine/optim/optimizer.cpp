#include "engine/optim/optimizer.hpp"

namespace cnnlab {

namespace {

/// The fields around an optimizer's own.
struct Around {
    std::vector<ParameterGroup> groups;
    float clip_norm = 0, clip_value = 0, average_decay = 0;

    static constexpr auto fields() {
        return std::tuple{
            field("groups", &Around::groups, "other learning rates for parameters by name"),
            field("clip_norm", &Around::clip_norm, "largest norm of all gradients together; 0: off", 0, 1e9),
            field("clip_value", &Around::clip_value, "largest size of one gradient; 0: off", 0, 1e9),
            field("average_decay", &Around::average_decay,
                  "decay of the moving average of the weights, with which the test set is evaluated; 0: off",
                  0, 0.9999999)};
    }
};

const ParameterGroup* group_of(const OptimizerSpec& optimizer, const std::string& name) {
    for (const auto& group : optimizer.groups)
        if (matches(group.match, name)) return &group;
    return nullptr;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] != '*')
        return !name.empty() && pattern[0] == name[0] && matches(pattern.substr(1), name.substr(1));
    for (size_t skip = 0; skip <= name.size(); ++skip)
        if (matches(pattern.substr(1), name.substr(skip))) return true;
    return false;
}

OptimizerSpec OptimizerSpec::from_json(const Json& json, const std::string& place) {
    OptimizerSpec spec;
    read_variant(json, spec.kind, place, field_names<Around>());
    if (!json.is_object()) return spec;
    Json part = Json::object();
    for (const auto& name : field_names<Around>())
        if (json.contains(name)) part[name] = json.at(name);
    Around around;
    read_fields(part, around, place);
    spec.groups = around.groups;
    spec.clip_norm = around.clip_norm;
    spec.clip_value = around.clip_value;
    spec.average_decay = around.average_decay;
    return spec;
}

Json OptimizerSpec::to_json() const {
    Json json = write_json(kind);
    write_fields(Around{groups, clip_norm, clip_value, average_decay}, json);
    return json;
}

ValueId UpdateEmitter::state(const std::string& suffix) {
    const ValueInfo parameter = builder_->program.info(operands_.parameter);
    return builder_->persistent(
        {parameter.name + "." + suffix, parameter.shape, {InitKind::zeros}, {}, {}, false});
}

void emit_updates(ProgramBuilder& builder, const OptimizerSpec& optimizer) {
    for (size_t i = 0; i < optimizer.groups.size(); ++i) {
        bool used = false;
        for (const auto& [parameter, gradient] : builder.learned)
            used |= matches(optimizer.groups[i].match, builder.program.info(parameter).name);
        if (!used)
            throw Error(ErrorCode::unknown_name, "optimizer.groups[" + std::to_string(i) + "].match",
                        "\"" + optimizer.groups[i].match + "\" matches no parameter that learns",
                        "`describe` lists their names");
    }
    ValueId clip;
    if (optimizer.clip_norm > 0) {
        std::vector<ValueId> gradients;
        for (const auto& learned : builder.learned) {
            const auto* group = group_of(optimizer, builder.program.info(learned.parameter).name);
            if (group == nullptr || group->trainable) gradients.push_back(learned.gradient);
        }
        clip = builder.declare("clip", {1}, Role::batch);
        builder.emit(ops::GradientNorm{std::move(gradients), clip, optimizer.clip_norm});
    }
    for (const auto& [parameter, gradient] : builder.learned) {
        const ValueInfo info = builder.program.info(parameter);
        const auto* group = group_of(optimizer, info.name);
        if (group != nullptr && !group->trainable) continue;
        ops::UpdateOperands operands{parameter, gradient, clip, optimizer.clip_value};
        operands.lr_scale = group != nullptr ? group->lr_scale : 1.0F;
        operands.weight_decay =
            group != nullptr && group->weight_decay >= 0
                ? group->weight_decay
                : std::visit([](const auto& o) { return o.weight_decay; }, optimizer.kind);
        UpdateEmitter emitter(builder, operands);
        std::visit([&](const auto& o) { o.update(emitter); }, optimizer.kind);
        if (optimizer.average_decay > 0) {
            const ValueId average = builder.persistent(
                {info.name + ".average", info.shape, {InitKind::zeros}, {}, info.name, false});
            builder.emit(ops::AverageUpdate{average, parameter, optimizer.average_decay});
        }
    }
}

}  // namespace cnnlab
