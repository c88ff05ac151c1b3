#include "engine/cpu/exchange.hpp"

#if !defined(__EMSCRIPTEN__)

#include <algorithm>
#include <cstring>

namespace cnnlab::cpu {

namespace {

constexpr int64_t message_floats = message_bytes / int64_t{sizeof(float)};

/// Calls f(piece, from, until, at) for what floats [begin, end) of all pieces in a row take of each: its floats
/// [from, until), which begin at float `at` of those.
template <class T, class F>
void for_overlap(std::span<const T> all, int64_t begin, int64_t end, F&& f) {
    int64_t at = 0;
    for (const T& one : all) {
        const int64_t count = one.floats(), from = std::max(begin, at), to = std::min(end, at + count);
        if (from < to) f(one, from - at, to - at, from - begin);
        at += count;
    }
}

}  // namespace

Exchange::Range Exchange::shards_of(int rank, int shards) const {
    const int active = std::min(size(), shards);
    if (rank >= active) return {shards, shards};
    return {static_cast<int>(int64_t{shards} * rank / active),
            static_cast<int>(int64_t{shards} * (rank + 1) / active)};
}

void Exchange::begin(Run& run, int block, bool local) const {
    const Range own = shards_of(rank(), run.shards);
    run.first_shard = own.first;
    run.last_shard = own.last;
    run.all_shards = shards_;
    if (!local) return;
    run.norm_first = own.first;
    run.norm_last = own.last;
    run.norm_images = 0;
    for (int b = 0; b < run.blocks; ++b)
        if (run.is_own(b)) run.norm_images += std::min(block, run.input.count - b * block);
}

int Exchange::owner_of(int shard, int shards) const {
    int rank = 0;
    while (shards_of(rank, shards).last <= shard) ++rank;
    return rank;
}

void Exchange::before(const Plan& plan, const Run& run) {
    gather(plan.pieces, run);
    if (!plan.sums.empty()) add(plan.sums, run);
    if (!plan.own.empty()) unite(plan.own, run);
}

void Exchange::after(const Plan& plan) { gather(plan.outputs); }

void Exchange::end(const Run& run, std::span<ShardResult> results) {
    std::vector<Pieces> pieces = kept;
    pieces.push_back(
        {reinterpret_cast<std::byte*>(results.data()), sizeof(ShardResult), sizeof(ShardResult), true});
    gather(pieces, run);
}

void Exchange::gather(std::span<const Pieces> pieces, const Run& run) {
    regions_.clear();
    std::vector<int> owners;
    for (int shard = 0; shard < run.shards; ++shard) owners.push_back(owner_of(shard, run.shards));
    for (const Pieces& piece : pieces) {
        const int count = piece.of_shards ? run.shards : run.blocks;
        for (int i = 0; i < count; ++i)
            regions_.push_back({piece.first + piece.stride * static_cast<size_t>(i), piece.bytes, 0, 1,
                                owners[static_cast<size_t>(piece.of_shards ? i : i % shards_)]});
    }
    gather_regions();
}

void Exchange::gather(std::span<const Output> outputs) {
    regions_.clear();
    for (const Output& output : outputs) {
        const Written& floats = output.floats;
        regions_.push_back({reinterpret_cast<std::byte*>(floats.first),
                            static_cast<size_t>(floats.count) * sizeof(float),
                            static_cast<size_t>(floats.stride) * sizeof(float),
                            static_cast<size_t>(floats.rows), output.owner});
    }
    gather_regions();
}

void Exchange::gather_regions() {
    if (regions_.empty()) return;
    begins_.assign(static_cast<size_t>(size()) + 1, 0);
    for (const Region& region : regions_)
        begins_[static_cast<size_t>(region.owner) + 1] += static_cast<int64_t>(region.bytes * region.runs);
    for (size_t r = 1; r < begins_.size(); ++r) begins_[r] += begins_[r - 1];
    packed_.resize(static_cast<size_t>(begins_.back()));
    std::vector<int64_t> at(begins_.begin(), begins_.end() - 1);
    const auto place = [&](const Region& region) {
        int64_t& next = at[static_cast<size_t>(region.owner)];
        std::byte* found = packed_.data() + next;
        next += static_cast<int64_t>(region.bytes * region.runs);
        return found;
    };
    for (const Region& region : regions_)
        if (region.owner == rank()) {
            std::byte* to = place(region);
            for (size_t run = 0; run < region.runs; ++run)
                std::memcpy(to + run * region.bytes, region.data + run * region.stride, region.bytes);
        }
    group_->all_gather(packed_, begins_);
    at.assign(begins_.begin(), begins_.end() - 1);
    for (const Region& region : regions_)
        if (region.owner != rank()) {
            const std::byte* from = place(region);
            for (size_t run = 0; run < region.runs; ++run)
                std::memcpy(region.data + run * region.stride, from + run * region.bytes, region.bytes);
        }
}

template <class Add, class Take>
void Exchange::chain(int active, int64_t count, Add&& add, Take&& take) {
    const int me = rank(), last = active - 1;
    sum_.resize(static_cast<size_t>(count) * sizeof(float));
    result_.resize(sum_.size());
    const auto bytes = [](std::vector<std::byte>& from, int64_t begin, int64_t end) {
        return std::span(from).subspan(static_cast<size_t>(begin) * sizeof(float),
                                       static_cast<size_t>(end - begin) * sizeof(float));
    };
    const auto each_message = [&](auto&& job) {
        for (int64_t begin = 0; begin < count; begin += message_floats)
            job(begin, std::min(begin + message_floats, count));
    };
    // The result leaves the last member in both directions: to those before it and to those without a part.
    const auto pass_on = [&](std::vector<std::byte>& from, int64_t begin, int64_t end) {
        if (me <= last && me > 0) group_->send(me - 1, bytes(from, begin, end));
        if (me >= last && me + 1 < size()) group_->send(me + 1, bytes(from, begin, end));
        take(bytes(from, begin, end).data(), begin, end);
    };
    if (me <= last)
        each_message([&](int64_t begin, int64_t end) {
            if (me > 0) group_->receive(me - 1, bytes(sum_, begin, end));
            add(begin, end, bytes(sum_, begin, end).data(), me == 0);
            if (me < last) group_->send(me + 1, bytes(sum_, begin, end));
            if (me == last) pass_on(sum_, begin, end);
        });
    if (me != last)
        each_message([&](int64_t begin, int64_t end) {
            group_->receive(me < last ? me + 1 : me - 1, bytes(result_, begin, end));
            pass_on(result_, begin, end);
        });
    group_->flush();
}

namespace {

struct SumPiece {
    const Exchange::Sum* sum;
    [[nodiscard]] int64_t floats() const { return sum->count; }
};
struct OwnPiece {
    const Exchange::Own* own;
    [[nodiscard]] int64_t floats() const { return static_cast<int64_t>(own->values.size()); }
};

}  // namespace

void Exchange::add(std::span<const Sum> sums, const Run& run) {
    std::vector<SumPiece> pieces;
    int64_t count = 0;
    for (const Sum& sum : sums) {
        pieces.push_back({&sum});
        count += sum.count;
    }
    const std::span<const SumPiece> all(pieces);
    const Range own = shards_of(rank(), run.shards);
    chain(
        std::min(size(), run.shards), count,
        [&](int64_t begin, int64_t end, std::byte* to, bool is_first) {
            for_overlap(all, begin, end, [&](const SumPiece& piece, int64_t from, int64_t until, int64_t at) {
                auto* out = reinterpret_cast<float*>(to) + at;
                for (int shard = own.first; shard < own.last; ++shard) {
                    const float* in =
                        piece.sum->first + piece.sum->stride * static_cast<size_t>(shard) + from;
                    if (is_first && shard == own.first)
                        std::copy_n(in, until - from, out);
                    else
                        for (int64_t i = 0; i < until - from; ++i) out[i] += in[i];
                }
            });
        },
        [&](const std::byte* from, int64_t begin, int64_t end) {
            for_overlap(all, begin, end,
                        [&](const SumPiece& piece, int64_t first_float, int64_t until, int64_t at) {
                            std::memcpy(piece.sum->first + first_float, from + at * int64_t{sizeof(float)},
                                        static_cast<size_t>(until - first_float) * sizeof(float));
                        });
        });
}

void Exchange::unite(std::span<const Own> own, const Run& run) {
    std::vector<OwnPiece> pieces;
    int64_t count = 0;
    for (const Own& one : own) {
        pieces.push_back({&one});
        count += pieces.back().floats();
    }
    const std::span<const OwnPiece> all(pieces);
    const float share = static_cast<float>(run.norm_images) / static_cast<float>(run.input.count);
    chain(
        std::min(size(), run.shards), count,
        [&](int64_t begin, int64_t end, std::byte* to, bool is_first) {
            auto* out = reinterpret_cast<float*>(to);
            for_overlap(all, begin, end, [&](const OwnPiece& piece, int64_t from, int64_t until, int64_t at) {
                const float* in = piece.own->values.data() + from;
                const float factor = piece.own->mean ? share : 1.0F;
                for (int64_t i = 0; i < until - from; ++i)
                    out[at + i] = (is_first ? 0.0F : out[at + i]) + factor * in[i];
            });
        },
        [&](const std::byte* from, int64_t begin, int64_t end) {
            for_overlap(all, begin, end,
                        [&](const OwnPiece& piece, int64_t first, int64_t until, int64_t at) {
                            std::memcpy(piece.own->values.data() + first, from + at * int64_t{sizeof(float)},
                                        static_cast<size_t>(until - first) * sizeof(float));
                        });
        });
}

}  // namespace cnnlab::cpu

#endif
