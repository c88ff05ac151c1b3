#include "native/data/fetch.hpp"

#include <gtest/gtest.h>

#include "native/data/sha256.hpp"
#include "tests/errors.hpp"
#include "tests/native/data/http_server.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

using test::expect_error;
using test::HttpServer;
using test::TemporaryFolder;

const std::string contents = "These are the bytes of a data set.\n";

std::string sum_of(const std::string& text) {
    Sha256 sum;
    sum.update({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    return sum.finish();
}

DatasetFile file_at(const std::string& url) {
    return {.name = "data.bin",
            .url = url,
            .sha256 = sum_of(contents),
            .bytes = static_cast<int64_t>(contents.size())};
}

std::string answer(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

/// A proxy of the machine must not come between the test and its own server.
class Fetch : public testing::Test {
  protected:
    static void SetUpTestSuite() { setenv("no_proxy", "*", 1); }
    TemporaryFolder folder;

    /// Expects a failure that leaves nothing behind.
    void expect_failure(ErrorCode code, const DatasetFile& file, const std::string& word,
                        const FetchObserver& observer = {}) {
        expect_error(
            code, [&] { fetch_file(file, folder.path(), observer); }, file.url, word);
        EXPECT_EQ(folder.count(), 0);
    }
};

TEST(Sha256, IsThatOfTheStandard) {
    EXPECT_EQ(sum_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sum_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 pieces;
    for (char c : contents) pieces.update({reinterpret_cast<const uint8_t*>(&c), 1});
    EXPECT_EQ(pieces.finish(), sum_of(contents));
}

TEST_F(Fetch, FromAServer) {
    const HttpServer server(answer("200 OK", contents));
    int64_t last = -1, total = 0;
    fetch_file(file_at(server.url("data.bin")), folder / "deep/cache", [&](const FetchProgress& progress) {
        EXPECT_GE(progress.received, last);
        last = progress.received;
        total = progress.total;
        return true;
    });
    const auto bytes = read_file(folder / "deep/cache/data.bin");
    EXPECT_EQ(std::string(bytes.begin(), bytes.end()), contents);
    EXPECT_EQ(last, static_cast<int64_t>(contents.size()));
    EXPECT_EQ(total, static_cast<int64_t>(contents.size()));
    EXPECT_EQ(folder.count(), 3);  // two folders and the file, nothing temporary
}

TEST_F(Fetch, FromAFile) {
    write_file(folder / "source", contents);
    fetch_file(file_at("file://" + (folder / "source").string()), folder.path());
    EXPECT_EQ(read_file(folder / "data.bin").size(), contents.size());
}

TEST_F(Fetch, TakesThePlaceOfAnOldFile) {
    write_file(folder / "source", contents);
    write_file(folder / "data.bin", std::string("old"));
    fetch_file(file_at("file://" + (folder / "source").string()), folder.path());
    EXPECT_EQ(read_file(folder / "data.bin").size(), contents.size());
}

TEST_F(Fetch, FollowsARedirectButNotToAFile) {
    const HttpServer target(answer("200 OK", contents));
    const HttpServer server("HTTP/1.1 302 Found\r\nLocation: " + target.url("there") +
                            "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    fetch_file(file_at(server.url("data.bin")), folder.path());
    EXPECT_TRUE(std::filesystem::remove(folder / "data.bin"));
    const HttpServer trap(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\nConnection: "
        "close\r\n\r\n");
    expect_failure(ErrorCode::missing_data, file_at(trap.url("data.bin")), "could not be fetched");
}

TEST_F(Fetch, ErrorStatus) {
    const HttpServer missing(answer("404 Not Found", contents)),
        broken(answer("503 Service Unavailable", ""));
    expect_failure(ErrorCode::missing_data, file_at(missing.url("data.bin")), "status 404");
    expect_failure(ErrorCode::missing_data, file_at(broken.url("data.bin")), "status 503");
}

TEST_F(Fetch, NoNetwork) {
    expect_failure(ErrorCode::missing_data, file_at("http://127.0.0.1:1/data.bin"), "no network");
    expect_failure(ErrorCode::missing_data, file_at("http://no-such-host.invalid/data.bin"), "no network");
    expect_failure(ErrorCode::missing_data, file_at("file:///no/such/file"), "could not be fetched");
    expect_failure(ErrorCode::missing_data, file_at("gopher://127.0.0.1/data.bin"), "could not be fetched");
}

TEST_F(Fetch, WrongBytes) {
    std::string other = contents;
    other[3] ^= 1;
    const HttpServer changed(answer("200 OK", other)), shorter(answer("200 OK", contents.substr(1))),
        longer(answer("200 OK", contents + contents));
    expect_failure(ErrorCode::bad_file, file_at(changed.url("data.bin")), "sha256 " + sum_of(other));
    expect_failure(ErrorCode::bad_file, file_at(shorter.url("data.bin")), "sent 34 of 35 bytes");
    expect_failure(ErrorCode::bad_file, file_at(longer.url("data.bin")), "more than the 35 bytes");
}

TEST_F(Fetch, ConnectionBreaks) {
    const HttpServer server("HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\nThese are");
    expect_failure(ErrorCode::missing_data, file_at(server.url("data.bin")), "could not be fetched");
    const HttpServer silent("");
    expect_failure(ErrorCode::missing_data, file_at(silent.url("data.bin")), "could not be fetched");
}

TEST_F(Fetch, TheObserverStopsIt) {
    const HttpServer server(answer("200 OK", contents));
    expect_failure(ErrorCode::missing_data, file_at(server.url("data.bin")), "stopped",
                   [](const FetchProgress&) { return false; });
    EXPECT_THROW(fetch_file(file_at(server.url("data.bin")), folder.path(),
                            [](const FetchProgress&) -> bool { throw 7; }),
                 int);
    EXPECT_EQ(folder.count(), 0);
}

TEST_F(Fetch, UnwritableCache) {
    write_file(folder / "file", contents);
    const DatasetFile file = file_at("file://" + (folder / "file").string());
    expect_error(
        ErrorCode::io, [&] { fetch_file(file, folder / "file/cache"); }, (folder / "file").string());
    expect_error(
        ErrorCode::io, [&] { fetch_file(file, "/proc/cache"); }, "/proc/cache");
}

}  // namespace
}  // namespace cnnlab
