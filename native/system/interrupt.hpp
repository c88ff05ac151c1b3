#pragma once

namespace cnnlab {

/// While one exists, the first Ctrl-C (SIGINT) or SIGTERM only raises a flag; a second one ends the program as usual.
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
