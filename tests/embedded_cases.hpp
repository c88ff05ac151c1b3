#pragma once

#include <string>

namespace cnnlab::test {

/// The text of tests/cases.json. It is compiled in, because tests also run on machines without the sources.
[[nodiscard]] std::string embedded_cases();

}  // namespace cnnlab::test
