#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace cnnlab {

/// A SHA-256 checksum, taken piece by piece.
class Sha256 {
  public:
    Sha256();
    void update(std::span<const uint8_t> bytes);
    /// 64 lower-case hexadecimal digits; nothing can be added afterwards.
    std::string finish();

  private:
    std::shared_ptr<void> context_;
};

}  // namespace cnnlab
