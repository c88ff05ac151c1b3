#pragma once

#include <vector>

#include "engine/ops/value.hpp"

/// Ops that add, join, cut, move and reshape.
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

/// y = Σ_i weights[i] · parts[i], all of one shape; one part or more.
struct WeightedSum {
    static constexpr auto name = "weighted_sum";
    std::vector<ValueId> parts;
    std::vector<float> weights;
    ValueId y;  ///< out

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        for (auto& part : self.parts) v.in(part);
        v.out(self.y);
    }
};

/// y[r, c] = x[r + down, (flip ? W − 1 − c : c) + right]: moved, then mirrored. Outside the image x is mirrored (the
/// edge is not repeated).
struct Shift {
    static constexpr auto name = "shift";
    ValueId x;
    ValueId y;  ///< out
    int down = 0, right = 0;
    bool flip = false;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

/// x [H, W, C] resized to y [h, w, C], bilinear, as PyTorch's interpolate(mode="bilinear"). y[r, c] lies at v = (r +
/// ½) H / h − ½, u = (c + ½) W / w − ½ of x, both clamped to the image, between the pixels ⌊v⌋, ⌊v⌋ + 1 × ⌊u⌋, ⌊u⌋ +
/// 1.
/// With `antialias` a shrunk axis takes the mean of what it skips, as PyTorch's antialias=True, TensorFlow's and
/// Pillow's: with s = max(1, H / h), y[r] = Σ w_i x[i] / Σ w_i, w_i = max(0, 1 − |i − v| / s), v not clamped.
struct Resize {
    static constexpr auto name = "resize";
    ValueId x;
    ValueId y;  ///< out
    bool antialias = false;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
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
