#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cnnlab {

/// A picture in memory: uint8, [height, width, channels], row by row; one channel is grey, three are red, green, blue.
struct Image {
    int height = 0, width = 0, channels = 0;
    std::vector<uint8_t> pixels;

    Image() = default;
    Image(int h, int w, int c, uint8_t fill = 0)
        : height(h),
          width(w),
          channels(c),
          pixels(static_cast<size_t>(h) * static_cast<size_t>(w) * static_cast<size_t>(c), fill) {}

    /// The first channel of a pixel.
    [[nodiscard]] uint8_t* at(int y, int x) { return pixels.data() + offset(y, x); }
    [[nodiscard]] const uint8_t* at(int y, int x) const { return pixels.data() + offset(y, x); }

  private:
    [[nodiscard]] size_t offset(int y, int x) const {
        return (static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)) *
               static_cast<size_t>(channels);
    }
};

}  // namespace cnnlab
