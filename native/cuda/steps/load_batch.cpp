#include "native/cuda/kernels/load_batch.hpp"

#include "native/cuda/step.hpp"

namespace cnnlab::cuda {

Step make(const ops::LoadBatch& op, Maker& maker) {
    (void)maker.elements(op.images);
    const ImageShape shape = maker.image(op.images);
    LoadBatchSpec spec{op.augment, maker.batch(), shape.height, shape.width, shape.channels, op.stream};
    spec.mean = maker.table(op.mean);
    spec.stddev = maker.table(op.stddev);
    Step step;
    step.scratch_bytes = load_batch_scratch(maker.batch());
    step.run = [=](const Launch& l) {
        run_load_batch(l.site, spec, l.at(op.images), l.at<int32_t>(op.targets), l.scratch);
    };
    return step;
}

}  // namespace cnnlab::cuda
