#include "native/cuda/kernels/move.hpp"

#include "engine/core/error.hpp"
#include "native/cuda/step.hpp"

namespace cnnlab::cuda {

namespace {

Images images_of(const Maker& maker, ValueId id) {
    (void)maker.elements(id);
    const ImageShape shape = maker.image(id);
    return {maker.batch(), shape.height, shape.width, shape.channels};
}

}  // namespace

Step make(const ops::Shift& op, Maker& maker) {
    const Images images = images_of(maker, op.x);
    Step step;
    step.run = [=](const Launch& l) {
        run_shift(l.site, images, l.at(op.x), l.at(op.y), op.down, op.right, op.flip);
    };
    return step;
}

Step make(const ops::Resize& op, Maker& maker) {
    const Images from = images_of(maker, op.x), to = images_of(maker, op.y);
    Step step;
    step.run = [=](const Launch& l) { run_resize(l.site, from, to, l.at(op.x), l.at(op.y)); };
    return step;
}

Step make(const ops::WeightedSum& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    if (op.parts.size() > static_cast<size_t>(most_parts))
        throw Error(ErrorCode::unsupported, maker.program().info(op.y).name,
                    "is the sum of " + std::to_string(op.parts.size()) + " values",
                    "the CUDA backend adds up to " + std::to_string(most_parts) + " at once");
    Step step;
    step.run = [=](const Launch& l) {
        WeightedParts parts;
        for (size_t i = 0; i < op.parts.size(); ++i) {
            parts.parts[i] = l.at(op.parts[i]);
            parts.weights[i] = op.weights[i];
        }
        parts.count = static_cast<int>(op.parts.size());
        run_weighted_sum(l.site, parts, l.at(op.y), count);
    };
    return step;
}

}  // namespace cnnlab::cuda
