#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/bench/workload.hpp"

namespace cnnlab {

/// What one of `nodes` members of a group does in a training step: its own work, measured, and what it exchanges with
/// the others, counted.
struct NodePoint {
    int nodes = 1;
    int active = 1;                ///< those that have shards of the batch
    double compute = 0;            ///< seconds
    std::vector<int64_t> gathers;  ///< bytes that a member gets in each exchange of all with all
    std::vector<int64_t> chains;   ///< bytes of each sum that goes through all members and back
    int64_t gradient = 0;          ///< bytes of all gradients

    /// Bytes that a member in the middle gets.
    [[nodiscard]] int64_t received() const;
    /// What an all-reduce in a ring would need: 2 (n − 1) / n of the gradient.
    [[nodiscard]] double ring() const;
};

/// A link between nodes: seconds of a short message, bytes a second in each direction.
struct NodeLink {
    double latency = 0, rate = 0;
};

/// Seconds of a step's exchanges by a simple model, none of which overlaps with work. An exchange of all with all takes
/// ⌈log₂ n⌉ latencies and its bytes. A sum goes up through the active members and back through all, in messages of
/// `message_bytes`: one message's way, and then the bytes, twice where a member has a neighbour on both sides.
[[nodiscard]] double exchange_seconds(const NodePoint& point, const NodeLink& link);

/// The same batch on each number of nodes. Compute is that of the first member, whose messages to the others come back
/// as their answers.
[[nodiscard]] std::vector<NodePoint> measure_nodes(const ExperimentFile& file, const BackendChoice& choice,
                                                   const std::vector<int>& nodes, int rounds, double seconds);

/// Seconds of a short message between ranks 0 and 1, one way: the median. All members call it.
[[nodiscard]] double message_latency(Group& group);

/// A table to read: speed at 10 and 100 Gbit/s beside that of one node, and bytes beside the ring's.
[[nodiscard]] std::string nodes_text(const std::vector<NodePoint>& points, double latency);

}  // namespace cnnlab
