#pragma once

#include "engine/cpu/kernels/tile.hpp"

/// Depthwise windows of 3×3 over neighbouring positions: each source is loaded once for the three columns that need it.
namespace cnnlab::cpu::CNNLAB_ARCH {

/// Neighbouring target positions: where the rows of their windows begin, and the weights of those rows.
struct ThreeWide {
    const float *x[3], *w[3], *bias;
    int count;              ///< rows inside the image
    int begin, end;         ///< columns of the source inside the image, counted from x
    int channel, channels;  ///< the first one, and how many
    int padded;             ///< all channels in whole vectors: floats between the weights of two taps
    int64_t apart;          ///< floats between two positions
    int64_t next;           ///< floats to the row that is wanted next
};

/// As the compiler's code for x · w + sum: relaxed WebAssembly rounds twice too, so that all of it gives the same bits.
CNNLAB_INLINE Vec multiply_add(Vec x, Vec w, Vec sum) {
#ifdef CNNLAB_ARCH_WASM
    return x * w + sum;
#else
    return madd(x, w, sum);
#endif
}

/// Number of columns outside the image that only the run knows.
constexpr int any_number = -1;

template <int N>
CNNLAB_INLINE void finish_positions(const Finish& f, Vec (&sum)[N], int c, const float* y, int64_t apart) {
    if (f.scale != nullptr) {
        const Vec scale = load(f.scale + c), shift = load(f.shift + c);
        unroll<N>([&](auto n) { sum[n] = madd(sum[n], scale, shift); });
    }
    if (const float* addend = f.addend_of(y); addend != nullptr)
        unroll<N>([&](auto n) { sum[n] = sum[n] + load(addend + n * apart); });
    if (f.clamps) unroll<N>([&](auto n) { sum[n] = clamped(f, sum[n]); });
}

/// N positions S columns apart, all whole vectors of the channels. The first `left` and the last `right` columns lie
/// outside. A sum takes the taps in their order, as it does without this.
template <int N, int S, int left, int right>
__attribute__((noinline)) void three_wide(const ThreeWide& p, float* y, const Finish* finish) {
    constexpr int columns = (N - 1) * S + 3;
    const int64_t apart = p.apart;
    for (int c = p.channel; c + width <= p.channel + p.channels; c += width) {
        Vec sum[N];
        unroll<N>([&](auto n) { sum[n] = load(p.bias + c); });
        for (int r = 0; r < p.count; ++r) {
            const float *x = p.x[r] + c, *w = p.w[r] + c;
            // The rows of some columns are too short for the hardware prefetcher.
            if (can_prefetch && left != any_number && r + S >= p.count &&
                (width == line_floats || c % line_floats == 0))
                unroll<columns>([&](auto j) { __builtin_prefetch(x + j * apart + p.next); });
            const Vec weights[3] = {load(w), load(w + p.padded), load(w + 2 * int64_t{p.padded})};
            unroll<columns>([&](auto j) {
                if (left == any_number ? j < p.begin || j >= p.end : j < left || j >= columns - right) return;
                const Vec value = load(x + j * apart);
                unroll<3>([&](auto k) {
                    constexpr int at = decltype(j)::value - decltype(k)::value;
                    if constexpr (at >= 0 && at % S == 0 && at / S < N)
                        sum[at / S] = multiply_add(value, weights[k], sum[at / S]);
                });
            });
        }
        if (finish_in_store && finish != nullptr) finish_positions<N>(*finish, sum, c, y + c, apart);
        unroll<N>([&](auto n) { store(y + c + n * apart, sum[n]); });
    }
}

template <int N, int S>
void three_wide(const ThreeWide& p, float* y, const Finish* finish) {
    const int left = p.begin, right = (N - 1) * S + 3 - p.end;
    if (left == 0 && right == 0) return three_wide<N, S, 0, 0>(p, y, finish);
    if constexpr (has_room) {
        if (left == 1 && right == 0) return three_wide<N, S, 1, 0>(p, y, finish);
        if (left == 0 && right == 1) return three_wide<N, S, 0, 1>(p, y, finish);
        if (left == 1 && right == 1) return three_wide<N, S, 1, 1>(p, y, finish);
    }
    three_wide<N, S, any_number, any_number>(p, y, finish);
}

/// As many positions as are done together, of `left`. Seven divides the widths of networks for 224 pixels.
[[nodiscard]] constexpr int three_wide_positions(int left, int all) {
    if (!has_room) return left >= 4 ? 4 : 1;
    const int wide = all % 7 == 0 ? 7 : 8;
    return left >= wide ? wide : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

template <int S>
void three_wide(const ThreeWide& p, int positions, float* y, const Finish* finish) {
    if constexpr (has_room) {
        if (positions == 8) return three_wide<8, S>(p, y, finish);
        if (positions == 7) return three_wide<7, S>(p, y, finish);
        if (positions == 4) return three_wide<4, S, any_number, any_number>(p, y, finish);
        if (positions == 2) return three_wide<2, S, any_number, any_number>(p, y, finish);
    } else if (positions == 4) {
        return three_wide<4, S>(p, y, finish);
    }
    three_wide<1, S, any_number, any_number>(p, y, finish);
}

/// The input's gradient of windows of 3×3 that are two columns apart. Two neighbouring columns of dx, the first of them
/// at 2q − before, are dy[q] · w[0] + dy[q − 1] · w[2] and dy[q] · w[1], summed over rows.
struct TwoApart {
    const float *dy[3], *w[3];  ///< dy: at q of the first pair
    int count;                  ///< rows of dy that reach this row of dx
    int q, sources;             ///< of the first pair; columns of dy
    int column, targets;        ///< of dx, of the first pair; all of them
    int channel, channels;      ///< the first one, and one past the last
    int padded;                 ///< floats between the weights of two taps
    int64_t apart;              ///< floats between two positions
};

/// N pairs of columns, whole vectors of channels. dx: at the first pair.
template <int N>
__attribute__((noinline)) void two_apart(const TwoApart& p, float* dx) {
    for (int c = p.channel; c < p.channels; c += width) {
        Vec even[N], odd[N];
        unroll<N>([&](auto n) { even[n] = odd[n] = Vec(0.0F); });
        for (int r = 0; r < p.count; ++r) {
            const float *from = p.dy[r] + c, *w = p.w[r] + c;
            const Vec first = load(w), second = load(w + p.padded), third = load(w + 2 * int64_t{p.padded});
            Vec before = p.q > 0 && p.q <= p.sources ? load(from - p.apart) : Vec(0.0F);
            unroll<N>([&](auto n) {
                const Vec d = p.q + n < p.sources ? load(from + n * p.apart) : Vec(0.0F);
                even[n] = madd(before, third, madd(d, first, even[n]));
                odd[n] = madd(d, second, odd[n]);
                before = d;
            });
        }
        unroll<N>([&](auto n) {
            const int at = p.column + 2 * n;
            if (at >= 0 && at < p.targets) store(dx + c + int64_t{2 * n} * p.apart, even[n]);
            if (at + 1 < p.targets) store(dx + c + int64_t{2 * n + 1} * p.apart, odd[n]);
        });
    }
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
