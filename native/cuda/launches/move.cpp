#include "native/cuda/kernels/move.hpp"

#include "engine/core/error.hpp"
#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {

namespace {

Images images_of(const Maker& maker, ValueId id) {
    (void)maker.elements(id);
    const ImageShape shape = maker.image(id);
    return {maker.batch(), shape.height, shape.width, shape.channels};
}

}  // namespace

Launch make(const ops::Shift& op, Maker& maker) {
    const Images images = images_of(maker, op.x);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_shift(bound.site, images, bound.at(op.x), bound.at(op.y), op.down, op.right, op.flip);
    };
    return launch;
}

Launch make(const ops::Resize& op, Maker& maker) {
    const Images from = images_of(maker, op.x), to = images_of(maker, op.y);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_resize(bound.site, from, to, bound.at(op.x), bound.at(op.y), op.antialias);
    };
    return launch;
}

Launch make(const ops::WeightedSum& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    if (op.parts.size() > static_cast<size_t>(most_parts))
        throw Error(ErrorCode::unsupported, maker.program().info(op.y).name,
                    "is the sum of " + std::to_string(op.parts.size()) + " values",
                    "the CUDA backend adds up to " + std::to_string(most_parts) + " at once");
    Launch launch;
    launch.run = [=](const Binding& bound) {
        WeightedParts parts;
        for (size_t i = 0; i < op.parts.size(); ++i) {
            parts.parts[i] = bound.at(op.parts[i]);
            parts.weights[i] = op.weights[i];
        }
        parts.count = static_cast<int>(op.parts.size());
        run_weighted_sum(bound.site, parts, bound.at(op.y), count);
    };
    return launch;
}

}  // namespace cnnlab::cuda
