#pragma once

#include <vector>

#include "engine/ops/window.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// The taps of every target position along one axis: which source positions reach it, through which tap.
/// Forward, targets are output rows and sources input rows; for the input's gradient they are swapped. Covers stride,
/// dilation and padding.
class AxisTaps {
  public:
    struct Entry {
        int source, tap;
    };

    static AxisTaps forward(int in, int out, int kernel, int stride, int dilation, int before) {
        AxisTaps axis;
        for (int o = 0; o < out; ++o) {
            for (int k = 0; k < kernel; ++k) {
                const int i = o * stride + k * dilation - before;
                if (i >= 0 && i < in) axis.entries_.push_back({i, k});
            }
            axis.close();
        }
        return axis;
    }

    static AxisTaps backward(int in, int out, int kernel, int stride, int dilation, int before) {
        AxisTaps axis;
        for (int i = 0; i < in; ++i) {
            for (int k = 0; k < kernel; ++k) {
                const int o = i + before - k * dilation;
                if (o >= 0 && o % stride == 0 && o / stride < out) axis.entries_.push_back({o / stride, k});
            }
            axis.close();
        }
        return axis;
    }

    [[nodiscard]] const Entry* begin(int target) const {
        return entries_.data() + starts_[static_cast<size_t>(target)];
    }
    [[nodiscard]] const Entry* end(int target) const {
        return entries_.data() + starts_[static_cast<size_t>(target) + 1];
    }
    [[nodiscard]] int targets() const { return static_cast<int>(starts_.size()) - 1; }

    /// The first source position of a target; 0 if none reaches it.
    [[nodiscard]] int first(int target) const {
        return begin(target) == end(target) ? 0 : begin(target)->source;
    }
    /// Targets of one kind have the same taps, relative to their first source position.
    [[nodiscard]] int kind(int target) const { return kinds_[static_cast<size_t>(target)].number; }
    [[nodiscard]] int kinds() const { return static_cast<int>(examples_.size()); }
    [[nodiscard]] int example(int kind) const { return examples_[static_cast<size_t>(kind)].number; }

  private:
    struct Number {
        int number;
    };

    void close() {
        starts_.push_back(entries_.size());
        const int mine = targets() - 1;
        int kind = 0;
        while (kind < kinds() && !alike(example(kind), mine)) ++kind;
        if (kind == kinds()) examples_.push_back({mine});
        kinds_.push_back({kind});
    }
    [[nodiscard]] bool alike(int a, int b) const {
        if (end(a) - begin(a) != end(b) - begin(b)) return false;
        for (const Entry *p = begin(a), *q = begin(b); p != end(a); ++p, ++q)
            if (p->tap != q->tap || p->source - first(a) != q->source - first(b)) return false;
        return true;
    }

    std::vector<Entry> entries_;
    std::vector<size_t> starts_{0};
    std::vector<Number> kinds_, examples_;  ///< by target; by kind
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
