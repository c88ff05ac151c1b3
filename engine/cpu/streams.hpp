#pragma once

#include <vector>

#include "engine/cpu/segments.hpp"

namespace cnnlab::cpu {

/// Whether the op reads `id` row by row.
[[nodiscard]] bool reads_by_rows(const Traits& traits, ValueId id);

/// The maps of a segment as streams. An op joins the stream before it if it reads all its inputs from that stream row
/// by row, at the same rate. `sharers`: threads that share the rounds of a stream, for which there have to be enough;
/// rounds that carry rows cannot be shared.
[[nodiscard]] std::vector<Stream> streams_of(const Program& program, const std::vector<Traits>& traits,
                                             const std::vector<int>& maps, int sharers);

/// Whether ops `reader` and, later, `op` of a stream go through its rounds so that `op` may write over rows that
/// `reader` has read.
[[nodiscard]] bool follows(const std::vector<Traits>& traits, const Stream& stream, int reader, int op);

/// Gives the values that only `stream` uses, row by row, memory for the rows of one round.
void keep_few_rows(const Program& program, const std::vector<Traits>& traits, const Stream& stream,
                   const std::vector<int>& stream_of, Layout& layout);

}  // namespace cnnlab::cpu
