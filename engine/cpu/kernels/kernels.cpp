#include <chrono>

#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

Traits traits(const Op& op, const Program& program, int shards) {
    return std::visit([&]<class O>(const O& o) { return CpuOp<O>::traits(o, program, shards); }, op);
}

std::unique_ptr<Kernel> bind(const Op& op, const Binding& binding) {
    return std::visit([&]<class O>(const O& o) { return CpuOp<O>::bind(o, binding); }, op);
}

/// The shortest of some steps of the clock, in seconds: browsers round theirs to a millisecond.
double clock_step() {
    double least = 1;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        auto next = start;
        while (next == start) next = std::chrono::steady_clock::now();
        const double step = std::chrono::duration<double>(next - start).count();
        least = step < least ? step : least;
    }
    return least;
}

/// Twelve independent chains of fused multiply-adds hide the latency on every core we know. Registers only, so
/// nothing else limits them.
constexpr int chains = 12;

void do_rounds(Vec* all, int rounds) {
    Vec a[chains];
    unroll<chains>([&](auto i) { a[i] = all[i]; });
    const Vec x(0.999F), y(0.001F);
    for (int r = 0; r < rounds; ++r) unroll<chains>([&](auto i) { a[i] = madd(a[i], x, y); });
    unroll<chains>([&](auto i) { all[i] = a[i]; });
}

/// A browser begins with code that it has compiled in a hurry, and takes up the better one only where a function is
/// called anew. So the rounds are a call of their own, which no linker can inline.
void (*volatile rounds_of_peak)(Vec*, int) = do_rounds;

double peak(double seconds) {
    int rounds = 20000;  // about 35 µs
    // Where the clock steps by a millisecond a piece takes 50; where it is coarser still, not for ever.
    constexpr double longest = 0.2;
    const double steps = 50 * clock_step();
    const double least = steps < longest ? steps : longest;
    Vec a[chains];
    unroll<chains>([&](auto i) { a[i] = Vec(1.0F + 0.001F * static_cast<float>(i.value)); });
    const auto start = std::chrono::steady_clock::now();
    double best = 0, elapsed = 0;
    while (elapsed < seconds || best == 0) {
        const auto t0 = std::chrono::steady_clock::now();
        rounds_of_peak(a, rounds);
        const auto t1 = std::chrono::steady_clock::now();
        const double taken = std::chrono::duration<double>(t1 - t0).count();
        if (taken < least) {
            rounds *= 2;
        } else {
            const double rate = 2.0 * chains * width * rounds / taken;
            best = rate > best ? rate : best;
        }
        elapsed = std::chrono::duration<double>(t1 - start).count();
    }
    Vec sum = a[0];
    unroll<chains>([&](auto i) { sum = sum + a[i]; });
    // The sum must be used, or the compiler removes the loop.
    return xsimd::reduce_add(sum) == 12345.0F ? 0.0 : best;
}

}  // namespace

extern const KernelSet kernels;
const KernelSet kernels{traits, bind, peak};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
