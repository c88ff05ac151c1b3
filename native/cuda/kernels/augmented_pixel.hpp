#pragma once

#include "engine/data/augmentation_draw.hpp"

/// One pixel of an augmented image, for host and device.
namespace cnnlab::cuda {

/// An image of the split. Pixels outside are as the augmentation says.
struct SourceImage {
    const uint8_t* pixels = nullptr;
    int height = 1, width = 1, channels = 1;
    CropPadding padding = CropPadding::zero;

    [[nodiscard]] CNNLAB_HOST_DEVICE float at(int y, int x, int channel) const {
        if (padding == CropPadding::reflect) {
            y = reflect(y, height);
            x = reflect(x, width);
        }
        if (y < 0 || y >= height || x < 0 || x >= width) return 0;
        return static_cast<float>(pixels[(y * width + x) * channels + channel]);
    }
    /// Bilinear: the four neighbours, weighted by nearness.
    [[nodiscard]] CNNLAB_HOST_DEVICE float between(float v, float u, int channel) const {
        const float top = floorf(v), left = floorf(u);
        const int y = static_cast<int>(top), x = static_cast<int>(left);
        const float down = v - top, right = u - left;
        return (1 - down) * ((1 - right) * at(y, x, channel) + right * at(y, x + 1, channel)) +
               down * ((1 - right) * at(y + 1, x, channel) + right * at(y + 1, x + 1, channel));
    }
};

/// The pixel that moves to (y, x), before recolouring.
[[nodiscard]] CNNLAB_HOST_DEVICE inline float moved_pixel(const SourceImage& source, bool warps,
                                                          const AugmentationDraw& draw, int y, int x,
                                                          int channel) {
    y += draw.shift_y;
    x += draw.shift_x;
    if (draw.flip) x = source.width - 1 - x;
    if (!warps) return source.at(y, x, channel);
    const float centre_y = 0.5F * static_cast<float>(source.height - 1),
                centre_x = 0.5F * static_cast<float>(source.width - 1);
    const float dy = static_cast<float>(y) - centre_y - draw.offset_y,
                dx = static_cast<float>(x) - centre_x - draw.offset_x;
    return source.between(centre_y + draw.matrix[0] * dy + draw.matrix[1] * dx,
                          centre_x + draw.matrix[2] * dy + draw.matrix[3] * dx, channel);
}

/// Contrast about the mean of the image, then brightness.
[[nodiscard]] CNNLAB_HOST_DEVICE inline float recoloured(float pixel, float mean,
                                                         const AugmentationDraw& draw) {
    return fminf(fmaxf(mean + draw.contrast * (pixel - mean) + draw.brightness, 0.0F), 255.0F);
}

/// Whether a cutout of this side covers (y, x).
[[nodiscard]] CNNLAB_HOST_DEVICE inline bool is_cut_out(int side, const AugmentationDraw& draw, int y,
                                                        int x) {
    return y >= draw.cutout_y && y < draw.cutout_y + side && x >= draw.cutout_x && x < draw.cutout_x + side;
}

}  // namespace cnnlab::cuda
