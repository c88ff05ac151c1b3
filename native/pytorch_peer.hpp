#pragma once

#include <optional>
#include <string>

namespace cnnlab {

/// How fast PyTorch trains the same network on this machine.
struct PytorchFigure {
    double images_per_second = 0;
    std::string version;
    std::string blas;  ///< who multiplies the dense layers' matrices: "openblas", "reference", …
};

/// Runs tests/peer/pytorch_bench.py with the system's Python. Nothing where Python, PyTorch or the script is missing, or where
/// the script does not know the network.
std::optional<PytorchFigure> pytorch_figure(const std::string& network, int batch, int threads);

}  // namespace cnnlab
