#include "native/data/tar.hpp"

#include <gtest/gtest.h>

#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"

namespace cnnlab {
namespace {

using test::Bytes;
using test::expect_error;

Bytes small_tar() {
    return test::tar(
        {{"folder/a.bin", Bytes(700, 1)}, {"folder/b.txt", Bytes(10, 2)}, {"c.bin", Bytes(512, 3)}});
}

TEST(Tar, TakesTheFilesThatAreWanted) {
    const auto files = read_tar(small_tar(), {"a.bin", "c.bin", "d.bin"}, "x.tar");
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files.at("a.bin"), Bytes(700, 1));
    EXPECT_EQ(files.at("c.bin"), Bytes(512, 3));
}

TEST(Tar, EveryTruncationIsAnErrorOrLacksFiles) {
    const Bytes whole = small_tar();
    for (size_t length = 0; length < whole.size(); length += 50) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
        try {
            for (const auto& [name, contents] : read_tar(cut, {"a.bin", "c.bin"}, "x.tar")) {
                EXPECT_EQ(contents.size(), name == "a.bin" ? 700U : 512U) << length;
            }
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::bad_file);
            EXPECT_EQ(error.place(), "x.tar");
        }
    }
    const Bytes half(whole.begin(), whole.begin() + 900);
    expect_error(
        ErrorCode::bad_file, [&] { read_tar(half, {"a.bin"}, "x.tar"); }, "x.tar");
}

TEST(Tar, OtherFiles) {
    expect_error(
        ErrorCode::bad_file, [] { read_tar(Bytes(5000, 'x'), {"a.bin"}, "x.tar"); }, "x.tar");
}

TEST(Tar, TheFirstFileThatIsNotWholeInAnArchivesBeginning) {
    const Bytes whole = small_tar();
    const auto of_first = [&](size_t bytes) { return first_large_file(std::span(whole).first(bytes)); };
    EXPECT_EQ(of_first(511), "");
    EXPECT_EQ(of_first(512), "a.bin");
    EXPECT_EQ(of_first(512 + 699), "a.bin");
    EXPECT_EQ(of_first(3 * 512), "");
    EXPECT_EQ(of_first(4 * 512), "b.txt");
    EXPECT_EQ(first_large_file(Bytes(5000, 'x')), "");
}

TEST(Tar, ASizeThatLies) {
    Bytes bytes = test::tar({{"a.bin", Bytes(10, 1)}});
    const std::string size = "77777777777";  // 8 GiB
    std::copy(size.begin(), size.end(), bytes.begin() + 124);
    // The header's checksum is the sum of its bytes, its own field counted as spaces.
    unsigned sum = 0;
    for (size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : bytes[i];
    std::snprintf(reinterpret_cast<char*>(bytes.data()) + 148, 8, "%06o", sum);
    expect_error(
        ErrorCode::bad_file, [&] { read_tar(bytes, {"a.bin"}, "x.tar"); }, "x.tar", "8589934591");
}

}  // namespace
}  // namespace cnnlab
