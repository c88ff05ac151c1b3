#include "native/system/file_bytes.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>

#include "native/system/system_error.hpp"
#include "tests/errors.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

using test::expect_error;
using test::TemporaryFolder;

TEST(FileBytes, ReadsBackWhatItWrites) {
    const TemporaryFolder folder;
    for (size_t length : {size_t{0}, size_t{1}, size_t{200'000}}) {
        const std::vector<uint8_t> bytes(length, 7);
        write_file(folder / "a/b/file", bytes);
        EXPECT_EQ(read_file(folder / "a/b/file"), bytes);
    }
    EXPECT_EQ(folder.count(), 3);
    EXPECT_FALSE(read_file("/proc/self/status").empty());  // a file that claims to have no size
}

TEST(FileBytes, ReadsTheEnd) {
    const TemporaryFolder folder;
    write_file(folder / "file", std::string_view("0123456789"));
    const FileEnd end = read_end(folder / "file", 3), all = read_end(folder / "file", 50);
    EXPECT_EQ(end.size, 10U);
    EXPECT_EQ(end.bytes, (std::vector<uint8_t>{'7', '8', '9'}));
    EXPECT_EQ(all.size, 10U);
    EXPECT_EQ(all.bytes, read_file(folder / "file"));
    expect_error(
        ErrorCode::missing_data, [&] { read_end(folder / "none", 3); }, "none", "no such file");
}

TEST(FileBytes, WhatCannotBeRead) {
    const TemporaryFolder folder;
    expect_error(
        ErrorCode::missing_data, [&] { read_file(folder / "none"); }, "none", "no such file");
    expect_error(
        ErrorCode::io, [&] { read_file(folder.path()); }, folder.path().string(), "directory");
}

TEST(FileBytes, OnlyARegularFileIsReplaced) {
    const TemporaryFolder folder;
    ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
    std::filesystem::create_symlink(folder / "pipe", folder / "link-to-pipe");
    for (const char* name : {"pipe", "link-to-pipe"})
        expect_error(
            ErrorCode::io, [&] { write_file(folder / name, std::string_view("x")); }, "pipe",
            "no regular file");
    EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
    // a link stays one, and what it leads to is written
    write_file(folder / "file", std::string_view("old"));
    std::filesystem::create_symlink(folder / "file", folder / "link");
    write_file(folder / "link", std::string_view("new"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(read_file(folder / "file"), (std::vector<uint8_t>{'n', 'e', 'w'}));
}

TEST(FileBytes, OnlyRegularFilesUpToALimit) {
    const TemporaryFolder folder;
    ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
    expect_error(
        ErrorCode::bad_file, [&] { read_file(folder / "pipe"); }, "pipe", "is a pipe", "regular file");
    expect_error(
        ErrorCode::bad_file, [&] { read_file("/dev/zero"); }, "/dev/zero", "is a device");
    write_file(folder / "file", std::string_view("0123456789"));
    EXPECT_EQ(read_file(folder / "file", 10).size(), 10U);
    expect_error(
        ErrorCode::bad_file, [&] { read_file(folder / "file", 9); }, "has 10 bytes, more than the 9");
    expect_error(
        ErrorCode::bad_file, [&] { read_stream("/dev/zero", 100000); }, "more than the 100000");
    EXPECT_EQ(read_start(folder / "file", 3), (std::vector<uint8_t>{'0', '1', '2'}));
    EXPECT_EQ(read_start(folder / "file", 30).size(), 10U);
}

TEST(FileBytes, KnowsWhatAKilledProgramHasLeft) {
    EXPECT_TRUE(is_leftover("model.safetensors.123-0.part", "model.safetensors"));
    for (const char* name :
         {"model.safetensors.part", "model.safetensors.1.part", "model.safetensors.x-1.part",
          "model.safetensors", "other.123-0.part", "model.safetensors.123-0.parts"})
        EXPECT_FALSE(is_leftover(name, "model.safetensors")) << name;
}

TEST(FileBytes, RemediesFitTheReason) {
    EXPECT_NE(remedy_for(EIO, "").find("disk"), std::string::npos);
    EXPECT_NE(remedy_for(EFBIG, "").find("ulimit -f"), std::string::npos);
    EXPECT_NE(remedy_for(EMFILE, "").find("ulimit -n"), std::string::npos);
    EXPECT_EQ(remedy_for(0, "otherwise"), "otherwise");
}

TEST(FileBytes, WhatCannotBeWritten) {
    const TemporaryFolder folder;
    write_file(folder / "file", std::string_view("x"));
    expect_error(
        ErrorCode::io, [&] { write_file(folder / "file/below", std::string_view("x")); }, "file");
    std::filesystem::create_directory(folder / "taken");
    expect_error(
        ErrorCode::io, [&] { write_file(folder / "taken", std::string_view("x")); }, "taken");
    EXPECT_EQ(folder.count(), 2);
}

/// A limit on the size of files stands in for a full disk: writing fails half-way in both.
TEST(FileBytes, AFailedWriteLeavesTheOldFile) {
    const TemporaryFolder folder;
    write_file(folder / "file", std::string_view("old"));
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{4096, old.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    std::string message;
    try {
        write_file(folder / "file", std::vector<uint8_t>(100'000));
    } catch (const Error& error) {
        message = error.what();
        EXPECT_EQ(error.code(), ErrorCode::io);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, handler);
    EXPECT_NE(message.find("cannot be written: "), std::string::npos) << message;
    EXPECT_EQ(read_file(folder / "file").size(), 3U);
    EXPECT_EQ(folder.count(), 1);
}

}  // namespace
}  // namespace cnnlab
