#include "native/cuda/kernels/elementwise.hpp"

#include "native/cuda/step.hpp"

/// Activations, dropout, and the ops that add, join, cut and reshape.
namespace cnnlab::cuda {

Step make(const ops::Activation& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    Step step;
    step.run = [=](const Launch& l) {
        run_activation(l.site, l.at(op.x), l.at(op.y), count, op.kind, op.alpha);
    };
    return step;
}

Step make(const ops::ActivationBackward& op, Maker& maker) {
    const uint32_t count = maker.elements(op.dx);
    Step step;
    step.run = [=](const Launch& l) {
        run_activation_backward(l.site, l.at(op.saved), l.at(op.dy), l.at(op.dx), count, op.kind, op.alpha);
    };
    return step;
}

Step make(const ops::Dropout& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    Step step;
    step.run = [=](const Launch& l) { run_dropout(l.site, l.at(op.x), l.at(op.y), count, op.p, op.stream); };
    return step;
}

Step make(const ops::Add& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    Step step;
    step.run = [=](const Launch& l) { run_add(l.site, l.at(op.a), l.at(op.b), l.at(op.y), count); };
    return step;
}

Step make(const ops::Concat& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), all = static_cast<uint32_t>(maker.image(op.y).channels);
    std::vector<uint32_t> widths;
    for (const ValueId part : op.parts) widths.push_back(static_cast<uint32_t>(maker.image(part).channels));
    Step step;
    step.run = [=](const Launch& l) {
        uint32_t begin = 0;
        for (size_t i = 0; i < widths.size(); ++i) {
            run_copy_channels(l.site, l.at(op.parts[i]), l.at(op.y), rows, widths[i], widths[i], 0, all,
                              begin);
            begin += widths[i];
        }
    };
    return step;
}

Step make(const ops::Slice& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), width = static_cast<uint32_t>(maker.image(op.y).channels),
                   all = static_cast<uint32_t>(maker.image(op.x).channels);
    Step step;
    step.run = [=](const Launch& l) {
        run_copy_channels(l.site, l.at(op.x), l.at(op.y), rows, width, all, static_cast<uint32_t>(op.begin),
                          width, 0);
    };
    return step;
}

Step make(const ops::Reshape& op, Maker& maker) {
    const size_t bytes = size_t{maker.elements(op.y)} * static_cast<size_t>(size_of(maker.element()));
    Step step;
    step.run = [=](const Launch& l) {
        CNNLAB_CUDA(cudaMemcpyAsync(l.at(op.y), l.at(op.x), bytes, cudaMemcpyDeviceToDevice, l.site.stream));
    };
    return step;
}

}  // namespace cnnlab::cuda
