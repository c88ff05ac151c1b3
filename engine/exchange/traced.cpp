#include "engine/exchange/traced.hpp"

#include <algorithm>

namespace cnnlab {

namespace {

/// The numbers of the parts that some axes run over, in their order.
std::vector<int> parts_of(const Traced& value, std::span<const int> axes) {
    std::vector<int> found;
    for (const int axis : axes)
        for (const int part : value.axes[static_cast<size_t>(axis)]) found.push_back(part);
    return found;
}

/// The same numbers, smallest first, which is our order.
std::vector<int> sorted(std::vector<int> numbers) {
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

std::vector<int> parts_along(const Traced& value, bool channel) {
    std::vector<int> found;
    for (size_t i = 0; i < value.parts.size(); ++i)
        if ((value.parts[i].along == Along::channel) == channel) found.push_back(static_cast<int>(i));
    return found;
}

/// Adds a part unless it has an extent of 1. Gives the axis over it.
std::vector<int> add_part(Traced& value, int64_t extent, Along along) {
    if (extent == 1) return {};
    value.parts.push_back({extent, along});
    return {static_cast<int>(value.parts.size()) - 1};
}

/// Keeps the parts for which `keeps` is true, and gives the others' numbers up.
template <class Keeps>
void keep_parts(Traced& value, const Keeps& keeps) {
    std::vector<int> renamed(value.parts.size(), Traced::batch);
    std::vector<Part> kept;
    for (size_t i = 0; i < value.parts.size(); ++i) {
        if (!keeps(value.parts[i])) continue;
        renamed[i] = static_cast<int>(kept.size());
        kept.push_back(value.parts[i]);
    }
    for (std::vector<int>& axis : value.axes) {
        std::vector<int> left;
        for (const int part : axis) {
            if (part == Traced::batch)
                left.push_back(part);
            else if (renamed[static_cast<size_t>(part)] != Traced::batch)
                left.push_back(renamed[static_cast<size_t>(part)]);
        }
        axis = std::move(left);
    }
    value.parts = std::move(kept);
}

}  // namespace

Traced Traced::map(std::string layer, ImageShape shape) {
    Traced value;
    value.layer = std::move(layer);
    value.shape = shape;
    std::vector<int> rows = add_part(value, shape.height, Along::height);
    std::vector<int> columns = add_part(value, shape.width, Along::width);
    std::vector<int> channels = add_part(value, shape.channels, Along::channel);
    value.axes = {{batch}, std::move(channels), std::move(rows), std::move(columns)};
    return value;
}

Traced Traced::vector(std::string layer, int channels) {
    Traced value;
    value.layer = std::move(layer);
    value.shape = {1, 1, channels};
    value.row = true;
    std::vector<int> axis = add_part(value, channels, Along::channel);
    value.axes = {{batch}, std::move(axis)};
    return value;
}

bool Traced::is_batch(int axis) const {
    const std::vector<int>& runs = axes[static_cast<size_t>(axis)];
    return runs.size() == 1 && runs[0] == batch;
}

int64_t Traced::extent(int axis) const {
    if (is_batch(axis)) return -1;
    int64_t product = 1;
    for (const int part : axes[static_cast<size_t>(axis)]) product *= parts[static_cast<size_t>(part)].extent;
    return product;
}

std::string Traced::str() const {
    std::string text;
    for (int axis = 0; axis < rank(); ++axis)
        if (!is_batch(axis)) text += (text.empty() ? "" : "×") + std::to_string(extent(axis));
    return text;
}

bool Traced::runs_along(int axis, Along along) const {
    std::vector<int> wanted;
    for (size_t i = 0; i < parts.size(); ++i)
        if (parts[i].along == along) wanted.push_back(static_cast<int>(i));
    return axes[static_cast<size_t>(axis)] == wanted;
}

bool Traced::is_map() const {
    constexpr std::array channels{1};
    return rank() == 4 && is_batch(0) && are_channels(channels) && runs_along(2, Along::height) &&
           runs_along(3, Along::width);
}

bool Traced::are_channels(std::span<const int> of) const {
    return sorted(parts_of(*this, of)) == parts_along(*this, true);
}

bool Traced::are_positions(std::span<const int> of) const {
    return sorted(parts_of(*this, of)) == parts_along(*this, false);
}

std::vector<int64_t> Traced::order(std::span<const int> of) const {
    const std::vector<int> theirs = parts_of(*this, of), ours = sorted(theirs);
    std::vector<int64_t> places{0};
    for (const int part : theirs) {
        int64_t stride = 1;
        for (const int other : ours)
            if (other > part) stride *= parts[static_cast<size_t>(other)].extent;
        std::vector<int64_t> longer;
        const int64_t extent = parts[static_cast<size_t>(part)].extent;
        longer.reserve(places.size() * static_cast<size_t>(extent));
        for (const int64_t place : places)
            for (int64_t i = 0; i < extent; ++i) longer.push_back(place + i * stride);
        places = std::move(longer);
    }
    return places;
}

bool Traced::is_in_order(std::span<const int> of) const {
    const std::vector<int> theirs = parts_of(*this, of);
    return std::is_sorted(theirs.begin(), theirs.end());
}

bool Traced::transpose(std::span<const int64_t> order) {
    std::vector<std::vector<int>> moved;
    std::vector<bool> seen(axes.size(), false);
    if (order.size() != axes.size()) return false;
    for (const int64_t axis : order) {
        if (axis < 0 || axis >= rank() || seen[static_cast<size_t>(axis)]) return false;
        seen[static_cast<size_t>(axis)] = true;
        moved.push_back(axes[static_cast<size_t>(axis)]);
    }
    axes = std::move(moved);
    return true;
}

bool Traced::reshape(std::span<const int64_t> target) {
    if (axes.empty() || !is_batch(0) || target.empty() || target[0] != -1) return false;
    std::vector<int> rest;
    for (int axis = 1; axis < rank(); ++axis)
        for (const int part : axes[static_cast<size_t>(axis)]) rest.push_back(part);
    std::vector<std::vector<int>> made{{batch}};
    size_t next = 0;
    for (const int64_t wanted : target.subspan(1)) {
        std::vector<int> axis;
        int64_t left = wanted;
        if (left < 1) return false;
        while (left > 1) {
            if (next == rest.size()) return false;
            const int number = rest[next];
            const int64_t extent = parts[static_cast<size_t>(number)].extent;
            if (left % extent == 0) {
                axis.push_back(number);
                left /= extent;
                ++next;
                continue;
            }
            if (extent % left != 0) return false;
            // A part that becomes two: the slower one goes to this axis.
            parts[static_cast<size_t>(number)].extent = left;
            parts.insert(parts.begin() + number + 1,
                         {extent / left, parts[static_cast<size_t>(number)].along});
            const auto shift = [number](std::vector<int>& numbers) {
                for (int& part : numbers) part += part > number ? 1 : 0;
            };
            shift(rest);
            for (std::vector<int>& done : made) shift(done);
            shift(axis);
            axis.push_back(number);
            rest[next] = number + 1;
            left = 1;
        }
        made.push_back(std::move(axis));
    }
    if (next != rest.size()) return false;
    axes = std::move(made);
    return true;
}

Traced Traced::resized(std::string to_layer, int height, int width) const {
    Traced value = *this;
    value.layer = std::move(to_layer);
    value.shape = {height, width, shape.channels};
    value.pads = {};
    value.row = false;
    keep_parts(value, [](const Part& part) { return part.along == Along::channel; });
    std::vector<Part> positions;
    if (height > 1) positions.push_back({height, Along::height});
    if (width > 1) positions.push_back({width, Along::width});
    const int added = static_cast<int>(positions.size());
    for (int& part : value.axes[1]) part += added;
    value.axes[2] = height > 1 ? std::vector<int>{0} : std::vector<int>{};
    value.axes[3] = width > 1 ? std::vector<int>{added - 1} : std::vector<int>{};
    value.parts.insert(value.parts.begin(), positions.begin(), positions.end());
    return value;
}

Traced Traced::pooled(std::string to_layer) const {
    Traced value = *this;
    value.layer = std::move(to_layer);
    value.shape = {1, 1, shape.channels};
    value.row = true;
    keep_parts(value, [](const Part& part) { return part.along == Along::channel; });
    return value;
}

Traced Traced::flattened(std::string to_layer) const {
    Traced value = *this;
    value.layer = std::move(to_layer);
    value.shape = {1, 1, static_cast<int>(shape.count())};
    value.row = true;
    for (Part& part : value.parts) part.along = Along::channel;
    return value;
}

Traced Traced::with_channels(std::string to_layer, int axis, int channels) const {
    Traced value = *this;
    value.layer = std::move(to_layer);
    value.shape.channels = channels;
    keep_parts(value, [](const Part& part) { return part.along != Along::channel; });
    value.axes[static_cast<size_t>(axis)] = add_part(value, channels, Along::channel);
    return value;
}

}  // namespace cnnlab
