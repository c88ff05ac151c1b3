#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "native/bench/figures.hpp"
#include "native/run/backends.hpp"

namespace cnnlab {

/// The promises on speed on a CPU, measured.
struct SpeedTable {
    /// One network, one task, one number of threads: images a second, or seconds a batch where that is one image.
    struct Line {
        std::string network, task;
        int threads = 1;
        std::vector<std::pair<std::string, double>> seconds;  ///< of a batch, by who did it; ours first
        double p95 = 0;                                       ///< ours, seconds of a batch
        int batch = 64;
        double share_of_peak = 0;  ///< of training
    };
    std::vector<Figure> figures;
    std::vector<Line> lines;
    std::vector<std::string> peers;

    [[nodiscard]] std::string text() const;
    [[nodiscard]] Json to_json() const;
};

struct SpeedTableOptions {
    BackendChoice backend;
    int threads = 2;  ///< the larger number of two
    bool peers = true, node_peer = true;
    bool only_large = false;  ///< only the networks for large images
    int rounds = 5;
    double seconds = 0.5;
    std::filesystem::path data;                   ///< --data: CIFAR-10 for what needs a data set on the disk
    std::function<void(const std::string&)> say;  ///< called before each measurement
};

[[nodiscard]] SpeedTable measure_speed_table(const SpeedTableOptions& options);

}  // namespace cnnlab
