#include "native/run/image_checksum.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <future>
#include <thread>
#include <vector>

namespace cnnlab {

namespace {

/// Continues the checksum over these values, in parts at the same time: zlib can combine them.
template <class T>
uLong add_to_checksum(uLong checksum, const std::vector<T>& values) {
    constexpr size_t smallest_part = size_t{1} << 20U;
    const auto* bytes = reinterpret_cast<const Bytef*>(values.data());
    const size_t size = values.size() * sizeof(T);
    const size_t parts = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 1 + size / smallest_part);
    struct Part {
        size_t begin, end;
        std::future<uLong> checksum;
    };
    std::vector<Part> all;
    for (size_t i = 0; i < parts; ++i) {
        const size_t begin = size * i / parts, end = size * (i + 1) / parts;
        all.push_back(
            {begin, end, std::async(i + 1 < parts ? std::launch::async : std::launch::deferred, [=] {
                 return ::crc32_z(::crc32_z(0, nullptr, 0), bytes + begin, end - begin);
             })});
    }
    for (Part& part : all)
        checksum =
            ::crc32_combine(checksum, part.checksum.get(), static_cast<z_off_t>(part.end - part.begin));
    return checksum;
}

uLong add_to_checksum(uLong checksum, const Split& split) {
    return add_to_checksum(add_to_checksum(checksum, split.images), split.labels);
}

std::string text_of(uLong checksum) {
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%08lx", checksum);
    return text.data();
}

}  // namespace

std::string image_checksum(const Dataset& images) {
    const uLong none = ::crc32_z(0, nullptr, 0);
    return text_of(add_to_checksum(add_to_checksum(none, images.train), images.test));
}

std::string split_checksum(const Split& images) {
    return text_of(add_to_checksum(::crc32_z(0, nullptr, 0), images));
}

}  // namespace cnnlab
