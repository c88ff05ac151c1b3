#include "engine/cpu/executor.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "engine/cpu/fusion.hpp"

namespace cnnlab::cpu {

Executor::Executor(Program program, const KernelSet& kernels, ThreadPool& threads,
                   const std::vector<std::byte*>& persistents, Group* group)
    : Executable(fused(std::move(program))), threads_(&threads), block_(images_of_block(program_)) {
    std::vector<Traits> traits;
    const int shards = shards_for(program_);
    for (const Op& op : program_.ops) traits.push_back(kernels.traits(op, program_, shards));
    layout_ = lay_out(program_, traits, threads.size());
    arena_ = AlignedBuffer(layout_.arena_bytes);
    for (int i = 0; i < threads.size(); ++i) workspaces_.emplace_back(layout_.workspace_bytes);
    open_arena(-1);
    results_.resize(static_cast<size_t>(shards));
    bind(kernels, traits, persistents);
    // One block of independent images is no work to share.
    const bool alone = layout_.independent && blocks_for(program_.batch, block_) == 1;
    if (has_groups && group != nullptr && group->size() > 1 && !alone)
        exchange_.reset(new Exchange(*group, static_cast<int>(results_.size())));
    phases_.push_back({-1, -1});
    for (size_t s = 0; s < epilogues_.size(); ++s) {
        const int segment = static_cast<int>(s), levels = static_cast<int>(epilogues_[s].size());
        if (!layout_.by_rounds) phases_.push_back({segment, -1});
        for (int stream = 0;
             layout_.by_rounds && stream < static_cast<int>(layout_.segments[s].streams.size()); ++stream)
            phases_.push_back({segment, -1, stream});
        for (int level = 0; level < levels; ++level) phases_.push_back({segment, level});
    }
    if (has_groups && exchange_ != nullptr) join(traits);
    for (size_t p = 0; p < phases_.size(); ++p) work_.emplace_back(threads.size());
    done_ = std::vector<Progress>(phases_.size());
}

void Executor::bind(const KernelSet& kernels, const std::vector<Traits>& traits,
                    const std::vector<std::byte*>& persistents) {
    for (size_t v = 0; v < program_.values.size(); ++v) {
        const ValueInfo& info = program_.values[v];
        Buffer buffer;
        buffer.exists = true;
        if (info.role == Role::persistent) {
            buffer.base = persistents[static_cast<size_t>(info.persistent)];
        } else {
            buffer.offset = static_cast<size_t>(std::max<int64_t>(layout_.offsets[v], 0));
            buffer.base = layout_.local[v] ? nullptr : arena_.data();
            if (!layout_.local[v] && info.per_image()) buffer.stride = static_cast<size_t>(layout_.bytes[v]);
            buffer.row_bytes = layout_.row_bytes[v];
            buffer.writer = layout_.writer[v];
        }
        buffers_.push_back(buffer);
    }
    Binding binding;
    binding.program = &program_;
    binding.images = block_;
    binding.buffers = buffers_.data();
    for (size_t i = 0; i < program_.ops.size(); ++i) {
        binding.shards = arena_.data() + layout_.shard_offsets[i];
        binding.shard_stride = static_cast<size_t>(shard_stride(traits[i].shard_bytes));
        binding.storage = arena_.data() + layout_.storage_offsets[i];
        binding.scratch.offset = static_cast<size_t>(layout_.scratch_offsets[i]);
        binding.scratch.exists = traits[i].scratch_bytes > 0;
        rows_.push_back(traits[i].rows);
        if (has_sentinels) guard(i, traits[i]);
        kernels_.push_back(kernels.bind(program_.ops[i], binding));
        for (int part = 0; part < kernels_.back()->prologue_parts(); ++part)
            prologue_.push_back({static_cast<int>(i), part});
    }
    for (const Segment& segment : layout_.segments) {
        auto& levels = epilogues_.emplace_back();
        for (const auto& ops : segment.epilogues) {
            auto& items = levels.emplace_back();
            for (const int op : ops)
                for (int part = 0; part < kernels_[static_cast<size_t>(op)]->epilogue_parts(); ++part)
                    items.push_back({op, part});
        }
    }
}

void Executor::begin(const RunInput& input, const SplitView& split, uint64_t contents) {
    run_ = {};
    run_.input = input;
    run_.split = split;
    run_.blocks = blocks_for(input.count, block_);
    run_.shards = std::min(run_.blocks, static_cast<int>(results_.size()));
    std::fill(results_.begin(), results_.end(), ShardResult{});
    run_.last_shard = run_.norm_last = run_.shards;
    run_.norm_images = input.count;
    if (has_groups && exchange_ != nullptr) {
        exchange_->begin(run_, block_, program_.local_statistics > 0);
        exchange_->summed = run_;
        exchange_->summed.shards = 1;
    }
    // Segments alternate their direction over the batch: what one wrote last is still cached for the next.
    for (size_t p = 0; p < phases_.size(); ++p) {
        const Phase phase = phases_[p];
        const int items = items_in(phase);
        work_[p].reset(items, phase.level < 0 && phase.segment % 2 == 1);
        done_[p].reset(items);
    }
    contents_ = contents;
    phase_ = packed_ == contents ? 1 : 0;  // phase 0 packs weights
    packed_.reset();
}

RunOutput Executor::end() {
    if (has_groups && exchange_ != nullptr) exchange_->end(run_, results_);
    packed_ = contents_;
    RunOutput output;
    for (const auto& result : results_) {  // in shard order: the same sum for any number of threads
        output.loss_sum += result.loss_sum;
        output.correct += result.correct;
    }
    output.gradient_norm = run_.gradient_norm;
    return output;
}

RunOutput Executor::run(const RunInput& input, const SplitView& split, uint64_t contents) {
    begin(input, split, contents);
    if (has_sentinels || (has_groups && exchange_ != nullptr)) {
        run_together();
        return end();
    }
    threads_->offer([&](int thread) {
        for (size_t p = phase_; p < phases_.size(); ++p) {
            int items = 0;
            for (int i = work_[p].take(thread); i >= 0; i = work_[p].take(thread), ++items)
                run_item(phases_[p], i, thread);
            done_[p].add(items);
            done_[p].wait();
        }
    });
    return end();
}

void Executor::run_together() {
    threads_->run([&](int thread) {
        for (size_t p = phase_; p < phases_.size(); ++p) {
            if (has_sentinels) {
                if (thread == 0) open_arena(phases_[p].segment);
                threads_->barrier();
            }
            if (has_groups && exchange_ != nullptr && !exchange(p, true, thread)) return;
            for (int i = work_[p].take(thread); i >= 0; i = work_[p].take(thread))
                run_item(phases_[p], i, thread);
            threads_->barrier();
            if (has_groups && exchange_ != nullptr && !exchange(p, false, thread)) return;
        }
    });
    if (has_groups && exchange_ != nullptr && exchange_->failure)
        std::rethrow_exception(std::exchange(exchange_->failure, nullptr));
}

std::optional<RunOutput> Executor::run_part(const SplitView& split, std::chrono::milliseconds budget) {
    using Clock = std::chrono::steady_clock;
    const auto stop = Clock::now() + budget;
    run_.split = split;
    for (; phase_ < phases_.size(); ++phase_) {
        const Phase phase = phases_[phase_];
        WorkStealing& work = work_[phase_];
        open_arena(phase.segment);
        // Do at least one item, so that every part makes progress.
        threads_->offer([&](int thread) {
            for (int i = work.take(thread); i >= 0; i = work.take(thread)) {
                run_item(phase, i, thread);
                if (Clock::now() >= stop) break;
            }
        });
        if (!work.empty()) return std::nullopt;
    }
    return end();
}

template <class F>
void Executor::timed(int thread, int op, F&& job) {
    Kernel& kernel = *kernels_[static_cast<size_t>(op)];
    if (!profiling_) return job(kernel);
    const auto start = std::chrono::steady_clock::now();
    job(kernel);
    seconds_[static_cast<size_t>(thread)][static_cast<size_t>(op)] +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Executor::set_profiling(bool on) {
    profiling_ = on;
    seconds_.assign(static_cast<size_t>(threads_->size()), std::vector<double>(program_.ops.size()));
}

std::vector<double> Executor::op_seconds() const {
    std::vector<double> sum(program_.ops.size());
    for (const auto& thread : seconds_)
        for (size_t i = 0; i < sum.size(); ++i) sum[i] += thread[i];
    return sum;
}

int Executor::items_in(Phase phase) const {
    if (phase.segment < 0) return static_cast<int>(prologue_.size());
    if (phase.stream >= 0)
        return layout_.segments[static_cast<size_t>(phase.segment)]
            .streams[static_cast<size_t>(phase.stream)]
            .rounds;
    if (phase.level < 0) return run_.last_shard - run_.first_shard;
    return static_cast<int>(
        epilogues_[static_cast<size_t>(phase.segment)][static_cast<size_t>(phase.level)].size());
}

void Executor::run_item(Phase phase, int item, int thread) {
    if (phase.stream >= 0) {
        MapContext context = context_of(0, thread);
        const Stream& stream =
            layout_.segments[static_cast<size_t>(phase.segment)].streams[static_cast<size_t>(phase.stream)];
        open_workspace(stream, thread);
        map_round(stream, item, context, thread);
    } else if (phase.segment < 0) {
        const Item part = prologue_[static_cast<size_t>(item)];
        timed(thread, part.op, [&](Kernel& kernel) { kernel.prologue(part.part); });
        check_sentinels(part.op, thread, nullptr);
    } else if (phase.level < 0) {
        map_shard(layout_.segments[static_cast<size_t>(phase.segment)], run_.first_shard + item, thread);
    } else {
        const Item part = epilogues_[static_cast<size_t>(phase.segment)][static_cast<size_t>(phase.level)]
                                    [static_cast<size_t>(item)];
        Run& run = has_groups && exchange_ != nullptr && exchange_->is_summed[static_cast<size_t>(part.op)]
                       ? exchange_->summed
                       : run_;
        timed(thread, part.op, [&](Kernel& kernel) { kernel.epilogue(part.part, run); });
        check_sentinels(part.op, thread, nullptr);
    }
}

MapContext Executor::context_of(int shard, int thread) {
    MapContext context;
    context.run = &run_;
    context.shard = shard;
    context.block = shard;
    context.images = std::min(block_, run_.input.count - shard * block_);
    context.computed = layout_.independent ? context.images : block_;
    context.first_of_shard = true;
    context.workspace = workspaces_[static_cast<size_t>(thread)].data();
    context.result = &results_[static_cast<size_t>(shard)];
    return context;
}

void Executor::map_shard(const Segment& segment, int shard, int thread) {
    MapContext context = context_of(shard, thread);
    const int shards = static_cast<int>(results_.size());
    for (int block = shard; block < run_.blocks; block += shards) {
        context.block = block;
        context.images = std::min(block_, run_.input.count - block * block_);
        context.computed = layout_.independent ? context.images : block_;
        context.first_of_shard = block == shard;
        for (const Stream& stream : segment.streams) {
            open_workspace(stream, thread);
            for (int round = 0; round < stream.rounds; ++round) map_round(stream, round, context, thread);
        }
    }
}

void Executor::map_round(const Stream& stream, int round, MapContext& context, int thread) {
    for (size_t i = 0; i < stream.ops.size(); ++i) {
        const int op = stream.ops[i];
        const RowStrips& rows = rows_[static_cast<size_t>(op)];
        if (rows.count == 0) {
            timed(thread, op, [&](Kernel& kernel) { kernel.map(context); });
        } else {
            const int begin = round * stream.strips[i] - (has_room ? stream.lags[i] : 0),
                      first = std::clamp(begin, 0, rows.count),
                      last = std::clamp(begin + stream.strips[i], 0, rows.count);
            if (has_room && stream.carried[i] > 0)
                carry(stream, i, int64_t{begin} * rows.out, context);
            else
                context.first_row[i] = int64_t{first} * rows.out;
            if (first == last) continue;
            timed(thread, op, [&](Kernel& kernel) { kernel.map_rows(context, first, last); });
        }
        check_sentinels(op, thread, &context);
    }
}

void Executor::carry(const Stream& stream, size_t at, int64_t done, MapContext& context) const {
    const auto op = static_cast<size_t>(stream.ops[at]);
    const Buffer& buffer = buffers_[static_cast<size_t>(operands_of(program_.ops[op]).writes.front().index)];
    if (buffer.row_bytes == 0) return;
    const int64_t count = int64_t{rows_[op].count} * rows_[op].out;
    const int64_t held = context.first_row[at];
    const int64_t first = std::clamp<int64_t>(done - stream.carried[at], 0, count);
    context.first_row[at] = first;
    std::byte* const rows = context.workspace + buffer.offset;
    std::memmove(rows, rows + (first - held) * buffer.row_bytes,
                 static_cast<size_t>((std::clamp<int64_t>(done, 0, count) - first) * buffer.row_bytes));
}

void Executor::guard(size_t op, const Traits& traits) {
    auto& mine = guards_.emplace_back();
    const auto add = [&](const std::string& name, std::byte* base, int64_t offset, int64_t bytes) -> Guard& {
        return mine.emplace_back(Guard{name, base, offset, bytes, 0, Guard::By::nothing});
    };
    for (const ValueId id : operands_of(program_.ops[op]).writes) {
        const auto v = static_cast<size_t>(id.index);
        const Buffer& buffer = buffers_[v];
        Guard& guard = add(program_.info(id).name, buffer.base, static_cast<int64_t>(buffer.offset),
                           layout_.tensor_bytes[v]);
        if (buffer.stride == 0) continue;
        guard.stride = static_cast<int64_t>(buffer.stride);
        guard.by = Guard::By::block;
    }
    const std::string name = "op " + std::to_string(op);
    if (traits.scratch_bytes > 0)
        add(name + "'s scratch", nullptr, layout_.scratch_offsets[op], traits.scratch_bytes);
    if (traits.storage_bytes > 0)
        add(name + "'s storage", arena_.data(), layout_.storage_offsets[op], traits.storage_bytes);
    if (traits.shard_bytes == 0) return;
    Guard& guard = add(name + "'s shard", arena_.data(), layout_.shard_offsets[op], traits.shard_bytes);
    guard.stride = shard_stride(traits.shard_bytes);
    guard.by = Guard::By::shard;
}

void Executor::open_arena(int segment) {
    if (has_sentinels)
        open_tensors(arena_.data(), static_cast<int64_t>(arena_.size()), layout_.in_arena, segment);
}

void Executor::open_workspace(const Stream& stream, int thread) {
    AlignedBuffer& memory = workspaces_[static_cast<size_t>(thread)];
    if (has_sentinels)
        open_tensors(memory.data(), static_cast<int64_t>(memory.size()), layout_.in_workspace, stream.number);
}

void Executor::check_sentinels(int op, int thread, const MapContext* context) const {
    if (!has_sentinels) return;
    const std::byte* workspace = workspaces_[static_cast<size_t>(thread)].data();
    for (const Guard& guard : guards_[static_cast<size_t>(op)]) {
        // A prologue or an epilogue has no block, shard or workspace of its own.
        if (context == nullptr && (guard.base == nullptr || guard.by != Guard::By::nothing)) continue;
        const int index = guard.by == Guard::By::block   ? context->block
                          : guard.by == Guard::By::shard ? context->shard
                                                         : 0;
        check_padding((guard.base != nullptr ? guard.base : workspace) + guard.offset + guard.stride * index,
                      guard.bytes, guard.name);
    }
}

HostTensor Executor::download(ValueId value) const {
    const ValueInfo& info = program_.info(value);
    const Buffer& buffer = buffers_[static_cast<size_t>(value.index)];
    if (!info.per_image())
        return {info.shape, std::vector<float>(buffer.whole(), buffer.whole() + info.shape.count())};

    const ImageShape image(info.shape);
    const int64_t positions = image.positions(), channels = image.channels;
    HostTensor tensor(program_.host_shape(value));
    const auto element = [&](int block, int64_t i) -> float {
        if (info.dtype == DType::f32) return buffer.block(block)[i];
        return info.dtype == DType::u16 ? static_cast<float>(buffer.block<uint16_t>(block)[i])
                                        : static_cast<float>(buffer.block<int32_t>(block)[i]);
    };
    for (int n = 0; n < program_.batch; ++n)
        for (int64_t p = 0; p < positions; ++p)
            for (int64_t c = 0; c < channels; ++c)
                tensor[(n * positions + p) * channels + c] =
                    element(n / block_, (p * block_ + n % block_) * channels + c);
    return tensor;
}

}  // namespace cnnlab::cpu
