#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// Whether the bytes start as a gzip file does.
bool is_gzip(std::span<const uint8_t> bytes);

/// The first `count` bytes of what is packed; fewer where there are fewer or the file is damaged.
std::vector<uint8_t> gunzip_head(std::span<const uint8_t> bytes, size_t count);

/// Unpacks a whole gzip file (RFC 1952, several members allowed), checking each member's CRC-32 and length. Throws
/// Error (bad_file, place): not gzip, truncated, corrupt, trailing bytes, or more than `limit` bytes when unpacked.
std::vector<uint8_t> gunzip(std::span<const uint8_t> bytes, const std::string& place,
                            size_t limit = size_t{1} << 30U);

}  // namespace cnnlab
