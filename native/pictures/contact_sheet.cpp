#include "native/pictures/contact_sheet.hpp"

#include <algorithm>
#include <vector>

namespace cnnlab {

namespace {

constexpr int gap = 4, smallest_side = 40, max_classes = 100;
constexpr uint8_t background =
    0x90;  // neither of the black and white that images themselves have around them

/// Draws one image, each pixel as a square of `factor`, with its upper left corner at (top, left).
void draw_enlarged(Image& sheet, const uint8_t* pixels, const ImageShape& shape, int factor, int top,
                   int left) {
    for (int y = 0; y < shape.height * factor; ++y) {
        for (int x = 0; x < shape.width * factor; ++x) {
            const uint8_t* from = pixels + (y / factor * shape.width + x / factor) * shape.channels;
            std::copy(from, from + sheet.channels, sheet.at(top + y, left + x));
        }
    }
}

}  // namespace

Image contact_sheet(const Split& split, const DatasetCard& card, int samples) {
    const ImageShape& shape = card.image;
    const int classes = std::min(static_cast<int>(card.classes.size()), max_classes);
    const int longer = std::max(shape.height, shape.width);
    const int factor = std::max(1, (smallest_side + longer - 1) / longer);
    const int cell_height = shape.height * factor + gap, cell_width = shape.width * factor + gap;

    Image sheet(classes * cell_height + gap, samples * cell_width + gap, shape.channels == 3 ? 3 : 1,
                background);
    std::vector<int> drawn(card.classes.size(), 0);
    for (int64_t i = 0; i < split.count(); ++i) {
        const int label = split.labels[static_cast<size_t>(i)];
        if (label >= classes) continue;
        int& column = drawn[static_cast<size_t>(label)];
        if (column == samples) continue;
        const uint8_t* pixels =
            split.images.data() + static_cast<size_t>(i) * static_cast<size_t>(shape.count());
        draw_enlarged(sheet, pixels, shape, factor, gap + label * cell_height, gap + column * cell_width);
        ++column;
    }
    return sheet;
}

}  // namespace cnnlab
