#include "native/data/gzip.hpp"

#include <gtest/gtest.h>

#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"

namespace cnnlab {
namespace {

using test::Bytes;
using test::expect_error;
using test::sample;

TEST(Gzip, UnpacksAnyLength) {
    for (size_t length :
         {size_t{0}, size_t{1}, size_t{1000}, (size_t{1} << 20U) - 1, size_t{1} << 20U, size_t{5'000'000}}) {
        EXPECT_EQ(gunzip(test::gzip(sample(length)), "f.gz"), sample(length)) << length;
    }
}

TEST(Gzip, UnpacksSeveralMembers) {
    Bytes packed = test::gzip(sample(3000)), wanted = sample(3000);
    const Bytes second = test::gzip({1, 2, 3});
    packed.insert(packed.end(), second.begin(), second.end());
    wanted.insert(wanted.end(), {1, 2, 3});
    EXPECT_EQ(gunzip(packed, "f.gz"), wanted);
    packed.pop_back();
    expect_error(
        ErrorCode::bad_file, [&] { gunzip(packed, "f.gz"); }, "f.gz", "truncated");
}

TEST(Gzip, EveryTruncationIsAnError) {
    const Bytes packed = test::gzip(sample(300));
    for (size_t length = 0; length < packed.size(); ++length) {
        const Bytes cut(packed.begin(), packed.begin() + static_cast<ptrdiff_t>(length));
        expect_error(
            ErrorCode::bad_file, [&] { gunzip(cut, "f.gz"); }, "f.gz", length < 2 ? "no gzip" : "truncated");
    }
}

TEST(Gzip, EveryBitFlipIsAnErrorOrHarmless) {
    const Bytes bytes = sample(300), packed = test::gzip(bytes);
    int refused = 0;
    for (size_t bit = 0; bit < 8 * packed.size(); ++bit) {
        Bytes flipped = packed;
        flipped[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
        try {
            EXPECT_EQ(gunzip(flipped, "f.gz"), bytes);  // time stamp, flags: nothing that counts
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::bad_file);
            ++refused;
        }
    }
    EXPECT_GT(refused, static_cast<int>(8 * (packed.size() - 10)));
}

TEST(Gzip, TheChecksumCounts) {
    Bytes packed = test::gzip(sample(300));
    packed[packed.size() - 8] ^= 1;
    expect_error(
        ErrorCode::bad_file, [&] { gunzip(packed, "f.gz"); }, "f.gz", "corrupt");
}

TEST(Gzip, TrailingBytes) {
    Bytes packed = test::gzip(sample(300));
    packed.insert(packed.end(), {0, 0});
    expect_error(
        ErrorCode::bad_file, [&] { gunzip(packed, "f.gz"); }, "f.gz", "2 bytes after its end");
}

TEST(Gzip, OtherFiles) {
    expect_error(
        ErrorCode::bad_file,
        [] {
            gunzip(Bytes{'B', 'Z', 'h', '9'}, "f.gz");
        },
        "f.gz", "no gzip file");
    expect_error(
        ErrorCode::bad_file, [] { gunzip({}, "f.gz"); }, "no gzip file");
}

TEST(Gzip, ABombIsStopped) {
    const Bytes packed = test::gzip(Bytes(20'000'000));
    expect_error(
        ErrorCode::bad_file, [&] { gunzip(packed, "f.gz", 1'000'000); }, "f.gz", "more than 1000000 bytes");
}

}  // namespace
}  // namespace cnnlab
