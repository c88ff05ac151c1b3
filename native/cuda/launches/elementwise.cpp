#include "native/cuda/kernels/elementwise.hpp"

#include "native/cuda/launch.hpp"

/// Activations, dropout, and the ops that add, join, cut and reshape.
namespace cnnlab::cuda {

Launch make(const ops::Activation& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_activation(bound.site, bound.at(op.x), bound.at(op.y), count, op.kind, op.alpha);
    };
    return launch;
}

Launch make(const ops::ActivationBackward& op, Maker& maker) {
    const uint32_t count = maker.elements(op.dx);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_activation_backward(bound.site, bound.at(op.saved), bound.at(op.dy), bound.at(op.dx), count,
                                op.kind, op.alpha);
    };
    return launch;
}

Launch make(const ops::Dropout& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y), row = count / static_cast<uint32_t>(maker.batch());
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_dropout(bound.site, bound.at(op.x), bound.at(op.y), count, row, op.p, op.stream);
    };
    return launch;
}

Launch make(const ops::Add& op, Maker& maker) {
    const uint32_t count = maker.elements(op.y);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_add(bound.site, bound.at(op.a), bound.at(op.b), bound.at(op.y), count);
    };
    return launch;
}

Launch make(const ops::Concat& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), all = static_cast<uint32_t>(maker.image(op.y).channels);
    std::vector<uint32_t> widths;
    for (const ValueId part : op.parts) widths.push_back(static_cast<uint32_t>(maker.image(part).channels));
    Launch launch;
    launch.run = [=](const Binding& bound) {
        uint32_t begin = 0;
        for (size_t i = 0; i < widths.size(); ++i) {
            run_copy_channels(bound.site, bound.at(op.parts[i]), bound.at(op.y), rows, widths[i], widths[i],
                              0, all, begin);
            begin += widths[i];
        }
    };
    return launch;
}

Launch make(const ops::Slice& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), width = static_cast<uint32_t>(maker.image(op.y).channels),
                   all = static_cast<uint32_t>(maker.image(op.x).channels);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_copy_channels(bound.site, bound.at(op.x), bound.at(op.y), rows, width, all,
                          static_cast<uint32_t>(op.begin), width, 0);
    };
    return launch;
}

Launch make(const ops::Reshape& op, Maker& maker) {
    const size_t bytes = size_t{maker.elements(op.y)} * static_cast<size_t>(size_of(maker.element()));
    Launch launch;
    launch.run = [=](const Binding& bound) {
        CNNLAB_CUDA(cudaMemcpyAsync(bound.at(op.y), bound.at(op.x), bytes, cudaMemcpyDeviceToDevice,
                                    bound.site.stream));
    };
    return launch;
}

}  // namespace cnnlab::cuda
