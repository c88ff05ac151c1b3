#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// Whether the bytes start as a tar archive (POSIX) does.
bool is_tar(std::span<const uint8_t> bytes);

/// Name without folders of the first file of a tar archive that reaches beyond these first bytes of it; empty where
/// they tell of none.
std::string first_large_file(std::span<const uint8_t> start);

/// Takes files out of an uncompressed tar archive in memory; writes nothing to the disk. `names` are file names
/// without folders. The first file of each name counts, in any folder. Names that the archive lacks are missing from
/// the result. Throws Error (bad_file, place) for an archive that is corrupt or truncated.
std::map<std::string, std::vector<uint8_t>> read_tar(std::span<const uint8_t> bytes,
                                                     const std::set<std::string>& names,
                                                     const std::string& place);

}  // namespace cnnlab
