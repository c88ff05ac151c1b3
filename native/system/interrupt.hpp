#pragma once

namespace cnnlab {

/// While one exists, the first Ctrl-C (SIGINT), SIGTERM, SIGHUP (the terminal is closed) or SIGPIPE (nobody reads what
/// is printed) only raises a flag. A second one ends the program as usual, but SIGPIPE, which comes with each line.
class InterruptWatch {
  public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    /// The signal that has come, or 0.
    [[nodiscard]] static int signal();
};

}  // namespace cnnlab
