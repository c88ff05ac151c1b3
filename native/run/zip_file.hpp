#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/exchange/torch_file.hpp"

namespace cnnlab {

/// A ZIP archive of the parts, stored without compression. The same parts give the same bytes. `place` is the file in
/// errors. Throws Error (io).
[[nodiscard]] std::vector<uint8_t> zip_of(const std::vector<ArchivePart>& parts, const std::string& place);

}  // namespace cnnlab
