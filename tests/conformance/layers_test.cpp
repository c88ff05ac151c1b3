#include "tests/cases.hpp"
#include "tests/conformance/harness.hpp"

/// Every layer of tests/cases.json against the reference, at each of its sizes.
namespace cnnlab::test {

namespace {

std::string size_text(const CaseSize& size) {
    return std::to_string(size.height) + "x" + std::to_string(size.width) + "x" +
           std::to_string(size.channels) + "_b" + std::to_string(size.batch);
}

/// A network of its own is the experiment as it is; the loss tells how many outputs are classes.
Json whole_network(const std::string& layers) {
    Json json = network("[]");
    json["model"]["layers"] = Json::parse("[" + layers + "]");
    return json;
}

Case case_of(const LayerCase& row, const CaseSize& size) {
    Case found;
    found.name = row.family + "_" + row.name;
    if (row.conformance.size() > 1) found.name += "_" + size_text(size);
    found.batch = size.batch;
    if (size.count > 0) found.counts = {size.count};
    found.slack = row.slack;
    found.input = {size.height, size.width, size.channels};
    switch (row.place) {
        case CasePlace::middle:
            found.experiment = network_behind_conv(size.channels, row.layers);
            found.input.channels = 3;
            break;
        case CasePlace::image:
            found.experiment = network("[" + row.layers + "]");
            break;
        case CasePlace::whole:
            found.experiment = whole_network(row.layers);
            break;
    }
    return found;
}

/// Sizes around the tiles of the CPU's kernels take an emulated GPU minutes, and its own tiles end elsewhere. A real
/// one computes them too.
bool belongs_here([[maybe_unused]] const LayerCase& row) {
#if defined(CNNLAB_CUDA_EMULATED)
    return row.family.find("tiles") == std::string::npos;
#else
    return true;
#endif
}

std::vector<Case> cases() {
    std::vector<Case> found;
    for (const LayerCase& row : case_table().layers) {
        if (!belongs_here(row)) continue;
        for (const CaseSize& size : row.conformance) found.push_back(case_of(row, size));
    }
    return found;
}

}  // namespace

CNNLAB_CONFORMANCE(layers, cases());

}  // namespace cnnlab::test
