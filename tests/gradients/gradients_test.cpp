#include <gtest/gtest.h>

#include "tests/cases.hpp"
#include "tests/gradients/gradient_check.hpp"

/// The backward pass of every layer and loss against central differences.
namespace cnnlab::test {

namespace {

struct Row {
    std::string name, layers;
    CaseSize size;
};

class Gradients : public testing::TestWithParam<Row> {};
class LossGradients : public testing::TestWithParam<LossCase> {};

void PrintTo(const Row& row, std::ostream* out) { *out << row.layers; }

std::vector<Row> layers() {
    std::vector<Row> found;
    for (const LayerCase& row : case_table().layers)
        for (const CaseSize& size : row.gradients)
            found.push_back({row.family + "_" + row.name, row.layers, size});
    return found;
}

std::vector<LossCase> losses() {
    std::vector<LossCase> found;
    for (const LossCase& row : case_table().losses)
        if (row.gradient_outputs > 0) found.push_back(row);
    return found;
}

template <class R>
std::string name_of(const testing::TestParamInfo<R>& info) {
    return info.param.name;
}

}  // namespace

void PrintTo(const LossCase& row, std::ostream* out) { *out << row.loss; }

/// The image has two channels; the row's channels are those of the 1×1 convolution before the layers.
TEST_P(Gradients, match_central_differences) {
    const auto& [name, layers, size] = GetParam();
    check_gradients(sandwich(size.channels, layers), {size.height, size.width, 2}, size.batch, size.count);
}

INSTANTIATE_TEST_SUITE_P(layers, Gradients, testing::ValuesIn(layers()), name_of<Row>);

TEST_P(LossGradients, match_central_differences) {
    const LossCase& row = GetParam();
    check_gradients(sandwich(2, R"({"type": "tanh"})", row.gradient_outputs, row.loss), {3, 3, 2},
                    row.gradient_batch, row.gradient_count);
}

INSTANTIATE_TEST_SUITE_P(loss, LossGradients, testing::ValuesIn(losses()), name_of<LossCase>);

}  // namespace cnnlab::test
