#pragma once

#include "engine/ops/value.hpp"

namespace cnnlab::ops {

/// y = keep ? x / (1 − p) : 0. Element e of image n (both logical, row-major) is kept if unit_float(Philox{seed,
/// stream, step}.word(n · count + e)) ≥ p. The backward pass is the same op on dy: masks are not stored.
/// Source: Srivastava et al., "Dropout", 2014, in its inverted form.
struct Dropout {
    static constexpr auto name = "dropout";
    ValueId x;
    ValueId y;  ///< out
    float p = 0.5F;
    uint32_t stream = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

}  // namespace cnnlab::ops
