#include "engine/cpu/streams.hpp"

#include <algorithm>
#include <numeric>

namespace cnnlab::cpu {

namespace {

// The rows of a round of the largest value fit half of a small L1 cache.
constexpr int64_t round_bytes = 16 << 10;
// Where convolutions read rows, all rows of a round fit half of a small L2 cache.
constexpr int64_t wide_round_bytes = 256 << 10;
// Rounds that threads share evenly, where there are rows enough.
constexpr int shared_rounds = 8;

/// Bytes of one row of a block.
int64_t row_bytes_of(const Program& program, ValueId id) {
    const ValueInfo& info = program.info(id);
    return info.shape.count() * size_of(info.dtype) * images_of_block(program) /
           ImageShape(info.shape).height;
}

/// The position in `stream` of the op that writes `id`, or −1.
int writer_in(const Program& program, const Stream& stream, ValueId id) {
    for (size_t i = 0; i < stream.ops.size(); ++i) {
        const auto writes = operands_of(program.ops[static_cast<size_t>(stream.ops[i])]).writes;
        if (std::find(writes.begin(), writes.end(), id) != writes.end()) return static_cast<int>(i);
    }
    return -1;
}

/// Rows of the rounds before that a reader which lags `lag` strips needs of its writer.
int carried_rows(const RowStrips& writer, int writer_lag, const RowStrips& rows, int lag) {
    return lag * rows.in - writer_lag * writer.out + rows.before;
}

/// Whether `op` can join. If so, updates `stream`.
bool join(const Program& program, const std::vector<Traits>& traits, int op, int sharers, Stream& stream) {
    const auto& mine = traits[static_cast<size_t>(op)];
    const auto& head = traits[static_cast<size_t>(stream.ops.front())];
    if (mine.rows.count == 0 || head.rows.count == 0 || stream.ops.size() == most_streamed || head.rows.heavy)
        return false;
    if (has_room && mine.rows.least > 0 && sharers > 1) return false;
    int numerator = 0, denominator = 1;  // strips of this op in a round
    int lag = 0;
    std::vector<size_t> writers;
    for (const ValueId id : operands_of(program.ops[static_cast<size_t>(op)]).reads) {
        const int writer = writer_in(program, stream, id);
        if (writer < 0) continue;
        if (!reads_by_rows(mine, id)) return false;
        const auto at = static_cast<size_t>(writer);
        const int rows = stream.strips[at] * traits[static_cast<size_t>(stream.ops[at])].rows.out;
        if (numerator > 0 && rows * denominator != numerator * mine.rows.in) return false;
        numerator = rows;
        denominator = mine.rows.in;
        if (!has_room) continue;
        if (mine.rows.least > row_bytes_of(program, id) * ImageShape(program.shape(id)).height) return false;
        if (operands_of(program.ops[static_cast<size_t>(stream.ops[at])]).writes.size() > 1) return false;
        const int behind = stream.lags[at] * traits[static_cast<size_t>(stream.ops[at])].rows.out;
        lag = std::max(lag, (behind + mine.rows.after + mine.rows.in - 1) / mine.rows.in);
        writers.push_back(at);
    }
    if (numerator == 0) return false;
    const int factor = denominator / std::gcd(numerator, denominator),
              strips = numerator * factor / denominator;
    // Both must be done in the same round; the last round may be partial.
    const auto rounds = [](int count, int each) { return (count + each - 1) / each; };
    if (lag == 0 &&
        rounds(mine.rows.count, strips) != rounds(head.rows.count, stream.strips.front() * factor))
        return false;
    for (int& s : stream.strips) s *= factor;
    for (size_t w = 0; has_room && w < writers.size(); ++w) {
        const size_t at = writers[w];
        const RowStrips& writer = traits[static_cast<size_t>(stream.ops[at])].rows;
        stream.carried[at] =
            std::max(stream.carried[at], carried_rows(writer, stream.lags[at], mine.rows, lag));
    }
    stream.ops.push_back(op);
    stream.strips.push_back(strips);
    if (has_room) stream.lags.push_back(lag), stream.carried.push_back(0);
    return true;
}

/// Chooses the number of rows of a round.
void size_rounds(const Program& program, const std::vector<Traits>& traits, int sharers, Stream& stream) {
    const RowStrips& head = traits[static_cast<size_t>(stream.ops.front())].rows;
    const int count = head.count;
    if (count == 0) return;
    int64_t most = 1, sum = 1;
    for (size_t i = 0; i < stream.ops.size(); ++i) {
        const auto op = static_cast<size_t>(stream.ops[i]);
        for (const ValueId id : operands_of(program.ops[op]).writes) {
            if (!program.info(id).per_image()) continue;
            const int64_t bytes = row_bytes_of(program, id) * traits[op].rows.out * stream.strips[i];
            most = std::max(most, bytes);
            if (has_room) sum += bytes;
        }
    }
    const int all = (count + stream.strips.front() - 1) / stream.strips.front();
    const bool wide = has_room && std::any_of(stream.ops.begin() + 1, stream.ops.end(), [&](int op) {
                          return traits[static_cast<size_t>(op)].rows.least > 0;
                      });
    const int64_t fitting = wide ? wide_round_bytes / sum : round_bytes / most;
    int times = all;
    if (stream.ops.size() > 1) times = static_cast<int>(std::clamp<int64_t>(fitting, 1, all));
    const int rounds = head.heavy ? sharers : shared_rounds;
    if (sharers > 1)
        times = std::min(times, head.heavy ? (all + rounds - 1) / rounds : std::max(all / rounds, 1));
    for (int& s : stream.strips) s *= times;
    stream.rounds = (all + times - 1) / times;
    for (size_t i = 0; has_room && i < stream.ops.size(); ++i) {
        const int strips = traits[static_cast<size_t>(stream.ops[i])].rows.count + stream.lags[i];
        stream.rounds = std::max(stream.rounds, (strips + stream.strips[i] - 1) / stream.strips[i]);
    }
}

}  // namespace

bool Stream::lagging() const {
    return std::any_of(lags.begin(), lags.end(), [](int lag) { return lag > 0; });
}

bool reads_by_rows(const Traits& traits, ValueId id) {
    const auto& reads = traits.rows.reads;
    return traits.rows.count > 0 && std::find(reads.begin(), reads.end(), id) != reads.end();
}

bool follows(const std::vector<Traits>& traits, const Stream& stream, int reader, int op) {
    const auto lag = [&](int of) {
        const auto at = std::find(stream.ops.begin(), stream.ops.end(), of) - stream.ops.begin();
        return stream.lags[static_cast<size_t>(at)];
    };
    const RowStrips &from = traits[static_cast<size_t>(reader)].rows,
                    &to = traits[static_cast<size_t>(op)].rows;
    return lag(reader) * from.in + from.before <= lag(op) * to.out;
}

std::vector<Stream> streams_of(const Program& program, const std::vector<Traits>& traits,
                               const std::vector<int>& maps, int sharers) {
    std::vector<Stream> streams;
    for (const int op : maps)
        if (streams.empty() || !join(program, traits, op, sharers, streams.back()))
            streams.push_back(has_room ? Stream{{op}, {1}, {0}, {0}} : Stream{{op}, {1}});
    for (Stream& stream : streams) size_rounds(program, traits, sharers, stream);
    return streams;
}

void keep_few_rows(const Program& program, const std::vector<Traits>& traits, const Stream& stream,
                   const std::vector<int>& stream_of, Layout& layout) {
    if (stream.rounds == 1) return;
    for (size_t i = 0; i < stream.ops.size(); ++i) {
        const auto op = static_cast<size_t>(stream.ops[i]);
        for (const ValueId id : operands_of(program.ops[op]).writes) {
            const auto v = static_cast<size_t>(id.index);
            bool mine = layout.local[v];
            for (size_t j = 0; mine && j < program.ops.size(); ++j) {
                const auto reads = operands_of(program.ops[j]).reads;
                if (std::find(reads.begin(), reads.end(), id) == reads.end()) continue;
                mine = stream_of[j] == stream_of[op] && reads_by_rows(traits[j], id);
            }
            if (!mine) continue;
            layout.row_bytes[v] = row_bytes_of(program, id);
            layout.writer[v] = static_cast<int>(i);
            layout.tensor_bytes[v] = layout.row_bytes[v] * (traits[op].rows.out * stream.strips[i] +
                                                            (has_room ? stream.carried[i] : 0));
            layout.bytes[v] = has_sentinels ? guarded(layout.tensor_bytes[v]) : layout.tensor_bytes[v] + 64;
        }
    }
}

}  // namespace cnnlab::cpu
