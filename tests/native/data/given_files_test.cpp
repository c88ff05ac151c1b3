#include "native/data/given_files.hpp"

#include <gtest/gtest.h>

#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

using test::Bytes;
using test::expect_error;
using test::zip;
using Paths = std::vector<std::string>;

TEST(GivenFiles, OfAFolderWithArchives) {
    const test::TemporaryFolder folder;
    write_file(folder / "in/b.txt", std::string_view("b"));
    write_file(folder / "in/a/x.gz", test::gzip({1, 2, 3}));
    write_file(folder / "in/.hidden", std::string_view("h"));
    write_file(folder / "in/set.npz", zip({{"y.npy", {4}}, {"x.npy", {5, 6}}}));
    write_file(folder / "in/c (1).tar.gz", test::gzip(test::tar({{"./d/e", {7}}, {"d\\f", {8}}})));
    const GivenFiles given(folder / "in");
    EXPECT_EQ(given.paths(), (Paths{"a/x.gz", "b.txt", "c (1).tar.gz/d/e", "c (1).tar.gz/d/f",
                                    "set.npz/x.npy", "set.npz/y.npy"}));
    const std::vector<size_t> wanted{5, 0, 4, 2, 1, 3};
    const std::vector<Bytes> contents{{4}, {1, 2, 3}, {5, 6}, {7}, {'b'}, {8}};
    EXPECT_EQ(given.read_all(wanted), contents);
    // what was kept from listing has been handed over; the archive is still there
    EXPECT_EQ(given.read_all(wanted), contents);
}

TEST(GivenFiles, OfOneArchiveOrFile) {
    const test::TemporaryFolder folder;
    write_file(folder / "one.zip", zip({{"a", {1}}}));
    EXPECT_EQ(GivenFiles(folder / "one.zip").paths(), Paths{"one.zip/a"});
    write_file(folder / "plain", std::string_view("x"));
    EXPECT_EQ(GivenFiles(folder / "plain").paths(), Paths{"plain"});
    expect_error(
        ErrorCode::missing_data, [&] { GivenFiles(folder / "none"); }, "none");
    write_file(folder / "bad.zip", std::string_view("PK but no more"));
    expect_error(
        ErrorCode::bad_file, [&] { GivenFiles(folder / "bad.zip"); }, "bad.zip", "no whole archive");
}

}  // namespace
}  // namespace cnnlab
