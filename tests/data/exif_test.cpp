#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/data/exif.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Exif, Orientation) {
    const Bytes header{'E', 'x', 'i', 'f', 0, 0};
    const Bytes big{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};
    const Bytes little{'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0};
    const auto read = [&](const Bytes& tiff) {
        Bytes segment = header;
        segment.insert(segment.end(), tiff.begin(), tiff.end());
        return exif_orientation(segment);
    };
    EXPECT_EQ(read(big), 6);
    EXPECT_EQ(read(little), 8);
    EXPECT_EQ(read({}), 1);
    EXPECT_EQ(exif_orientation({}), 1);
    EXPECT_EQ(exif_orientation(big), 6);
    EXPECT_EQ(exif_orientation(Bytes(100, 'x')), 1);
    for (size_t length = 0; length < big.size(); ++length) {
        const int orientation = read({big.begin(), big.begin() + static_cast<ptrdiff_t>(length)});
        EXPECT_EQ(orientation, length < 20 ? 1 : 6);
    }
    Bytes endless = big;
    std::fill(endless.begin() + 4, endless.begin() + 8, uint8_t{0xFF});
    EXPECT_EQ(read(endless), 1);
    Bytes nonsense = big;
    nonsense[19] = 9;
    EXPECT_EQ(read(nonsense), 1);
}

}  // namespace
}  // namespace cnnlab
