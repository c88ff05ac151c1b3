#include "native/data/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

constexpr const char* get_again = "get the file again";

/// A zlib stream that reads gzip.
struct Inflater {
    z_stream stream{};

    Inflater() {
        if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
};

/// The size that the file gives at its end (RFC 1952: modulo 2³²), as far as a damaged one can be believed. One byte
/// more, so that the end is seen without another allocation.
size_t expected_size(std::span<const uint8_t> bytes) {
    size_t size = 0;
    for (size_t i = 0; i < 4; ++i) size |= size_t{bytes[bytes.size() - 4 + i]} << (8 * i);
    return std::clamp<size_t>(size + 1, 4096, 16 * bytes.size() + 4096);
}

}  // namespace

bool is_gzip(std::span<const uint8_t> bytes) {
    return bytes.size() >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

std::vector<uint8_t> gunzip_head(std::span<const uint8_t> bytes, size_t count) {
    Inflater inflater;
    z_stream& stream = inflater.stream;
    std::vector<uint8_t> head(count);
    stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib only reads it
    stream.avail_in = static_cast<uInt>(std::min<size_t>(bytes.size(), 65536));
    stream.next_out = head.data();
    stream.avail_out = static_cast<uInt>(count);
    (void)inflate(&stream, Z_SYNC_FLUSH);
    head.resize(count - stream.avail_out);
    return head;
}

std::vector<uint8_t> gunzip(std::span<const uint8_t> bytes, const std::string& place, size_t limit) {
    const auto fail = [&](const std::string& problem) {
        throw Error(ErrorCode::bad_file, place, problem, get_again);
    };
    if (!is_gzip(bytes)) fail("is no gzip file");
    if (bytes.size() < 18) fail("is truncated");  // its head and its end alone take as much

    Inflater inflater;
    z_stream& stream = inflater.stream;
    constexpr size_t step = size_t{1} << 20U;  // zlib counts in 32 bits, so it is given no more at once
    std::vector<uint8_t> output(std::min(expected_size(bytes), limit + 1));
    size_t written = 0;
    while (true) {
        if (stream.avail_in == 0 && !bytes.empty()) {
            const std::span<const uint8_t> piece = bytes.first(std::min(bytes.size(), step));
            stream.next_in = const_cast<Bytef*>(piece.data());  // zlib only reads it
            stream.avail_in = static_cast<uInt>(piece.size());
            bytes = bytes.subspan(piece.size());
        }
        // One byte more than is allowed, so that too many are seen.
        if (written == output.size()) output.resize(std::min(2 * written, std::max(limit, written) + 1));
        const size_t available = std::min(output.size() - written, step);
        stream.next_out = output.data() + written;
        stream.avail_out = static_cast<uInt>(available);
        const int result = inflate(&stream, Z_NO_FLUSH);
        written += available - stream.avail_out;
        if (written > limit) fail("unpacks to more than " + std::to_string(limit) + " bytes");
        if (result == Z_STREAM_END) {
            bytes = {bytes.data() - stream.avail_in, bytes.size() + stream.avail_in};
            if (bytes.empty()) break;
            if (!is_gzip(bytes)) fail("has " + std::to_string(bytes.size()) + " bytes after its end");
            inflateReset(&stream);
            stream.avail_in = 0;
        } else if (result == Z_BUF_ERROR ||
                   (result == Z_OK && stream.avail_in == 0 && bytes.empty() && stream.avail_out > 0)) {
            fail("is truncated");
        } else if (result == Z_MEM_ERROR) {
            throw std::bad_alloc();
        } else if (result != Z_OK) {
            fail(std::string("is corrupt") + (stream.msg ? std::string(" (") + stream.msg + ")" : ""));
        }
    }
    output.resize(written);
    return output;
}

}  // namespace cnnlab
