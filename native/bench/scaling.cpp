#include "native/bench/scaling.hpp"

#include "engine/drawing/svg.hpp"
#include "native/bench/workload.hpp"

namespace cnnlab {

namespace {

constexpr int rounds = 3, classes = 10;

ExperimentFile network(const ScalingPoint& point) {
    Json layers = Json::array();
    for (int i = 0; i < 2; ++i) {
        layers.push_back({{"type", "conv2d"}, {"out_channels", point.width}, {"kernel", 3}, {"padding", 1}});
        layers.push_back({{"type", "relu"}});
        layers.push_back({{"type", "max_pool2d"}});
    }
    layers.push_back({{"type", "flatten"}});
    layers.push_back({{"type", "dense"}, {"out_features", classes}});
    const Json json{{"name", "scaling"},
                    {"dataset", "cifar10"},
                    {"model", {{"layers", layers}}},
                    {"train", {{"batch", point.batch}}}};
    return {Experiment::parse(json, "scaling"), {}};
}

void measure(ScalingPoint& point, const ScalingOptions& options) {
    BackendChoice choice = options.backend;
    choice.threads = point.threads;
    TrainingLoad load(network(point), choice, OtherImages{{point.size, point.size, 3}});
    const std::vector<Timing> timings =
        contest({load.contestant(), peak_contestant(choice)}, rounds, options.seconds, Typical::mean);
    const double seconds = timings[0].median_round();
    point.images_per_second = point.batch / seconds;
    point.gflops = 1e-9 * load.step_flops() / seconds;
    point.peak_gflops = 1 / timings[1].median_round();
}

}  // namespace

std::vector<ScalingPoint> measure_scaling(const ScalingOptions& options) {
    std::vector<ScalingPoint> points;
    const auto sweep = [&](const std::string& axis, const std::vector<int>& values,
                           int ScalingPoint::*field) {
        for (const int threads : options.threads) {
            for (const int value : values) {
                ScalingPoint point;
                point.axis = axis;
                point.threads = threads;
                point.*field = value;
                measure(point, options);
                if (options.say) options.say(point);
                points.push_back(point);
            }
        }
    };
    sweep("batch", options.batches, &ScalingPoint::batch);
    sweep("size", options.sizes, &ScalingPoint::size);
    sweep("width", options.widths, &ScalingPoint::width);
    return points;
}

std::string scaling_csv(const std::vector<ScalingPoint>& points) {
    std::string text = "axis,batch,size,width,threads,images_per_second,gflops,peak_gflops\n";
    for (const ScalingPoint& p : points) {
        text += p.axis;
        for (const int value : {p.batch, p.size, p.width, p.threads}) text += "," + std::to_string(value);
        for (const double value : {p.images_per_second, p.gflops, p.peak_gflops})
            text += "," + short_number(value, 1);
        text += "\n";
    }
    return text;
}

}  // namespace cnnlab
