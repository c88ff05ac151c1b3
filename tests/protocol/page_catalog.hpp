#pragma once

#include <string>

namespace cnnlab::protocol {

/// web/src/client/protocol/catalog.generated.ts: what the page's forms are made from. The page has it as a constant, so
/// that no module carries it.
[[nodiscard]] std::string page_catalog();

}  // namespace cnnlab::protocol
