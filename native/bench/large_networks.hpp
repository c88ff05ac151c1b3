#pragma once

#include "native/bench/speed_table.hpp"

namespace cnnlab {

/// Measures networks for large images, beside ONNX Runtime in Node, and what a small one loses by several threads. Adds
/// to the table.
void measure_large_networks(const SpeedTableOptions& options, SpeedTable& table);

}  // namespace cnnlab
