#include "native/cuda/kernels/pool.hpp"

#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {

Launch make(const ops::MaxPool2d& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.x, op.y);
    const int batch = maker.batch();
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_max_pool(bound.site, window, batch, bound.at(op.x), bound.at(op.y),
                     bound.at<uint16_t>(op.argmax));
    };
    return launch;
}

Launch make(const ops::MaxPool2dBackward& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.dx, op.dy);
    const int batch = maker.batch();
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_max_pool_backward(bound.site, window, batch, bound.at(op.dy), bound.at<uint16_t>(op.argmax),
                              bound.at(op.dx));
    };
    return launch;
}

Launch make(const ops::AvgPool2d& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.x, op.y);
    const int batch = maker.batch();
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_avg_pool(bound.site, window, batch, bound.at(op.x), bound.at(op.y), op.count_include_pad);
    };
    return launch;
}

Launch make(const ops::AvgPool2dBackward& op, Maker& maker) {
    const WindowMap window = maker.window_map(op.window, op.dx, op.dy);
    const int batch = maker.batch();
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_avg_pool_backward(bound.site, window, batch, bound.at(op.dy), bound.at(op.dx),
                              op.count_include_pad);
    };
    return launch;
}

}  // namespace cnnlab::cuda
