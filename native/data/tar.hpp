#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// Takes files out of an uncompressed tar archive in memory; nothing is written to the disk. `names` are wanted file names
/// without folders; the first file of each name counts, whatever folder it is in. What the archive lacks is missing from the result.
/// Throws Error (bad_file, place) for an archive that is corrupt or truncated.
std::map<std::string, std::vector<uint8_t>> read_tar(std::span<const uint8_t> bytes,
                                                     const std::set<std::string>& names,
                                                     const std::string& place);

}  // namespace cnnlab
