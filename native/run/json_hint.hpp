#pragma once

#include <string>
#include <string_view>

namespace cnnlab {

/// What people write in JSON that is none, and what to write instead: "line 3 has a comment, which JSON does not know;
/// take it out". Empty where nothing of the kind is found.
[[nodiscard]] std::string json_hint(std::string_view text);

}  // namespace cnnlab
