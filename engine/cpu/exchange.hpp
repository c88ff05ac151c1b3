#pragma once

#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "engine/cpu/kernel.hpp"
#include "engine/distributed/group.hpp"

namespace cnnlab::cpu {

/// Bytes that travel together: few enough that members work at the same time, enough to pay for a message.
constexpr int64_t message_bytes = 65536;

/// What the members of a group exchange in a run of one Program.
///
/// Each maps its own shards of the batch, which follow each other in the order of ranks. Sums of shards go through the
/// members as through a chain: a member adds its shards to the sum so far, one after the other, and hands it on; the
/// last one has the sum, and it goes back. That is the order in which one process adds, so the bits are the same, and a
/// member sends no more than twice the gradient's bytes, however many members there are.
class Exchange {
  public:
    /// Floats of an op's shards, `stride` apart, that are added in shard order. The sum is stored in the first.
    struct Sum {
        float* first = nullptr;
        size_t stride = 0;
        int64_t count = 0;
    };
    /// Bytes of each block, or of each shard, that all members shall have.
    struct Pieces {
        std::byte* first = nullptr;
        size_t stride = 0, bytes = 0;
        bool of_shards = false;
    };
    /// Floats that one member writes for all.
    struct Output {
        Written floats;
        int owner = 0;
    };
    /// Floats that each member has computed of its own images alone, and that all shall have: their sum, or their mean
    /// by the number of images.
    struct Own {
        std::span<float> values;
        bool mean = false;
    };
    /// By phase of the executor: what is done before it and after it.
    struct Plan {
        std::vector<Sum> sums;
        std::vector<Own> own;
        std::vector<Pieces> pieces;
        std::vector<Output> outputs;

        [[nodiscard]] bool before() const { return !sums.empty() || !own.empty() || !pieces.empty(); }
        [[nodiscard]] bool after() const { return !outputs.empty(); }
    };

    Exchange(Group& group, int shards) : group_(&group), shards_(shards) {}

    [[nodiscard]] int rank() const { return group_->rank(); }
    [[nodiscard]] int size() const { return group_->size(); }
    std::vector<Plan> plans;      ///< by phase
    std::vector<Pieces> kept;     ///< what the host may ask for after a run
    Run summed;                   ///< the run, for epilogues whose shards are added already
    std::vector<bool> is_summed;  ///< by op
    std::exception_ptr failure;   ///< of the phase before

    /// Which shards of the run are this member's. `local`: batch statistics are of them alone.
    void begin(Run& run, int block, bool local) const;
    void before(const Plan& plan, const Run& run);
    void after(const Plan& plan);
    /// `results`: by shard.
    void end(const Run& run, std::span<ShardResult> results);

  private:
    struct Range {
        int first, last;
    };
    /// The shards of a member, in a run of so many.
    [[nodiscard]] Range shards_of(int rank, int shards) const;
    [[nodiscard]] int owner_of(int shard, int shards) const;
    void gather(std::span<const Pieces> pieces, const Run& run);
    void gather(std::span<const Output> outputs);
    void add(std::span<const Sum> sums, const Run& run);
    void unite(std::span<const Own> own, const Run& run);

    /// Runs of bytes, `stride` apart, and the member that has them.
    struct Region {
        std::byte* data;
        size_t bytes, stride, runs;
        int owner;
    };
    void gather_regions();
    /// `add(begin, end, to, is_first)` adds this member's part of elements [begin, end) to what the members before it
    /// have added, or begins. The first `active` members take part. `take` gets the result, all members do.
    template <class Add, class Take>
    void chain(int active, int64_t count, Add&& add, Take&& take);

    Group* group_;
    int shards_;  ///< of the Program
    std::vector<Region> regions_;
    std::vector<std::byte> packed_;
    std::vector<int64_t> begins_;
    std::vector<std::byte> sum_, result_;
};

/// Costs nothing where there are no groups.
struct RemoveExchange {
    void operator()(Exchange* exchange) const {
        if (has_groups) delete exchange;
    }
};
using ExchangePointer = std::unique_ptr<Exchange, RemoveExchange>;

}  // namespace cnnlab::cpu
