#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace cnnlab {

/// Where a command talks to a person. On a terminal it may redraw its last line in place; elsewhere lines only follow
/// each other.
class Terminal {
  public:
    /// stdout, or stderr where stdout belongs to a program (--json).
    explicit Terminal(std::FILE* stream);
    ~Terminal() { clear(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Whether lines can be redrawn: a terminal that is not "dumb".
    [[nodiscard]] bool is_live() const { return is_live_; }
    /// Columns at this moment; the window may change its size at any time.
    [[nodiscard]] int width() const;

    /// A line that stays, above the live one.
    void print(std::string_view line);
    /// Replaces the live line. Nothing happens where it cannot be replaced.
    void redraw(std::string_view line);
    /// Removes the live line.
    void clear();

    /// Bold or dim, where the terminal has colours and nobody asked for none (NO_COLOR).
    [[nodiscard]] std::string bold(std::string_view text) const { return styled("1", text); }
    [[nodiscard]] std::string dim(std::string_view text) const { return styled("2", text); }

  private:
    [[nodiscard]] std::string styled(std::string_view code, std::string_view text) const;

    std::FILE* stream_;
    bool is_live_ = false, has_styles_ = false, has_line_ = false;
};

/// How the user started this program, for commands in messages: "./lab", "cnnlab", "build/release/cnnlab".
std::string command_name();
/// Tells command_name what argv[0] was.
void set_command_name(const char* argv0);

}  // namespace cnnlab
