#pragma once

#include <string>
#include <vector>

#include "engine/core/shape.hpp"
#include "engine/core/spec.hpp"

/// The one table of cases, tests/cases.json: what the conformance suite, the gradient checks, the golden files and the
/// timing of ops have in common. tests/README.md says what its columns mean.
namespace cnnlab::test {

/// Where the layers under test stand in a network.
enum class CasePlace : uint8_t {
    middle,  ///< behind a 1×1 convolution and before a dense layer, so that the input's gradient is wanted too
    image,  ///< on the image itself, before a dense layer
    whole,  ///< they are the whole network
};

/// The size of what the layers under test read: the image where they read it, else the map of the 1×1 convolution.
struct CaseSize {
    int height = 0, width = 0, channels = 0, batch = 0;
    int count = 0;  ///< images of the batch that are there; 0: all
};

/// One row: layers under test and the sizes at which each suite runs them.
struct LayerCase {
    std::string family, name;  ///< a suite and a test of it: letters, digits and underscores
    std::string layers;        ///< JSON, comma-separated
    CasePlace place = CasePlace::middle;
    double slack = 1;  ///< times a backend's tolerance; `why` says why
    std::vector<CaseSize> conformance;
    std::vector<CaseSize> gradients;
    std::vector<CaseSize> timing;
    std::string golden;  ///< name of its golden file; empty: none
};

struct LossCase {
    std::string name, loss;      ///< JSON
    int outputs = 0, batch = 0;  ///< of the conformance suite; 0: not in it
    int gradient_outputs = 0;    ///< of the gradient check; 0: not in it
    int gradient_batch = 5, gradient_count = 0;
};

struct OptimizerCase {
    std::string name, optimizer;  ///< JSON
    double slack = 1;
};

struct CaseTable {
    std::vector<LayerCase> layers;
    std::vector<LossCase> losses;
    std::vector<OptimizerCase> optimizers;
    std::vector<std::string> golden;  ///< names of all golden files

    /// The families of the layers, in the order of the table.
    [[nodiscard]] std::vector<std::string> families() const;
};

/// The table, read once. Throws Error with the row's number where it does not hold what this header says.
[[nodiscard]] const CaseTable& case_table();

/// The layers of a golden file's network as the table has them. Throws unknown_name where no row names the file.
[[nodiscard]] Json golden_layers(const std::string& golden);

}  // namespace cnnlab::test
