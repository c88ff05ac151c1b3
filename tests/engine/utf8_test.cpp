#include "engine/core/utf8.hpp"

#include <gtest/gtest.h>

namespace cnnlab {
namespace {

TEST(Utf8, CharactersBecomeOneToFourBytes) {
    std::string text;
    for (const uint32_t character : {0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU})
        append_utf8(text, character);
    EXPECT_EQ(text,
              "A\x7F"
              "\xC2\x80"
              "\xDF\xBF"
              "\xE0\xA0\x80"
              "\xEF\xBF\xBF"
              "\xF0\x90\x80\x80"
              "\xF4\x8F\xBF\xBF");
    EXPECT_TRUE(is_utf8(text));
    EXPECT_EQ(to_utf8("a\xE1z"), "a\\xE1z");
}

}  // namespace
}  // namespace cnnlab
