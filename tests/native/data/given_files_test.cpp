#include "native/data/given_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(GivenFiles, OfSeveralOfOneNameTheLastCounts) {
    const test::TemporaryFolder folder;
    write_file(folder / "twice.zip", zip({{"a", {1}}, {"b", {2}}, {"a", {3, 4}}, {"a", {5}}}));
    const GivenFiles given(folder / "twice.zip");
    EXPECT_EQ(given.paths(), (Paths{"twice.zip/a", "twice.zip/b"}));
    EXPECT_EQ(given.read_all(std::vector<size_t>{0, 1}), (std::vector<Bytes>{{5}, {2}}));
    write_file(folder / "twice.tar.gz", test::gzip(test::tar({{"a", {1}}, {"a", {2}}})));
    EXPECT_EQ(GivenFiles(folder / "twice.tar.gz").read_all(std::vector<size_t>{0}), std::vector<Bytes>{{2}});
}

TEST(GivenFiles, LinksInAnArchiveAreListed) {
    const test::TemporaryFolder folder;
    const auto text = [](std::string_view words) { return Bytes(words.begin(), words.end()); };
    write_file(folder / "links.tar", test::tar({{"a/0", {1}}, {"a/1", text("=> a/0")}, {"b", text("-> a")}}));
    const GivenFiles given(folder / "links.tar");
    EXPECT_EQ(given.paths(), Paths{"links.tar/a/0"});
    EXPECT_EQ(given.links(), (Paths{"links.tar/a/1", "links.tar/b"}));
}

TEST(GivenFiles, APartOfAnArchiveSaysSo) {
    const test::TemporaryFolder folder;
    write_file(folder / "pets.zip", std::string_view("the last part of several"));
    write_file(folder / "pets.z01", std::string_view("the first"));
    expect_error(
        ErrorCode::bad_file, [&] { GivenFiles(folder / "pets.zip"); }, "one part of several: pets.z01",
        "join them");
}

TEST(GivenFiles, ArchivesAreKnownByTheirContents) {
    const test::TemporaryFolder folder;
    const std::vector<std::pair<std::string, Bytes>> files{{"ratón/1", {1, 2}}, {"ratán/2", {3}}};
    const auto tar_in = [](int (*filter)(archive*)) {
        return [filter](archive* a) {
            archive_write_set_format_ustar(a);
            return filter(a);
        };
    };
    const std::vector<std::pair<std::string, Bytes>> archives{
        {"a.jpg", zip(files)},
        {"a.7z", test::archive_of(files, archive_write_set_format_7zip)},
        {"a.tar.xz", test::archive_of(files, tar_in(archive_write_add_filter_xz))},
        {"a.tbz2", test::archive_of(files, tar_in(archive_write_add_filter_bzip2))},
        {"a.tar.zst", test::archive_of(files, tar_in(archive_write_add_filter_zstd))},
        {"a", test::gzip(test::tar(files))},
    };
    for (const auto& [name, bytes] : archives) {
        SCOPED_TRACE(name);
        write_file(folder / name, bytes);
        const GivenFiles given(folder / name);
        EXPECT_EQ(given.paths(), (Paths{name + "/ratán/2", name + "/ratón/1"}));
        EXPECT_EQ(given.read_all(std::vector<size_t>{0, 1}), (std::vector<Bytes>{{3}, {1, 2}}));
    }
    // what is packed by itself is no archive
    write_file(folder / "x.gz", test::gzip({1, 2, 3}));
    EXPECT_EQ(GivenFiles(folder / "x.gz").paths(), Paths{"x.gz"});
}

TEST(GivenFiles, NamesInAZipThatAreNoUtf8AreOfCodePage437) {
    const test::TemporaryFolder folder;
    Bytes bytes = zip({{"rat?n/1", {1}}, {"rat!n/1", {2}}});
    // ó is 0xA2 there, á is 0xA0
    std::replace(bytes.begin(), bytes.end(), uint8_t{'?'}, uint8_t{0xA2});
    std::replace(bytes.begin(), bytes.end(), uint8_t{'!'}, uint8_t{0xA0});
    write_file(folder / "old.zip", bytes);
    const GivenFiles given(folder / "old.zip");
    EXPECT_EQ(given.paths(), (Paths{"old.zip/ratán/1", "old.zip/ratón/1"}));
    EXPECT_EQ(given.read_all(std::vector<size_t>{0, 1}), (std::vector<Bytes>{{2}, {1}}));
}

TEST(GivenFiles, LieAsDeepAsTheyLie) {
    const test::TemporaryFolder folder;
    write_file(folder / "in/a/b/c/d/e/f/x", std::string_view("x"));
    std::filesystem::create_directory_symlink(folder / "in/a", folder / "in/a/b/round");
    EXPECT_EQ(GivenFiles(folder / "in").paths(), Paths{"a/b/c/d/e/f/x"});
}

TEST(GivenFiles, NamesThatAreNoUtf8StayDifferent) {
    const test::TemporaryFolder folder;
    write_file(folder / "in/rat\xF3n", std::string_view("1"));
    write_file(folder / "in/rat\xE1n", std::string_view("2"));
    const GivenFiles given(folder / "in");
    EXPECT_EQ(given.paths(), (Paths{"rat\\xE1n", "rat\\xF3n"}));
    EXPECT_EQ(given.read_all(std::vector<size_t>{0, 1}), (std::vector<Bytes>{{'2'}, {'1'}}));
}

}  // namespace
}  // namespace cnnlab
