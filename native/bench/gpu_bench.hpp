#pragma once

#include <string>
#include <vector>

#include "native/run/backends.hpp"
#include "native/run/experiment_file.hpp"

namespace cnnlab {

struct GpuBenchOptions {
    int runs = 5;
    bool profile = false, as_json = false;
    BackendChoice backend;
};

/// Whole trainings of an experiment on the GPU, each with its own seed.
/// Two timings: cold (compile, plan, upload, train, evaluate) and warm (as speed records are measured: weights drawn,
/// trained, evaluated once). Plus the time of each op beside its roofline.
/// Returns text, or a line of JSON. Throws Error where the images are missing.
[[nodiscard]] std::string bench_on_gpu(const ExperimentFile& file, const GpuBenchOptions& options);

}  // namespace cnnlab
