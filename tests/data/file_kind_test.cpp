#include "engine/data/file_kind.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cnnlab {
namespace {

FileKind kind_of(const std::string& start, size_t at = 0) {
    std::vector<uint8_t> bytes(at, 0);
    bytes.insert(bytes.end(), start.begin(), start.end());
    bytes.resize(512, 0);
    return file_kind(bytes);
}

TEST(FileKind, IsToldByTheFirstBytes) {
    using enum FileKind;
    EXPECT_EQ(kind_of("PK\x03\x04"), zip);
    EXPECT_EQ(kind_of("PK\x05\x06"), zip);  // one without files
    EXPECT_EQ(kind_of("\x1F\x8B"), gzip);
    EXPECT_EQ(kind_of("ustar", 257), tar);
    EXPECT_EQ(kind_of("7z\xBC\xAF\x27\x1C"), seven_zip);
    EXPECT_EQ(kind_of("Rar!\x1A\x07\x01"), rar);
    EXPECT_EQ(kind_of("\xFD\x37zXZ"), xz);
    EXPECT_EQ(kind_of("BZh9"), bzip2);
    EXPECT_EQ(kind_of("\x28\xB5\x2F\xFD"), zstandard);
    EXPECT_EQ(kind_of("\x89PNG\r\n\x1A\n"), picture);
    EXPECT_EQ(kind_of(std::string("\x10\0\0\0\0\0\0\0{\"a\"", 12)), safetensors);
    EXPECT_EQ(kind_of("{\"name\": \"x\"}"), other);
    EXPECT_EQ(kind_of("PK"), other);
    EXPECT_EQ(file_kind({}), empty);
}

}  // namespace
}  // namespace cnnlab
