#include "native/pictures/picture_decoder.hpp"

namespace cnnlab {

namespace {

/// A BMP as plain_bmp leaves it.
class BmpDecoder : public PictureDecoder {
  public:
    BmpDecoder(std::span<const uint8_t> bytes, int h, int w)
        : PictureDecoder(h, w, 3),
          rows_(bytes.subspan(54)),
          row_size_((3 * static_cast<size_t>(w) + 3) / 4 * 4) {}

    void next_row(std::span<uint8_t> row) override {
        const uint8_t* from = rows_.data() + row_size_ * static_cast<size_t>(height - ++row_);
        for (size_t i = 0; i < row.size(); ++i) row[i] = from[i / 3 * 3 + 2 - i % 3];
    }

  private:
    std::span<const uint8_t> rows_;
    size_t row_size_;
    int row_ = 0;
};

}  // namespace

std::unique_ptr<PictureDecoder> open_bmp(std::span<const uint8_t> bytes, const std::string& /*place*/) {
    const auto number = [&](size_t at) {
        return static_cast<int>(bytes[at] | bytes[at + 1] << 8U | bytes[at + 2] << 16U |
                                bytes[at + 3] << 24U);
    };
    return std::make_unique<BmpDecoder>(bytes, number(22), number(18));
}

}  // namespace cnnlab
