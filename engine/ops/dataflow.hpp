#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "engine/ops/program.hpp"

namespace cnnlab {

/// Who reads and writes which value of a Program.
class Dataflow {
  public:
    explicit Dataflow(const Program& program);

    [[nodiscard]] const Program& program() const { return *program_; }
    [[nodiscard]] const std::vector<int>& readers(ValueId id) const { return readers_[index(id)]; }
    /// The op that writes the value, −1 if there is none or several do.
    [[nodiscard]] int writer(ValueId id) const {
        const auto& found = writers_[index(id)];
        return found.size() == 1 ? found.front() : -1;
    }
    [[nodiscard]] bool is_kept(ValueId id) const { return kept_[index(id)]; }
    /// Whether the value at op `to` is still what it was after op `from`.
    [[nodiscard]] bool unchanged(ValueId id, int from, int to) const;
    /// Whether these ops (in order) may all run where the last one stands: the ops in between neither read what they
    /// write, nor write what they read or write.
    [[nodiscard]] bool may_go_together(std::span<const int> ops) const;

  private:
    static size_t index(ValueId id) { return static_cast<size_t>(id.index); }

    const Program* program_;
    std::vector<Operands> operands_;
    std::vector<std::vector<int>> readers_, writers_;
    std::vector<bool> kept_;
};

/// Takes out of a Program the ops for whose number `wanted` is false.
template <class Wanted>
void keep_ops(Program& program, const Wanted& wanted) {
    size_t kept = 0;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        if (!wanted(i)) continue;
        if (kept != i) program.ops[kept] = std::move(program.ops[i]);
        program.layer_of_op[kept++] = program.layer_of_op[i];
    }
    program.ops.erase(program.ops.begin() + static_cast<std::ptrdiff_t>(kept), program.ops.end());
    program.layer_of_op.resize(kept);
}

}  // namespace cnnlab
