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

/// Whole trainings of an experiment on the GPU, each with its own seed, and the time of each op beside what the GPU reaches at its best. Timed in two
/// ways: from nothing prepared (compiling, choosing kernels, uploading, training, evaluating), and as the speed records count (weights drawn, trained,
/// evaluated once, with everything prepared and warm). Returns text, or a line of JSON. Throws Error where the images are missing.
[[nodiscard]] std::string bench_on_gpu(const ExperimentFile& file, const GpuBenchOptions& options);

}  // namespace cnnlab
