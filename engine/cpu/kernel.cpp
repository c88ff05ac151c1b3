#include "engine/cpu/kernel.hpp"

namespace cnnlab::cpu {

Traits::Traits() = default;
Traits::~Traits() = default;
Traits::Traits(const Traits& other) = default;
Traits::Traits(Traits&& other) noexcept = default;
Traits& Traits::operator=(const Traits& other) = default;
Traits& Traits::operator=(Traits&& other) noexcept = default;

Kernel::~Kernel() = default;
int Kernel::prologue_parts() const { return 0; }
void Kernel::prologue(int /*part*/) {}
void Kernel::map(const MapContext& /*context*/) {}
void Kernel::map_rows(const MapContext& /*context*/, int /*first*/, int /*last*/) {}
int Kernel::epilogue_parts() const { return 1; }
void Kernel::epilogue(int /*part*/, Run& /*run*/) {}
void Kernel::written(int /*part*/, void (* /*tell*/)(void*, const Written&), void* /*to*/) const {}

int images_of_block(const Program& program) {
    if (program.phase != Phase::evaluate) return block_images;
    // Values of large images leave the cache between two ops. Weights are read once a block, so heavy ones count more.
    constexpr int64_t cached = 2 << 20, winograd = 4;
    int64_t largest = 0, values = 0, weights = 0;
    for (const ValueInfo& value : program.values) {
        if (!value.per_image()) continue;
        values += value.bytes(1);
        if (value.bytes(1) > largest) largest = value.bytes(1);
    }
    for (const Op& op : program.ops)
        if (const auto* conv = std::get_if<ops::Conv2d>(&op)) {
            const bool transformed =
                conv->window.kernel == Pair{3} && conv->window.stride == Pair{1} && conv->groups == 1;
            weights += program.info(conv->weight).bytes(1) * (transformed ? winograd : 1);
        }
    int images = program.batch < block_images ? program.batch : block_images;
    while (images > 1 && largest * images > cached && weights < 2 * values) images /= 2;
    return images;
}

bool is_written(const Program& program, ValueId id) {
    for (const Op& op : program.ops)
        for (const ValueId written : operands_of(op).writes)
            if (written == id) return true;
    return false;
}

}  // namespace cnnlab::cpu
