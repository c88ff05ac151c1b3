#pragma once

#include <string>
#include <vector>

#include "engine/core/message.hpp"

namespace cnnlab {

/// "a, b or c".
std::string list_of(const std::vector<std::string>& names);

/// A hint when `word` is not among `known`: "did you mean "stride"?" if one is near (edit distance), else the list.
Message suggest(const std::string& word, const std::vector<std::string>& known);

/// The shortest decimal text that reads back as the same float.
std::string short_float(float value);

}  // namespace cnnlab
