#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"

namespace cnnlab::test {

/// A backend that the conformance suite holds to the reference.
struct BackendUnderTest {
    std::string name;  ///< "cpu_avx2_3_threads"
    std::function<std::unique_ptr<Backend>()> make;
    /// The largest deviation from the reference, relative to the largest magnitude of the tensor.
    double tolerance;
    std::string family;  ///< backends of one family give the same bits
    /// In half precision. The tolerance is for ‖got − want‖ / ‖want‖. Values that depend on a near tie (arg-max, ReLU
    /// at 0) are not compared.
    bool by_norm = false;
};

/// Every backend of this build that this machine can run; a new backend is entered here.
[[nodiscard]] const std::vector<BackendUnderTest>& backends_under_test();
/// The same with the reference in front, for tests that know the right answer themselves.
[[nodiscard]] std::vector<BackendUnderTest> all_backends();

}  // namespace cnnlab::test
