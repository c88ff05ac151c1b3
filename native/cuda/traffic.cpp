#include "native/cuda/traffic.hpp"

namespace cnnlab::cuda {

int64_t stored_bytes(const Program& program, const ValueInfo& info, Element element) {
    if (info.role == Role::activation && info.dtype == DType::f32)
        return info.shape.count() * program.batch * size_of(element);
    return info.bytes(program.batch);
}

int64_t traffic(const Program& program, Element element, const std::vector<Fusion>& fusions) {
    int64_t bytes = 0;
    const auto count = [&](const Operands& operands) {
        for (const auto* list : {&operands.reads, &operands.writes})
            for (const ValueId id : *list) bytes += stored_bytes(program, program.info(id), element);
    };
    std::vector<bool> fused(program.ops.size());
    for (const Fusion& fusion : fusions) {
        for (const int op : fusion.ops) fused[static_cast<size_t>(op)] = true;
        count(fusion.operands());
    }
    for (size_t i = 0; i < program.ops.size(); ++i)
        if (!fused[i]) count(operands_of(program.ops[i]));
    return bytes;
}

}  // namespace cnnlab::cuda
