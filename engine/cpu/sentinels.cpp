#include "engine/cpu/sentinels.hpp"

#if defined(CNNLAB_SENTINELS)

#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <stdexcept>

namespace cnnlab::cpu {

namespace {

constexpr std::byte pattern{0xA5};

}  // namespace

void open_tensors(std::byte* memory, int64_t bytes, const std::vector<GuardedTensor>& tensors, int time) {
    __asan_poison_memory_region(memory, static_cast<size_t>(bytes));
    for (const GuardedTensor& tensor : tensors) {
        if (tensor.bytes == 0 || time < tensor.first || time > tensor.last) continue;
        for (int i = 0; i < tensor.count; ++i) {
            std::byte* begin = memory + tensor.offset + tensor.stride * i;
            __asan_unpoison_memory_region(begin, static_cast<size_t>(padded(tensor.bytes)));
            if (time == tensor.first) std::fill(begin + tensor.bytes, begin + padded(tensor.bytes), pattern);
        }
    }
}

void check_padding(const std::byte* tensor, int64_t bytes, const std::string& name) {
    const std::byte* end = tensor + padded(bytes);
    if (std::any_of(tensor + bytes, end, [](std::byte b) { return b != pattern; }))
        throw std::logic_error(name + ": a kernel has written beyond it");
}

}  // namespace cnnlab::cpu

#else

namespace cnnlab::cpu {

void open_tensors(std::byte* /*memory*/, int64_t /*bytes*/, const std::vector<GuardedTensor>& /*tensors*/,
                  int /*time*/) {}
void check_padding(const std::byte* /*tensor*/, int64_t /*bytes*/, const std::string& /*name*/) {}

}  // namespace cnnlab::cpu

#endif
