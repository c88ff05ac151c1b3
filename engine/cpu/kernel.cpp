#include "engine/cpu/kernel.hpp"

namespace cnnlab::cpu {

Kernel::~Kernel() = default;
int Kernel::prologue_parts() const { return 0; }
void Kernel::prologue(int /*part*/) {}
void Kernel::map(const MapContext& /*context*/) {}
void Kernel::map_rows(const MapContext& /*context*/, int /*first*/, int /*last*/) {}
int Kernel::finish_parts() const { return 1; }
void Kernel::finish(int /*part*/, Step& /*step*/) {}

}  // namespace cnnlab::cpu
