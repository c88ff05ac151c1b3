#pragma once

#include <memory>
#include <vector>

#include "engine/distributed/group.hpp"

namespace cnnlab {

/// The members of a group in one process, each for a thread of its own. Whoever waits for a member that is gone gets an
/// Error (io) that names it.
[[nodiscard]] std::vector<std::unique_ptr<Group>> make_loopback(int size);

}  // namespace cnnlab
