#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Numbers and tables as the command line prints them.
namespace cnnlab {

/// Columns that a text takes on a terminal: its UTF-8 characters.
size_t text_width(std::string_view text);

/// At most `width` columns of a text; what is cut off shows as "…".
std::string clip_text(std::string_view text, size_t width);

/// ".276", "1.283", ".0057", "<.0001": as many digits as mean something.
std::string loss_text(double loss);
/// "91.4 %".
std::string percent_text(double share);
/// "12,345", "7.3", "0.012".
std::string rate_text(double per_second);
/// "0:42", "12:05", "3:07:12".
std::string duration_text(double seconds);
/// "0.734 ms".
std::string milliseconds_text(double seconds);
/// "512 B", "2.1 MB": powers of 1000.
std::string bytes_text(int64_t bytes);
/// "10 epochs", "1 epoch".
std::string count_text(int64_t count, std::string_view noun);
/// The same for amounts that may have a fraction: "8.875 epochs", "1 epoch".
std::string amount_text(float amount, std::string_view noun);

/// A path or argument as it can be pasted into a shell.
std::string shell_word(const std::string& text);

/// A table with a head line and columns two spaces apart.
class Table {
  public:
    enum class Align : uint8_t { left, right };
    struct Column {
        std::string head;
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// A line across the table; what follows are totals.
    void rule() { rows_.emplace_back(); }
    [[nodiscard]] std::string str() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;  ///< an empty one is a rule
};

}  // namespace cnnlab
