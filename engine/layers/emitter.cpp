#include "engine/layers/emitter.hpp"

#include <algorithm>

namespace cnnlab {

ValueId LayerEmitter::input() const {
    if (inputs_.size() != 1)
        throw error(ErrorCode::shape_mismatch, "from",
                    "takes one input but was given " + std::to_string(inputs_.size()),
                    "name one layer in \"from\", or join them first with \"add\" or \"concat\"");
    return inputs_[0];
}

Error LayerEmitter::error(ErrorCode code, const std::string& field, const std::string& problem,
                          const std::string& remedy) const {
    return {code, field.empty() ? place_ : place_ + "." + field, problem, remedy};
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
        throw error(ErrorCode::unsupported, field, "\"whitening\" is made from patches of the images",
                    "give it to the weights of the conv2d that reads the images, without groups");
    if (shape[0] != 2 * patch)
        throw error(ErrorCode::shape_mismatch, field,
                    "\"whitening\" gives two filters for each of a patch's " + std::to_string(patch) +
                        " numbers, not " + std::to_string(shape[0]),
                    "let the layer have " + std::to_string(2 * patch) + " outputs");
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
