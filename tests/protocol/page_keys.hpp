#pragma once

#include <string>

namespace cnnlab::protocol {

/// web/src/i18n/keys.generated.ts: what the page has to say in every language.
[[nodiscard]] std::string page_keys();

}  // namespace cnnlab::protocol
