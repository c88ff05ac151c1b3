#include "native/cuda/kernels/pool.hpp"

#include "native/cuda/step.hpp"

namespace cnnlab::cuda {

Step make(const ops::MaxPool2d& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.x, op.y);
    const int batch = maker.batch();
    Step step;
    step.run = [=](const Launch& l) {
        run_max_pool(l.site, window, batch, l.at(op.x), l.at(op.y), l.at<uint16_t>(op.argmax));
    };
    return step;
}

Step make(const ops::MaxPool2dBackward& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.dx, op.dy);
    const int batch = maker.batch();
    Step step;
    step.run = [=](const Launch& l) {
        run_max_pool_backward(l.site, window, batch, l.at(op.dy), l.at<uint16_t>(op.argmax), l.at(op.dx));
    };
    return step;
}

Step make(const ops::AvgPool2d& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.x, op.y);
    const int batch = maker.batch();
    Step step;
    step.run = [=](const Launch& l) {
        run_avg_pool(l.site, window, batch, l.at(op.x), l.at(op.y), op.count_include_pad);
    };
    return step;
}

Step make(const ops::AvgPool2dBackward& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.dx, op.dy);
    const int batch = maker.batch();
    Step step;
    step.run = [=](const Launch& l) {
        run_avg_pool_backward(l.site, window, batch, l.at(op.dy), l.at(op.dx), op.count_include_pad);
    };
    return step;
}

}  // namespace cnnlab::cuda
