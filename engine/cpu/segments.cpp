#include "engine/cpu/segments.hpp"

#include <algorithm>
#include <set>

#include "engine/cpu/streams.hpp"
#include "engine/ops/planner.hpp"

namespace cnnlab::cpu {

namespace {

/// When a value is used, in ops and in segments.
struct Use {
    int first_op = -1, last_op = -1, first_segment = -1, last_segment = -1;
    bool by_epilogue = false;  ///< an epilogue uses it

    void touch(int op, int segment) {
        // Epilogues of a segment follow its maps, so op numbers are not in order.
        first_op = first_op < 0 ? op : std::min(first_op, op);
        last_op = std::max(last_op, op);
        first_segment = first_segment < 0 ? segment : std::min(first_segment, segment);
        last_segment = std::max(last_segment, segment);
    }
};

/// Cuts where a map reads what an epilogue of the same segment writes. Orders epilogues by what they need of each
/// other.
std::vector<Segment> cut(const Program& program, const std::vector<Traits>& traits) {
    std::vector<Segment> segments(1);
    std::vector<int> level(program.values.size(),
                           -1);  // of the epilogue in this segment that writes the value
    for (size_t i = 0; i < program.ops.size(); ++i) {
        const auto [reads, writes] = operands_of(program.ops[i]);
        int needed = -1;
        for (const ValueId id : reads) needed = std::max(needed, level[static_cast<size_t>(id.index)]);
        if (traits[i].maps && needed >= 0) {
            segments.emplace_back();
            std::fill(level.begin(), level.end(), -1);
            needed = -1;
        }
        Segment& segment = segments.back();
        if (traits[i].maps) segment.maps.push_back(static_cast<int>(i));
        if (!traits[i].has_epilogue) continue;
        const int next = needed + 1;
        const auto at = static_cast<size_t>(next);
        if (segment.epilogues.size() <= at) segment.epilogues.resize(at + 1);
        segment.epilogues[at].push_back(static_cast<int>(i));
        for (const ValueId id : writes) level[static_cast<size_t>(id.index)] = next;
    }
    return segments;
}

std::vector<Use> find_uses(const Program& program, const std::vector<Traits>& traits,
                           const std::vector<Segment>& segments) {
    std::vector<Use> uses(program.values.size());
    const auto touch = [&](int op, int segment, bool by_epilogue) {
        const auto [reads, writes] = operands_of(program.ops[static_cast<size_t>(op)]);
        for (const auto* ids : {&reads, &writes})
            for (const ValueId id : *ids) {
                Use& use = uses[static_cast<size_t>(id.index)];
                use.touch(op, segment);
                // An epilogue uses all its values that are not per image; of the others only whole_reads.
                if (by_epilogue && !program.info(id).per_image()) use.by_epilogue = true;
            }
        if (by_epilogue)
            for (const ValueId id : traits[static_cast<size_t>(op)].whole_reads)
                uses[static_cast<size_t>(id.index)].by_epilogue = true;
    };
    for (int s = 0; s < static_cast<int>(segments.size()); ++s) {
        for (const int op : segments[static_cast<size_t>(s)].maps) touch(op, s, false);
        for (const auto& epilogues : segments[static_cast<size_t>(s)].epilogues)
            for (const int op : epilogues) touch(op, s, true);
    }
    return uses;
}

}  // namespace

namespace {
int shards_of(int blocks) { return std::min(blocks, 16); }
}  // namespace

int shards_for(int batch) { return shards_of(blocks_for(batch)); }
int shards_for(const Program& program) {
    return shards_of(blocks_for(program.batch, images_of_block(program)));
}

int64_t stored_bytes(const ValueInfo& info, int images) {
    const int64_t bytes = info.shape.count() * size_of(info.dtype);
    return info.per_image() ? padded(bytes * images) + red_zone_bytes : guarded(bytes);
}

Layout lay_out(const Program& program, const std::vector<Traits>& traits, int threads) {
    Layout layout;
    layout.segments = cut(program, traits);
    layout.independent =
        std::none_of(traits.begin(), traits.end(), [](const Traits& t) { return t.has_epilogue; });
    layout.by_rounds =
        layout.independent && blocks_for(program.batch, images_of_block(program)) == 1 && threads > 1;
    const auto uses = find_uses(program, traits, layout.segments);
    const size_t values = program.values.size();
    const int last_segment = static_cast<int>(layout.segments.size()) - 1;
    const std::set<int> kept = [&] {
        std::set<int> ids;
        for (const ValueId id : program.kept) ids.insert(id.index);
        return ids;
    }();

    layout.local.assign(values, false);
    for (size_t v = 0; v < values; ++v)
        layout.local[v] = program.values[v].per_image() && !uses[v].by_epilogue &&
                          !kept.contains(static_cast<int>(v)) &&
                          uses[v].first_segment == uses[v].last_segment;

    std::vector<int> stream_of(program.ops.size(), -1);
    std::vector<const Stream*> by_number;
    int streams = 0;
    for (Segment& segment : layout.segments) {
        segment.streams = streams_of(program, traits, segment.maps, layout.by_rounds ? threads : 1);
        for (Stream& stream : segment.streams) {
            for (const int op : stream.ops) stream_of[static_cast<size_t>(op)] = streams;
            stream.number = streams++;
            by_number.push_back(&stream);
        }
    }
    layout.bytes.resize(values);
    layout.tensor_bytes.resize(values);
    for (size_t v = 0; v < values; ++v) {
        const ValueInfo& info = program.values[v];
        layout.bytes[v] = stored_bytes(info, images_of_block(program));
        layout.tensor_bytes[v] = info.bytes(images_of_block(program));
    }
    layout.row_bytes.assign(values, 0);
    layout.writer.assign(values, 0);
    for (const Segment& segment : layout.segments)
        for (const Stream& stream : segment.streams)
            keep_few_rows(program, traits, stream, stream_of, layout);
    if (layout.by_rounds)
        for (size_t v = 0; v < values; ++v) layout.local[v] = layout.local[v] && layout.row_bytes[v] > 0;

    // Values that an op may overwrite in place share one lifetime: owner[v] is the first of the chain.
    std::vector<size_t> owner(values);
    std::vector<int> end(values);
    for (size_t v = 0; v < values; ++v) owner[v] = v, end[v] = uses[v].last_op;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        if (!traits[i].in_place_in || !traits[i].in_place_out) continue;
        const auto in = static_cast<size_t>(traits[i].in_place_in.index),
                   out = static_cast<size_t>(traits[i].in_place_out.index);
        const size_t root = owner[in];
        if (!layout.local[in] || !layout.local[out] || end[root] != static_cast<int>(i) ||
            uses[out].first_op != static_cast<int>(i))
            continue;
        if (layout.bytes[in] != layout.bytes[out] || layout.row_bytes[in] != layout.row_bytes[out]) continue;
        // An op of the same stream may still need rows that this one has overwritten.
        const Stream& stream = *by_number[static_cast<size_t>(stream_of[i])];
        bool wanted = has_room && layout.row_bytes[in] > 0 && stream.lagging();
        for (size_t j = 0; j < i; ++j) {
            if (stream_of[j] != stream_of[i]) continue;
            for (const ValueId id : operands_of(program.ops[j]).reads)
                wanted |= owner[static_cast<size_t>(id.index)] == root &&
                          (!reads_by_rows(traits[j], id) ||
                           (has_room && !follows(traits, stream, static_cast<int>(j), static_cast<int>(i))));
        }
        if (wanted) continue;
        owner[out] = root;
        end[root] = std::max(end[root], uses[out].last_op);
    }

