#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "native/pictures/picture_decoder.hpp"

namespace cnnlab {

namespace {

/// The first image of a file, on its screen.
class GifDecoder : public PictureDecoder {
  public:
    /// An image's place on the screen, and its colours' numbers; those that are not shown are −1.
    struct Frame {
        int top = 0, left = 0, height = 0, width = 0;
        std::vector<int16_t> numbers;
        std::vector<GifColorType> colours;
    };

    GifDecoder(int screen_height, int screen_width, Frame frame)
        : PictureDecoder(screen_height, screen_width, 3), frame_(std::move(frame)) {}

    void next_row(std::span<uint8_t> row) override {
        const int y = y_++ - frame_.top;
        std::fill(row.begin(), row.end(), uint8_t{255});
        if (y < 0 || y >= frame_.height) return;
        for (int x = 0; x < frame_.width && frame_.left + x < width; ++x) {
            const int number = frame_.numbers[static_cast<size_t>(y) * static_cast<size_t>(frame_.width) +
                                              static_cast<size_t>(x)];
            if (number < 0 || static_cast<size_t>(number) >= frame_.colours.size()) continue;
            const auto& [red, green, blue] = frame_.colours[static_cast<size_t>(number)];
            const size_t to = 3 * static_cast<size_t>(frame_.left + x);
            row[to] = red;
            row[to + 1] = green;
            row[to + 2] = blue;
        }
    }

  private:
    Frame frame_;
    int y_ = 0;
};

/// giflib's reader of bytes in memory.
struct GifFile {
    explicit GifFile(std::span<const uint8_t> all) : bytes(all) {
        file = DGifOpen(
            this,
            [](GifFileType* gif, GifByteType* to, int length) {
                auto& left = static_cast<GifFile*>(gif->UserData)->bytes;
                const size_t count = std::min(left.size(), static_cast<size_t>(length));
                std::memcpy(to, left.data(), count);
                left = left.subspan(count);
                return static_cast<int>(count);
            },
            &error);
    }
    ~GifFile() {
        if (file != nullptr) DGifCloseFile(file, nullptr);
    }
    GifFile(const GifFile&) = delete;
    GifFile& operator=(const GifFile&) = delete;

    std::span<const uint8_t> bytes;
    GifFileType* file = nullptr;
    int error = 0;
};

/// Goes to the first image; gives the number of the colour that is not shown, or NO_TRANSPARENT_COLOR. False on an
/// error and where there is no image.
bool find_gif_image(GifFileType* gif, int& transparent) {
    for (;;) {
        GifRecordType record{};
        if (DGifGetRecordType(gif, &record) == GIF_ERROR || record == TERMINATE_RECORD_TYPE) return false;
        if (record == IMAGE_DESC_RECORD_TYPE) return true;
        if (record != EXTENSION_RECORD_TYPE) continue;
        int code = 0;
        GifByteType* extension = nullptr;
        if (DGifGetExtension(gif, &code, &extension) == GIF_ERROR) return false;
        GraphicsControlBlock control{};
        if (code == GRAPHICS_EXT_FUNC_CODE && extension != nullptr &&
            DGifExtensionToGCB(extension[0], extension + 1, &control) == GIF_OK)
            transparent = control.TransparentColor;
        while (extension != nullptr)
            if (DGifGetExtensionNext(gif, &extension) == GIF_ERROR) return false;
    }
}

/// Reads the image that comes next.
bool read_gif_image(GifFileType* gif, int transparent, GifDecoder::Frame& frame) {
    const auto size = [](int extent) { return static_cast<size_t>(extent); };
    frame.numbers.resize(size(frame.height) * size(frame.width));
    std::vector<GifPixelType> line(size(frame.width));
    constexpr std::array<std::array<int, 2>, 4> passes{{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
    const bool is_interlaced = gif->Image.Interlace;
    for (size_t pass = 0; pass < (is_interlaced ? passes.size() : 1); ++pass) {
        const auto [first, step] = is_interlaced ? passes[pass] : std::array{0, 1};
        for (int y = first; y < frame.height; y += step) {
            if (DGifGetLine(gif, line.data(), frame.width) == GIF_ERROR) return false;
            std::transform(line.begin(), line.end(),
                           frame.numbers.begin() + static_cast<ptrdiff_t>(size(y) * line.size()),
                           [&](GifPixelType number) {
                               return static_cast<int16_t>(number == transparent ? -1 : number);
                           });
        }
    }
    return true;
}

}  // namespace

std::unique_ptr<PictureDecoder> open_gif(std::span<const uint8_t> bytes, const std::string& place) {
    const GifFile gif(bytes);
    const auto fail = [&] {
        const char* words = GifErrorString(gif.file == nullptr ? gif.error : gif.file->Error);
        fail_damaged(place, "GIF image", words == nullptr ? "" : words);
    };
    int transparent = NO_TRANSPARENT_COLOR;
    if (gif.file == nullptr || !find_gif_image(gif.file, transparent) ||
        DGifGetImageDesc(gif.file) == GIF_ERROR)
        fail();
    const GifImageDesc& image = gif.file->Image;
    GifDecoder::Frame frame{image.Top, image.Left, image.Height, image.Width, {}, {}};
    check_extent(frame.height, frame.width, most_at_once, place);
    // Some writers leave the screen out, or make it too small for its first image.
    const int height = std::max<int>(gif.file->SHeight, frame.top + frame.height);
    const int width = std::max<int>(gif.file->SWidth, frame.left + frame.width);
    check_extent(height, width, most_by_rows, place);
    const ColorMapObject* colours = image.ColorMap != nullptr ? image.ColorMap : gif.file->SColorMap;
    if (colours == nullptr) fail_damaged(place, "GIF image", "it has no colours");
    frame.colours.assign(colours->Colors, colours->Colors + colours->ColorCount);
    if (!read_gif_image(gif.file, transparent, frame)) fail();
    return std::make_unique<GifDecoder>(height, width, std::move(frame));
}

}  // namespace cnnlab
