#include "engine/layers/emitter.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"

namespace cnnlab {

ValueId LayerEmitter::input() const {
    if (inputs_.size() != 1)
        throw error(ErrorCode::shape_mismatch, "from", say("layer.one_input", inputs_.size()),
                    say("layer.name_one"));
    return inputs_[0];
}

Error LayerEmitter::error(ErrorCode code, const std::string& field, Message problem, Message remedy) const {
    return {code, field.empty() ? place_ : place_ + "." + field, std::move(problem), std::move(remedy)};
}

ValueId LayerEmitter::activation(const std::string& suffix, Shape shape, DType dtype) {
    return declared_[suffix] = builder_->declare(name_ + (suffix.empty() ? "" : "." + suffix), shape,
                                                 Role::activation, dtype);
}

ValueId LayerEmitter::parameter(const std::string& suffix, Shape shape, const InitSpec& init, Fan fan) {
    if (init.type == InitKind::whitening) check_whitening(suffix, shape);
    const std::string full = name_ + "." + suffix;
    ValueId id =
        builder_->persistent({.name = full, .shape = shape, .init = init, .fan = fan, .parameter = true});
    if (builder_->averaged)
        id = builder_->persistent(
            {.name = full + ".average", .shape = shape, .init = init, .fan = fan, .copy_of = full});
    return declared_[suffix] = id;
}

void LayerEmitter::check_whitening(const std::string& suffix, const Shape& shape) const {
    const std::string field = suffix == "weight" ? "init" : suffix + "_init";
    const int64_t patch = shape.rank() == 4 ? shape[1] * shape[2] * shape[3] : 0;
    if (patch == 0 || !(inputs_[0] == builder_->input) ||
        shape[3] != ImageShape(builder_->program.shape(inputs_[0])).channels)
        throw error(ErrorCode::unsupported, field, say("whitening.images"), say("whitening.where"));
    if (shape[0] != 2 * patch)
        throw error(ErrorCode::shape_mismatch, field, say("whitening.filters", patch, shape[0]),
                    say("whitening.outputs", 2 * patch));
}

ValueId LayerEmitter::state(const std::string& suffix, Shape shape, InitKind init) {
    return declared_[suffix] =
               builder_->persistent({.name = name_ + "." + suffix, .shape = shape, .init = {init}});
}

ValueId LayerEmitter::batch_value(const std::string& suffix, Shape shape) {
    return declared_[suffix] = builder_->declare(name_ + "." + suffix, shape, Role::batch);
}

ValueId LayerEmitter::recall(const std::string& suffix) const {
    const auto found = declared_.find(suffix);
    return found == declared_.end() ? ValueId{} : found->second;
}

ValueId LayerEmitter::grad_input(int i) {
    const ValueId x = inputs_[static_cast<size_t>(i)];
    const ValueId gradient =
        builder_->declare("d_" + builder_->program.info(x).name, shape(x), Role::activation);
    builder_->contribute(x, gradient);
    return gradient;
}

ValueId LayerEmitter::grad_parameter(const std::string& suffix) {
    const ValueId parameter = recall(suffix);
    const ValueId gradient =
        builder_->declare("d_" + builder_->program.info(parameter).name, shape(parameter), Role::gradient);
    builder_->learned.push_back({parameter, gradient});
    return gradient;
}

}  // namespace cnnlab
