#include "engine/optim/optimizer.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

const ParameterGroup* group_of(const OptimizerSpec& optimizer, const std::string& name) {
    for (const auto& group : optimizer.groups)
        if (matches(group.match, name)) return &group;
    return nullptr;
}

std::string place_of(const OptimizerSpec& optimizer, const ParameterGroup& group) {
    return "optimizer.groups[" + std::to_string(&group - optimizer.groups.data()) + "]";
}

/// Every group must be of use.
void check_groups(const ProgramBuilder& builder, const OptimizerSpec& optimizer) {
    const auto* muon = std::get_if<optim::Muon>(&optimizer.kind);
    std::vector<float> ends;
    for (const ParameterGroup& group : optimizer.groups) {
        if (group.until < 1 && std::find(ends.begin(), ends.end(), group.until) == ends.end())
            ends.push_back(group.until);
        if (ends.size() > most_early_rates)
            throw Error(ErrorCode::out_of_range, place_of(optimizer, group) + ".until",
                        say("group.until", most_early_rates), say("group.share_until"));
        bool used = false;
        for (const auto& learned : builder.learned)
            used |= matches(group.match, builder.program.info(learned.parameter).name);
        if (!used)
            throw Error(ErrorCode::unknown_name, place_of(optimizer, group) + ".match",
                        say("group.no_match", group.match), say("group.describe"));
        if (group.other && muon == nullptr)
            throw Error(ErrorCode::unsupported, place_of(optimizer, group) + ".other", say("group.no_other"),
                        say("group.use_muon"));
        if (group.lr >= 0 && optimizer.lr() == 0)
            throw Error(ErrorCode::out_of_range, place_of(optimizer, group) + ".lr", say("group.rate_0"),
                        say("group.positive_rate"));
    }
}

/// The number of the learning rate that ends after a share of the training.
int early_rate(Program& program, const ParameterGroup& group) {
    auto& ends = program.early_ends;
    const auto found = std::find(ends.begin(), ends.end(), group.until);
    const auto number = static_cast<int>(found - ends.begin()) + 1;
    if (found != ends.end()) return number;
    ends.push_back(group.until);
    return number;
}

/// Emits the update of a parameter by one optimizer of an experiment.
template <class Optimizer>
void emit_update(ProgramBuilder& builder, const OptimizerSpec& spec, const ParameterGroup& group,
                 const Optimizer& optimizer, ops::UpdateOperands operands) {
    const float base = spec.lr();
    // where the optimizer is the experiment's own, the factor is exactly 1
    operands.lr_scale = group.lr >= 0          ? group.lr / base
                        : optimizer.lr == base ? group.lr_scale
                                               : optimizer.lr / base * group.lr_scale;
    operands.weight_decay = group.weight_decay >= 0 ? group.weight_decay : optimizer.weight_decay;
    UpdateEmitter emitter(builder, operands);
    optimizer.update(emitter);
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

ValueId UpdateEmitter::state(const std::string& suffix) {
    const ValueInfo parameter = builder_->program.info(operands_.parameter);
    return builder_->persistent(
        {.name = parameter.name + "." + suffix, .shape = parameter.shape, .init = {InitKind::zeros}});
}

void emit_updates(ProgramBuilder& builder, const OptimizerSpec& optimizer) {
    check_groups(builder, optimizer);
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
        const auto* found = group_of(optimizer, info.name);
        const ParameterGroup group = found != nullptr ? *found : ParameterGroup{};
        if (!group.trainable) continue;
        ops::UpdateOperands operands{parameter, gradient, clip, optimizer.clip_value};
        if (group.until < 1) operands.rate = early_rate(builder.program, *found);
        const auto* muon = std::get_if<optim::Muon>(&optimizer.kind);
        if (muon != nullptr && (group.other || !optim::Muon::takes(info.shape)))
            std::visit([&](const auto& o) { emit_update(builder, optimizer, group, o, operands); },
                       muon->other);
        else
            std::visit([&](const auto& o) { emit_update(builder, optimizer, group, o, operands); },
                       optimizer.kind);
        if (optimizer.lookahead.every > 0) {
            const LookaheadSpec& l = optimizer.lookahead;
            const ValueId slow = builder.persistent({.name = info.name + ".slow",
                                                     .shape = info.shape,
                                                     .init = {InitKind::zeros},
                                                     .copy_of = info.name});
            builder.emit(ops::LookaheadUpdate{slow, parameter, l.every, l.decay, l.power, l.start});
        }
        if (optimizer.average_decay > 0) {
            const ValueId average = builder.persistent({.name = info.name + ".average",
                                                        .shape = info.shape,
                                                        .init = {InitKind::zeros},
                                                        .copy_of = info.name});
            builder.emit(ops::AverageUpdate{average, parameter, optimizer.average_decay});
        }
    }
}

}  // namespace cnnlab
