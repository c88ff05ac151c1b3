#include "native/data/gzip_stream.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

constexpr size_t piece = size_t{1} << 20U;

}  // namespace

GzipStream::GzipStream(const std::filesystem::path& file)
    : file_(file, std::ios::binary),
      state_(std::make_unique<inflate_state>()),
      packed_(piece),
      unpacked_(piece) {
    if (!file_)
        throw Error(ErrorCode::io, file.string(), "cannot be read", "check that it is there and may be read");
    begin_member();
}

GzipStream::~GzipStream() = default;

void GzipStream::begin_member() {
    const std::span<uint8_t> left(state_->next_in, state_->avail_in);
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;  // with its header and its checksum
    state_->next_in = left.data();
    state_->avail_in = static_cast<uint32_t>(left.size());
}

/// Fills what is left up to a piece.
void GzipStream::refill() {
    const size_t left = state_->avail_in;
    if (left > 0) std::copy_n(state_->next_in, left, packed_.data());
    file_.read(reinterpret_cast<char*>(packed_.data() + left), static_cast<std::streamsize>(piece - left));
    state_->next_in = packed_.data();
    state_->avail_in = static_cast<uint32_t>(left + static_cast<size_t>(file_.gcount()));
}

bool GzipStream::begins_a_member() {
    if (state_->avail_in < 2) refill();
    return state_->avail_in >= 2 && state_->next_in[0] == 0x1F && state_->next_in[1] == 0x8B;
}

std::span<const uint8_t> GzipStream::next() {
    state_->next_out = unpacked_.data();
    state_->avail_out = piece;
    while (!is_done_ && state_->avail_out > 0) {
        if (state_->avail_in == 0) refill();
        const uint32_t in = state_->avail_in, out = state_->avail_out;
        const int result = isal_inflate(state_.get());
        if (result < 0) {
            problem_ = result == ISAL_INCORRECT_CHECKSUM ? "its checksum is another" : "is corrupt";
            is_done_ = true;
        } else if (state_->block_state == ISAL_BLOCK_FINISH) {
            is_done_ = !begins_a_member();
            if (!is_done_) {
                uint8_t* const to = state_->next_out;
                const uint32_t room = state_->avail_out;
                begin_member();
                state_->next_out = to;
                state_->avail_out = room;
            }
        } else if (in == 0 && out == state_->avail_out) {
            problem_ = file_.bad() ? "cannot be read to its end" : "is truncated";
            is_done_ = true;
        }
    }
    if (!problem_.empty()) return {};
    return {unpacked_.data(), piece - state_->avail_out};
}

}  // namespace cnnlab
