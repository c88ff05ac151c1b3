#include "engine/ops/op.hpp"

#include <utility>

#include "engine/ops/program.hpp"

namespace cnnlab {

namespace {

template <size_t... I>
void take(OpVariant& to, size_t which, void* op, std::index_sequence<I...> /*alternatives*/) {
    const auto one = [&]<size_t i>(std::integral_constant<size_t, i> /*place*/) {
        if (which == i) to.emplace<i>(std::move(*static_cast<std::variant_alternative_t<i, OpVariant>*>(op)));
    };
    (one(std::integral_constant<size_t, I>{}), ...);
}

}  // namespace

Op::Op(size_t which, void* op) {
    take(*this, which, op, std::make_index_sequence<std::variant_size_v<OpVariant>>{});
}
Op::Op(const Op& other) = default;
Op::Op(Op&& other) noexcept = default;
Op& Op::operator=(const Op& other) = default;
Op& Op::operator=(Op&& other) noexcept = default;
Op::~Op() = default;

std::string_view op_name(const Op& op) {
    return std::visit([](const auto& o) { return std::string_view(o.name); }, op);
}

Operands operands_of(const Op& op) {
    struct Collect {
        Operands found;
        void in(ValueId id) {
            if (id) found.reads.push_back(id);
        }
        void out(ValueId id) {
            if (id) found.writes.push_back(id);
        }
        void inout(ValueId id) { in(id), out(id); }
    } collect;
    std::visit([&](const auto& o) { o.operands(o, collect); }, op);
    return collect.found;
}

int64_t multiply_adds(const Op& op, const Program& program) {
    return std::visit(
        [&](const auto& o) -> int64_t {
            if constexpr (requires { o.multiply_adds(program); })
                return o.multiply_adds(program);
            else
                return 0;
        },
        op);
}

}  // namespace cnnlab
