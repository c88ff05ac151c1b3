#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cnnlab {

/// An SVG picture under construction, in the lab's style: light or dark as the reader prefers. Coordinates are
/// pixels.
/// Style classes of text: title, label (default size), small; of shapes: axis, grid, and the colours ink, accent,
/// pale, red, green, blue (as `fill-COLOUR` and `line-COLOUR`). To add: strong (text), thin, bold and faint (lines).
class Svg {
  public:
    /// `title` is what a screen reader says.
    Svg(int width, int height, std::string_view title);

    void text(double x, double y, std::string_view text, std::string_view style,
              std::string_view anchor = "start");
    void line(double x1, double y1, double x2, double y2, std::string_view style);
    void rectangle(double x, double y, double width, double height, std::string_view style);
    /// `d` is an SVG path.
    void path(std::string_view d, std::string_view style);

    /// The finished picture.
    [[nodiscard]] std::string str() const;

  private:
    std::string body_;
};

/// Text with &, <, > and quotes made safe for XML; control characters are dropped.
std::string escape_xml(std::string_view text);

/// A coordinate or share with at most `decimals` digits after the point and no trailing zeros: "12.5", "3".
std::string short_number(double value, int decimals = 2);

/// 1, 2 or 5 times a power of ten, at least `value`: the distance of an axis' marks.
double nice_step(double value);

/// "60,000".
std::string grouped_number(int64_t value);

}  // namespace cnnlab
