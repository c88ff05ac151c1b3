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

/// The variable by which a program tells those that it starts which process it is.
constexpr const char* parent_variable = "CNNLAB_PARENT";

/// Lets this process get SIGTERM when the one that has started it, by parent_variable, ends in any way.
void end_with_parent();

}  // namespace cnnlab
