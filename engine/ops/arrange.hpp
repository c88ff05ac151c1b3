#pragma once

#include <vector>

#include "engine/ops/value.hpp"

/// Ops that add, join, cut and reshape.
namespace cnnlab::ops {

/// y = a + b, of one shape.
struct Add {
    static constexpr auto name = "add";
    ValueId a, b;
    ValueId y;  ///< out

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.a);
        v.in(self.b);
        v.out(self.y);
    }
};

/// y = the channels of all parts, one after the other; heights and widths are equal.
struct Concat {
    static constexpr auto name = "concat";
    std::vector<ValueId> parts;
    ValueId y;  ///< out

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        for (auto& part : self.parts) v.in(part);
        v.out(self.y);
    }
};

/// y = x's channels [begin, begin + C of y).
struct Slice {
    static constexpr auto name = "slice";
    ValueId x;
    ValueId y;  ///< out
    int begin = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

/// y = x's values in row-major order under another shape: [H, W, C] ↔ [H·W·C].
struct Reshape {
    static constexpr auto name = "reshape";
    ValueId x;
    ValueId y;  ///< out

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

}  // namespace cnnlab::ops
