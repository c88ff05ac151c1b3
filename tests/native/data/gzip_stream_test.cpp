#include "native/data/gzip_stream.hpp"

#include <gtest/gtest.h>

#include "native/data/given_files.hpp"
#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"
#include "tests/native/temporary_folder.hpp"
#include "tests/sanitizer.hpp"

namespace cnnlab::gzip_stream_test {
namespace {

using test::Bytes;
using test::sample;

Bytes random_bytes(size_t length) {
    Bytes bytes = sample(2 * length);
    bytes.resize(length);
    return bytes;
}

/// All bytes of a stream, or what is wrong with it.
std::pair<Bytes, std::string> unpacked(const Bytes& packed) {
    const test::TemporaryFolder folder;
    write_file(folder / "f.gz", packed);
    GzipStream stream(folder / "f.gz");
    Bytes bytes;
    while (true) {
        const auto some = stream.next();
        if (some.empty()) return {bytes, stream.problem()};
        bytes.insert(bytes.end(), some.begin(), some.end());
    }
}

Bytes cut(const Bytes& bytes, size_t length) {
    return {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length)};
}

TEST(GzipStream, UnpacksAnyLength) {
    constexpr size_t piece = size_t{1} << 20U;
    for (const size_t length : {size_t{0}, size_t{1}, piece - 1, piece, piece + 1, size_t{5'000'000}}) {
        const auto [bytes, problem] = unpacked(test::gzip(sample(length)));
        EXPECT_EQ(problem, "") << length;
        EXPECT_TRUE(bytes == sample(length)) << length;
    }
}

TEST(GzipStream, UnpacksManyMembersAndPassesOverWhatFollows) {
    Bytes packed, wanted;
    for (const size_t length : {size_t{3000}, size_t{0}, size_t{3'000'000}, size_t{3}}) {
        const Bytes bytes = sample(length), member = test::gzip(bytes);
        packed.insert(packed.end(), member.begin(), member.end());
        wanted.insert(wanted.end(), bytes.begin(), bytes.end());
    }
    EXPECT_TRUE(unpacked(packed).first == wanted);
    packed.insert(packed.end(), 512, 0);  // as tapes are filled
    const auto [bytes, problem] = unpacked(packed);
    EXPECT_TRUE(bytes == wanted);
    EXPECT_EQ(problem, "");
}

TEST(GzipStream, AMemberMayEndAnywhereInAPiece) {
    constexpr size_t piece = size_t{1} << 20U;
    const Bytes large = sample(2 * piece - 8000), member = test::gzip(large), last = test::gzip({7, 8, 9});
    const size_t most = piece - member.size() + 20;
    ASSERT_LT(most, size_t{10'000}) << "the members end far from a piece's end";
    int begun_before = 0, begun_behind = 0;
    for (size_t less = 0; less < 80; ++less) {
        const Bytes small = random_bytes(most - less);
        Bytes packed = test::gzip(small), wanted = small;
        for (const Bytes* one : {&member, &last}) packed.insert(packed.end(), one->begin(), one->end());
        wanted.insert(wanted.end(), large.begin(), large.end());
        wanted.insert(wanted.end(), {7, 8, 9});
        (packed.size() - last.size() < piece ? begun_before : begun_behind) += 1;
        const auto [bytes, problem] = unpacked(packed);
        EXPECT_EQ(problem, "") << less;
        EXPECT_TRUE(bytes == wanted) << less;
    }
    EXPECT_GT(begun_before, 10);
    EXPECT_GT(begun_behind, 10);
}

TEST(GzipStream, EveryTruncationIsSaid) {
    const Bytes packed = test::gzip(sample(60));
    for (size_t length = 0; length < packed.size(); ++length)
        EXPECT_EQ(unpacked(cut(packed, length)).second, "is truncated") << length;
}

TEST(GzipStream, EveryBitFlipIsSaidOrHarmless) {
    const Bytes bytes = sample(60), packed = test::gzip(bytes);
    // Sanitizers are slow.
    const size_t stride = test::has_sanitizer ? 7 : 1;
    size_t refused = 0;
    for (size_t bit = 0; bit < 8 * packed.size(); bit += stride) {
        Bytes flipped = packed;
        flipped[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
        const auto [found, problem] = unpacked(flipped);
        if (problem.empty())
            EXPECT_EQ(found, bytes) << bit;  // time stamp, flags: nothing that counts
        else
            ++refused;
    }
    EXPECT_GT(refused, 8 * (packed.size() - 14) / stride);
}

TEST(GzipStream, AnArchiveThatIsNoWholeOneIsNamed) {
    const test::TemporaryFolder folder;
    const Bytes packed = test::gzip(test::tar({{"a", sample(100'000)}}));
    write_file(folder / "cut.tar.gz", cut(packed, packed.size() - 9));
    test::expect_error(
        ErrorCode::bad_file, [&] { GivenFiles(folder / "cut.tar.gz"); }, "cut.tar.gz", "is truncated");
    Bytes other = packed;
    other[other.size() / 2] ^= 0xFFU;
    write_file(folder / "other.tgz", other);
    test::expect_error(
        ErrorCode::bad_file, [&] { GivenFiles(folder / "other.tgz"); }, "other.tgz", "no whole archive");
}

}  // namespace
}  // namespace cnnlab::gzip_stream_test
