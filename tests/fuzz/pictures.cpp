#include "engine/data/bmp.hpp"
#include "engine/data/file_kind.hpp"
#include "engine/data/picture_bytes.hpp"
#include "native/pictures/picture_decoder.hpp"
#include "native/pictures/picture_file.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace cnnlab::fuzz {

namespace {

/// What is changed in a file before a library, or a browser, decodes it.
void picture(const Bytes& bytes) {
    (void)file_kind(bytes);
    (void)plain_picture(bytes, "fuzz");
}

void bmp(const Bytes& bytes) {
    const Bytes plain = plain_bmp(bytes, "fuzz");
    const auto decoder = open_bmp(plain, "fuzz");
    // A large one would only take long.
    if (decoder->width > 4096 || decoder->height > 4096) return;
    Bytes row(static_cast<size_t>(decoder->width) * static_cast<size_t>(decoder->channels));
    for (int y = 0; y < decoder->height; ++y) decoder->next_row(row);
}

/// With the libraries of the system, as few pixels as there may be.
void decoded(const Bytes& bytes) { (void)decode_picture(bytes, "fuzz", {4, 4, 3}); }

constexpr Reader readers[] = {{"picture", picture}, {"bmp", bmp}, {"decoded", decoded}};

}  // namespace

std::span<const Reader> picture_readers() { return readers; }

}  // namespace cnnlab::fuzz
