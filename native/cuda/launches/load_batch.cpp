#include "native/cuda/kernels/load_batch.hpp"

#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {

Launch make(const ops::LoadBatch& op, Maker& maker) {
    (void)maker.elements(op.images);
    const ImageShape shape = maker.image(op.images);
    LoadBatchSpec spec{op.augment,     maker.batch(), shape.height, shape.width,
                       shape.channels, op.stream,     op.floats};
    spec.mean = maker.table(op.mean);
    spec.stddev = maker.table(op.stddev);
    Launch launch;
    launch.scratch_bytes = load_batch_scratch(maker.batch());
    launch.run = [=](const Binding& bound) {
        run_load_batch(bound.site, spec, bound.at(op.images), bound.at<int32_t>(op.targets), bound.scratch);
    };
    return launch;
}

}  // namespace cnnlab::cuda
