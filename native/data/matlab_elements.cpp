#include "native/data/matlab_elements.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace fs = std::filesystem;

namespace {

/// What stands before an element of a MATLAB file of version 5.
struct Tag {
    uint32_t type = 0, bytes = 0;
};

}  // namespace

void check_matlab_elements(const fs::path& file, std::optional<size_t> number) {
    constexpr size_t head_bytes = 128;
    constexpr uint32_t compressed = 15;
    std::ifstream in(file, std::ios::binary);
    std::array<char, head_bytes> head{};
    if (!in.read(head.data(), head.size())) return;
    const bool is_little = head[126] == 'I' && head[127] == 'M',
               is_big = head[126] == 'M' && head[127] == 'I';
    if (!(is_little && head[125] == 1) && !(is_big && head[124] == 1)) return;
    const auto damaged = [&] {
        throw Error(ErrorCode::bad_file, file.string(), "is damaged or was not copied completely",
                    "get the file again, or save its arrays as .npz");
    };
    const uint64_t size = fs::file_size(file);
    uint64_t at = head_bytes;
    Tag tag;
    for (size_t i = 0;; ++i) {
        if (!number && at == size) return;
        std::array<unsigned char, 8> bytes{};
        if (!in.seekg(static_cast<std::streamoff>(at))
                 .read(reinterpret_cast<char*>(bytes.data()), bytes.size()))
            damaged();
        const auto word = [&](size_t from) {
            uint32_t value = 0;
            for (size_t k = 0; k < 4; ++k)
                value |= uint32_t{bytes[from + k]} << (8 * (is_little ? k : 3 - k));
            return value;
        };
        tag = {word(0), word(4)};
        at += bytes.size();
        if (tag.bytes > size - at) damaged();
        if (i == number) break;
        at += tag.bytes;
    }
    if (tag.type != compressed) return;
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    std::vector<uint8_t> packed(1U << 20U), sink(1U << 20U);
    int result = Z_OK;
    for (uint64_t left = tag.bytes; result == Z_OK && left > 0;) {
        const auto count = static_cast<size_t>(std::min<uint64_t>(left, packed.size()));
        if (!in.read(reinterpret_cast<char*>(packed.data()), static_cast<std::streamsize>(count))) damaged();
        left -= count;
        stream.next_in = packed.data();
        stream.avail_in = static_cast<uInt>(count);
        do {
            stream.next_out = sink.data();
            stream.avail_out = static_cast<uInt>(sink.size());
            result = inflate(&stream, Z_NO_FLUSH);
        } while (result == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
        if (result == Z_BUF_ERROR) result = Z_OK;  // it wants more
    }
    if (result != Z_STREAM_END) damaged();
}

}  // namespace cnnlab
