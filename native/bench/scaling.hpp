#pragma once

#include <functional>
#include <string>
#include <vector>

#include "native/run/backends.hpp"

namespace cnnlab {

/// Training speed of a small network at one point: two convolutions with `width` channels, 3×3, each followed by ReLU
/// and a 2×2 pooling, then a dense layer, on images of `size` × `size`.
struct ScalingPoint {
    std::string axis;  ///< which of the three changes here: "batch", "size" or "width"
    int batch = 64, size = 32, width = 32, threads = 1;
    double images_per_second = 0, gflops = 0;
    double peak_gflops = 0;  ///< of the multiply-adds, measured beside it

    /// The value on its axis.
    [[nodiscard]] int at() const { return axis == "batch" ? batch : axis == "size" ? size : width; }
};

struct ScalingOptions {
    BackendChoice backend;  ///< its threads are ignored
    std::vector<int> threads{1, 2};
    double seconds = 0.25;  ///< of each of the three turns of a point
    std::vector<int> batches{1, 2, 4, 8, 12, 16, 32, 64, 128, 256, 512, 1024};
    std::vector<int> sizes{28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224};
    std::vector<int> widths{8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};
    std::function<void(const ScalingPoint&)> say;  ///< called for each point when it is measured
};

[[nodiscard]] std::vector<ScalingPoint> measure_scaling(const ScalingOptions& options);

/// One line a point, with a head line.
[[nodiscard]] std::string scaling_csv(const std::vector<ScalingPoint>& points);

/// Three plots, one an axis: GFLOP a second, with images a second beside each point. One line a number of threads,
/// and the peaks.
[[nodiscard]] std::string scaling_svg(const std::vector<ScalingPoint>& points, const std::string& title);

}  // namespace cnnlab
