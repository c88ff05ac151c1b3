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

bool is_written(const Program& program, ValueId id) {
    for (const Op& op : program.ops)
        for (const ValueId written : operands_of(op).writes)
            if (written == id) return true;
    return false;
}

}  // namespace cnnlab::cpu
