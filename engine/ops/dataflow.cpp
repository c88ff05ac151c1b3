#include "engine/ops/dataflow.hpp"

#include <algorithm>

namespace cnnlab {

namespace {

bool meet(const std::vector<ValueId>& a, const std::vector<ValueId>& b) {
    return std::any_of(a.begin(), a.end(),
                       [&](ValueId id) { return std::find(b.begin(), b.end(), id) != b.end(); });
}

}  // namespace

Dataflow::Dataflow(const Program& program)
    : program_(&program),
      readers_(program.values.size()),
      writers_(program.values.size()),
      kept_(program.values.size()) {
    for (size_t i = 0; i < program.ops.size(); ++i) {
        operands_.push_back(operands_of(program.ops[i]));
        const auto note = [&](auto& lists, const std::vector<ValueId>& values) {
            for (const ValueId id : values) {
                auto& list = lists[index(id)];
                if (list.empty() || list.back() != static_cast<int>(i)) list.push_back(static_cast<int>(i));
            }
        };
        note(readers_, operands_.back().reads);
        note(writers_, operands_.back().writes);
    }
    for (const ValueId id : program.kept) kept_[index(id)] = true;
}

bool Dataflow::unchanged(ValueId id, int from, int to) const {
    const auto& writers = writers_[index(id)];
    return std::none_of(writers.begin(), writers.end(), [&](int op) { return op > from && op < to; });
}

bool Dataflow::may_go_together(std::span<const int> ops) const {
    for (const int moved : ops)
        for (int other = moved + 1; other < ops.back(); ++other) {
            if (std::find(ops.begin(), ops.end(), other) != ops.end()) continue;
            const Operands &mine = operands_[static_cast<size_t>(moved)],
                           &theirs = operands_[static_cast<size_t>(other)];
            if (meet(mine.writes, theirs.reads) || meet(mine.writes, theirs.writes) ||
                meet(mine.reads, theirs.writes))
                return false;
        }
    return true;
}

}  // namespace cnnlab