    const int blocks = blocks_for(program.batch, images_of_block(program)), shards = shards_for(program);
    std::vector<Lifetime> local, shared;
    std::vector<size_t> slot(values);
    for (size_t v = 0; v < values; ++v) {
        const ValueInfo& info = program.values[v];
        if (info.role == Role::persistent || uses[v].first_op < 0) continue;
        if (layout.local[v]) {
            if (owner[v] != v) continue;
            slot[v] = local.size();
            // Ops of a stream run in turn, so lifetimes are counted in streams.
            local.push_back({layout.bytes[v], stream_of[static_cast<size_t>(uses[v].first_op)],
                             stream_of[static_cast<size_t>(end[v])]});
        } else {
            slot[v] = shared.size();
            shared.push_back({layout.bytes[v] * (info.per_image() ? blocks : 1), uses[v].first_segment,
                              kept.contains(static_cast<int>(v)) ? last_segment : uses[v].last_segment});
        }
    }
    const size_t scratch_begin = local.size();
    for (size_t i = 0; i < program.ops.size(); ++i)
        local.push_back({guarded(traits[i].scratch_bytes), stream_of[i], stream_of[i]});
    const size_t shards_begin = shared.size();
    std::vector<int> segment_of(program.ops.size(), 0);
    for (int s = 0; s <= last_segment; ++s)
        for (const int op : layout.segments[static_cast<size_t>(s)].maps)
            segment_of[static_cast<size_t>(op)] = s;
    for (size_t i = 0; i < program.ops.size(); ++i)
        shared.push_back({shard_stride(traits[i].shard_bytes) * shards, segment_of[i], segment_of[i]});
    for (const auto& t : traits) shared.push_back({guarded(t.storage_bytes), 0, last_segment});

    const MemoryPlan local_plan = plan_memory(local), shared_plan = plan_memory(shared);
    layout.workspace_bytes = local_plan.total;
    layout.arena_bytes = shared_plan.total;
    layout.offsets.assign(values, -1);
    for (size_t v = 0; v < values; ++v) {
        if (program.values[v].role == Role::persistent || uses[v].first_op < 0) continue;
        layout.offsets[v] =
            layout.local[v] ? local_plan.offsets[slot[owner[v]]] : shared_plan.offsets[slot[v]];
    }
    for (size_t i = 0; i < traits.size(); ++i) {
        layout.shard_offsets.push_back(shared_plan.offsets[shards_begin + i]);
        layout.storage_offsets.push_back(shared_plan.offsets[shards_begin + traits.size() + i]);
        layout.scratch_offsets.push_back(local_plan.offsets[scratch_begin + i]);
    }
    if (!has_sentinels) return layout;
    for (size_t v = 0; v < values; ++v) {
        const ValueInfo& info = program.values[v];
        if (info.role == Role::persistent || uses[v].first_op < 0 || owner[v] != v) continue;
        const Lifetime& life = layout.local[v] ? local[slot[v]] : shared[slot[v]];
        (layout.local[v] ? layout.in_workspace : layout.in_arena)
            .push_back({layout.offsets[v], layout.tensor_bytes[v], layout.bytes[v],
                        !layout.local[v] && info.per_image() ? blocks : 1, life.first, life.last});
    }
    for (size_t i = 0; i < traits.size(); ++i) {
        const int stream = stream_of[i], segment = segment_of[i];
        layout.in_workspace.push_back(
            {layout.scratch_offsets[i], traits[i].scratch_bytes, 0, 1, stream, stream});
        layout.in_arena.push_back({layout.shard_offsets[i], traits[i].shard_bytes,
                                   shard_stride(traits[i].shard_bytes), shards, segment, segment});
        layout.in_arena.push_back(
            {layout.storage_offsets[i], traits[i].storage_bytes, 0, 1, -1, last_segment});
    }
    return layout;
}

}  // namespace cnnlab::cpu
