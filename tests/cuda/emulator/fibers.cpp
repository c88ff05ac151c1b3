#include <setjmp.h>
#include <ucontext.h>

#include <exception>
#include <memory>
#include <vector>

#include "tests/cuda/emulator/emulator.hpp"

/// Threads of a block as fibers: each has a stack of its own and gives way only where it waits.
namespace cnnlab::emulator {

thread_local Index current;

namespace {

constexpr size_t stack_bytes = 64 * 1024;
constexpr unsigned most_threads = 1024, warp = 32;

struct Fiber {
    std::unique_ptr<char[]> stack;
    ucontext_t start{};
    jmp_buf place{};
    bool begun = false, ended = false;
    uint3 thread{};
};

/// Threads that wait for each other. One that ends is not waited for.
struct Barrier {
    unsigned members = 0, arrived = 0, generation = 0;
    [[nodiscard]] bool complete() const { return arrived > 0 && arrived == members; }
    void open() {
        arrived = 0;
        ++generation;
    }
};

thread_local std::vector<Fiber> fibers(most_threads);
thread_local Barrier block_barrier;
thread_local std::vector<Barrier> warp_barriers(most_threads / warp);
thread_local std::vector<uint64_t> slots(most_threads);
thread_local unsigned running = 0, turn = 0, left = 0;  // not on the stack: long jumps pass over it
thread_local jmp_buf scheduler;
thread_local const std::function<void()>* body = nullptr;

unsigned number_of_thread() { return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x; }

void yield() {
    if (_setjmp(fibers[running].place) == 0) _longjmp(scheduler, 1);
    current.thread = fibers[running].thread;
}

void arrive(Barrier& barrier) {
    const unsigned generation = barrier.generation;
    ++barrier.arrived;
    if (barrier.complete()) return barrier.open();
    while (barrier.generation == generation) yield();
}

void leave(Barrier& barrier) {
    --barrier.members;
    if (barrier.complete()) barrier.open();
}

/// Runs one thread of each block: beginning a context asks the system twice, which takes most of the time of a short
/// thread.
void fiber_main() {
    while (true) {
        (*body)();
        fibers[running].ended = true;
        --left;
        leave(block_barrier);
        leave(warp_barriers[running / warp]);
        yield();
    }
}

/// Lets a fiber run until it waits or ends.
void resume(unsigned fiber) {
    running = fiber;
    current.thread = fibers[fiber].thread;
    if (_setjmp(scheduler) != 0) return;
    if (fibers[fiber].begun) _longjmp(fibers[fiber].place, 1);
    fibers[fiber].begun = true;
    setcontext(&fibers[fiber].start);
}

void run_block(unsigned threads) {
    block_barrier = {threads, 0, 0};
    for (unsigned w = 0; w * warp < threads; ++w)
        warp_barriers[w] = {std::min(warp, threads - w * warp), 0, 0};
    for (unsigned i = 0; i < threads; ++i) {
        Fiber& fiber = fibers[i];
        fiber.ended = false;
        fiber.thread = {i % blockDim.x, i / blockDim.x % blockDim.y, i / blockDim.x / blockDim.y};
        if (fiber.begun) continue;
        fiber.stack = std::make_unique<char[]>(stack_bytes);
        getcontext(&fiber.start);
        fiber.start.uc_stack.ss_sp = fiber.stack.get();
        fiber.start.uc_stack.ss_size = stack_bytes;
        fiber.start.uc_link = nullptr;
        makecontext(&fiber.start, fiber_main, 0);
    }
    left = threads;
    while (left > 0)
        for (turn = 0; turn < threads; ++turn)
            if (!fibers[turn].ended) resume(turn);
}

template <class F>
void each_block(dim3 grid, dim3 block, const F& f) {
    current.grid_size = grid;
    current.block_size = block;
    for (unsigned z = 0; z < grid.z; ++z)
        for (unsigned y = 0; y < grid.y; ++y)
            for (unsigned x = 0; x < grid.x; ++x) {
                current.block = {x, y, z};
                f();
            }
}

}  // namespace

void run_blocks(dim3 grid, dim3 block, const std::function<void()>& thread) {
    body = &thread;
    each_block(grid, block, [&] { run_block(block.x * block.y * block.z); });
}

void run_threads(dim3 grid, dim3 block, const std::function<void()>& thread) {
    each_block(grid, block, [&] {
        for (unsigned z = 0; z < block.z; ++z)
            for (unsigned y = 0; y < block.y; ++y)
                for (unsigned x = 0; x < block.x; ++x) {
                    current.thread = {x, y, z};
                    thread();
                }
    });
}

void wait_for_block() { arrive(block_barrier); }

uint64_t exchange(uint64_t value, int mask) {
    const unsigned me = number_of_thread(), from = me ^ static_cast<unsigned>(mask);
    slots[me] = value;
    arrive(warp_barriers[me / warp]);
    const uint64_t taken = slots[from];
    arrive(warp_barriers[me / warp]);
    return taken;
}

}  // namespace cnnlab::emulator
