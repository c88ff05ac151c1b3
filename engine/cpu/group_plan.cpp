#include "engine/cpu/executor.hpp"

#if !defined(__EMSCRIPTEN__)

#include <algorithm>
#include <set>

namespace cnnlab::cpu {

namespace {

/// Multiplications of an orthogonal update, about: rows × columns × the shorter side.
int64_t cost(const Op& op, const Program& program) {
    int64_t most = 0;
    for (const ValueId id : operands_of(op).writes) {
        const Shape& shape = program.shape(id);
        const int64_t all = shape.count(), rows = std::max<int64_t>(shape[0], 1);
        most = std::max(most, all * std::min(rows, all / rows));
    }
    return most;
}

void tell_written(const Kernel& kernel, int part, int owner, std::vector<Exchange::Output>& outputs) {
    struct To {
        std::vector<Exchange::Output>* outputs;
        int owner;
    } to{&outputs, owner};
    kernel.written(
        part,
        [](void* all, const Written& floats) {
            auto* mine = static_cast<To*>(all);
            mine->outputs->push_back({floats, mine->owner});
        },
        &to);
}

/// Whether an op sums over images for batch norm.
bool takes_statistics(const Op& op) {
    return std::holds_alternative<ops::BatchNormStatistics>(op) ||
           std::holds_alternative<ops::BatchNormBackwardReduce>(op);
}

}  // namespace

void Executor::unite_statistics() {
    // Gradients of scale and shift are sums over the members, running statistics means: those are wanted first by the
    // updates, which stand at the end.
    std::vector<Exchange::Own> own;
    std::set<int> gradients;
    const auto add = [&](ValueId id, bool mean) {
        const Buffer& buffer = buffers_[static_cast<size_t>(id.index)];
        own.push_back({std::span(buffer.whole(), static_cast<size_t>(program_.shape(id).count())), mean});
        if (!mean) gradients.insert(id.index);
    };
    for (const Op& op : program_.ops) {
        if (const auto* forward = std::get_if<ops::BatchNormStatistics>(&op)) {
            add(forward->running_mean, true);
            add(forward->running_variance, true);
        } else if (const auto* backward = std::get_if<ops::BatchNormBackwardReduce>(&op)) {
            for (const ValueId id : {backward->dweight, backward->dbias})
                if (id) add(id, false);
        }
    }
    size_t found = phases_.size() - 1;
    for (size_t p = phases_.size(); p-- > 0;) {
        const Phase phase = phases_[p];
        if (phase.segment != static_cast<int>(layout_.segments.size()) - 1 || phase.level < 0) break;
        for (const int op : layout_.segments.back().epilogues[static_cast<size_t>(phase.level)])
            for (const ValueId id : operands_of(program_.ops[static_cast<size_t>(op)]).reads)
                if (gradients.contains(id.index)) found = p;
    }
    exchange_->plans[found].own = std::move(own);
}

void Executor::join(const std::vector<Traits>& traits) {
    exchange_->is_summed.assign(program_.ops.size(), false);
    exchange_->plans.resize(phases_.size());
    const int rank = exchange_->rank(), size = exchange_->size();
    const auto blocks_of = [&](ValueId id) {
        const Buffer& buffer = buffers_[static_cast<size_t>(id.index)];
        return Exchange::Pieces{buffer.base + buffer.offset, buffer.stride,
                                static_cast<size_t>(layout_.tensor_bytes[static_cast<size_t>(id.index)]),
                                false};
    };
    const auto whole = [&](ValueId id) {
        const Buffer& buffer = buffers_[static_cast<size_t>(id.index)];
        return Written{buffer.whole(), program_.shape(id).count()};
    };
    if (program_.local_statistics > 0) unite_statistics();
    for (size_t p = 0; p < phases_.size(); ++p) {
        const Phase phase = phases_[p];
        if (phase.segment < 0 || phase.level < 0) continue;
        Exchange::Plan& plan = exchange_->plans[p];
        auto& items = epilogues_[static_cast<size_t>(phase.segment)][static_cast<size_t>(phase.level)];
        std::set<int> whole_values;
        std::vector<int64_t> load(static_cast<size_t>(size), 0);
        std::vector<int> owner(program_.ops.size(), -1);
        const Segment& segment = layout_.segments[static_cast<size_t>(phase.segment)];
        for (const int op : segment.epilogues[static_cast<size_t>(phase.level)]) {
            const auto i = static_cast<size_t>(op);
            const Operands operands = operands_of(program_.ops[i]);
            std::byte* shards = arena_.data() + layout_.shard_offsets[i];
            const auto stride = static_cast<size_t>(shard_stride(traits[i].shard_bytes));
            const auto bytes = static_cast<size_t>(traits[i].shard_bytes);
            switch (traits[i].sharing) {
                case Sharing::sums:
                    exchange_->is_summed[i] = true;
                    plan.sums.push_back({reinterpret_cast<float*>(shards), stride / sizeof(float),
                                         static_cast<int64_t>(bytes / sizeof(float))});
                    break;
                case Sharing::repeated:
                    if (bytes > 0 && !(program_.local_statistics > 0 && takes_statistics(program_.ops[i])))
                        plan.pieces.push_back({shards, stride, bytes, true});
                    break;
                case Sharing::blocks:
                    break;
                case Sharing::parts:
                    for (const ValueId id : traits[i].whole_reads)
                        if (whole_values.insert(id.index).second) plan.pieces.push_back(blocks_of(id));
                    for (int member = 0; member < size; ++member) {
                        const auto [first, last] = part_of(kernels_[i]->epilogue_parts(), member, size);
                        for (int part = static_cast<int>(first); part < last; ++part)
                            tell_written(*kernels_[i], part, member, plan.outputs);
                    }
                    break;
                case Sharing::alone: {
                    const auto least = std::min_element(load.begin(), load.end());
                    *least += cost(program_.ops[i], program_);
                    owner[i] = static_cast<int>(least - load.begin());
                    for (const ValueId id : operands.writes) plan.outputs.push_back({whole(id), owner[i]});
                    break;
                }
            }
        }
        std::erase_if(items, [&](const Item& item) {
            const auto i = static_cast<size_t>(item.op);
            if (owner[i] >= 0) return owner[i] != rank;
            if (traits[i].sharing != Sharing::parts) return false;
            const auto [first, last] = part_of(kernels_[i]->epilogue_parts(), rank, size);
            return item.part < first || item.part >= last;
        });
    }
    for (const ValueId id : program_.kept)
        if (program_.info(id).per_image()) exchange_->kept.push_back(blocks_of(id));
}

bool Executor::exchange(size_t phase, bool before, int thread) {
    const Exchange::Plan& plan = exchange_->plans[phase];
    if (before ? !plan.before() : !plan.after()) return true;
    if (thread == 0) {
        try {
            if (before)
                exchange_->before(plan, run_);
            else
                exchange_->after(plan);
        } catch (...) {
            exchange_->failure = std::current_exception();
        }
    }
    threads_->barrier();
    return exchange_->failure == nullptr;
}

}  // namespace cnnlab::cpu

#endif
