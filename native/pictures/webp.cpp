#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <vector>

#include "native/pictures/picture_decoder.hpp"

namespace cnnlab {

namespace {

/// The whole picture, of an animation the first frame: red, green, blue and opacity. Empty on an error.
std::vector<uint8_t> decode_webp(std::span<const uint8_t> bytes, const WebPBitstreamFeatures& features) {
    std::vector<uint8_t> pixels(static_cast<size_t>(features.width) * static_cast<size_t>(features.height) *
                                4);
    if (features.has_animation == 0) {
        const bool is_read = WebPDecodeRGBAInto(bytes.data(), bytes.size(), pixels.data(), pixels.size(),
                                                4 * features.width) != nullptr;
        return is_read ? pixels : std::vector<uint8_t>();
    }
    WebPAnimDecoderOptions options;
    WebPAnimDecoderOptionsInit(&options);
    const WebPData data{bytes.data(), bytes.size()};
    const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
        WebPAnimDecoderNew(&data, &options), &WebPAnimDecoderDelete);
    uint8_t* frame = nullptr;
    int timestamp = 0;
    if (!decoder || WebPAnimDecoderGetNext(decoder.get(), &frame, &timestamp) == 0) return {};
    std::copy_n(frame, pixels.size(), pixels.begin());
    return pixels;
}

class WebpDecoder : public PictureDecoder {
  public:
    WebpDecoder(const WebPBitstreamFeatures& features, std::vector<uint8_t> pixels)
        : PictureDecoder(features.height, features.width, 3), pixels_(std::move(pixels)) {}

    void next_row(std::span<uint8_t> row) override {
        for (size_t i = 0; i < row.size(); i += 3, at_ += 4)
            for (size_t c = 0; c < 3; ++c) row[i + c] = on_white(pixels_[at_ + c], pixels_[at_ + 3]);
    }

  private:
    std::vector<uint8_t> pixels_;
    size_t at_ = 0;
};

}  // namespace

std::unique_ptr<PictureDecoder> open_webp(std::span<const uint8_t> bytes, const std::string& place) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
        fail_damaged(place, "WebP image");
    check_extent(features.height, features.width, most_at_once, place);
    std::vector<uint8_t> pixels = decode_webp(bytes, features);
    if (pixels.empty()) fail_damaged(place, "WebP image");
    return std::make_unique<WebpDecoder>(features, std::move(pixels));
}

}  // namespace cnnlab
