// Operators that only name axes anew, and arithmetic about shapes.

#include <algorithm>
#include <numeric>

#include "engine/exchange/onnx_importer.hpp"

namespace cnnlab::onnx {

namespace {

int64_t from_end(int64_t index, int64_t size) { return index < 0 ? index + size : index; }

}  // namespace

bool Importer::all_constant(const ReadNode& node) const {
    for (size_t i = 0; i < node.inputs.size(); ++i)
        if (is_data(node, i)) return false;
    return true;
}

bool Importer::is_short(const StoredTensor& tensor) {
    return tensor.count() >= 0 && tensor.count() <= static_cast<int64_t>(most_numbers);
}

void Importer::identity(const ReadNode& node) {
    if (!is_data(node, 0)) return give(node, StoredTensor(weights(node, 0)));
    Traced x = padded(node, 0);
    give(node, reader(node.outputs.at(0)) == nullptr ? network.settled(x) : x);
}

void Importer::transpose(const ReadNode& node) {
    std::vector<int64_t> order = node.integers("perm");
    if (!is_data(node, 0)) {
        StoredTensor value = weights(node, 0);
        if (value.shape.size() != 2 || !value.is_float() ||
            (!order.empty() && order != std::vector<int64_t>{1, 0}))
            throw Refused{say_import("import.constant_only")};
        const int64_t rows = value.shape[0], columns = value.shape[1];
        network.reserve(static_cast<uint64_t>(value.count()));
        const size_t width = StoredTensor::width(value.type);
        std::vector<uint8_t> bytes(value.bytes.size());
        for (int64_t row = 0; row < rows; ++row)
            for (int64_t column = 0; column < columns; ++column)
                std::copy_n(value.bytes.begin() + (row * columns + column) * static_cast<int64_t>(width),
                            width, bytes.begin() + (column * rows + row) * static_cast<int64_t>(width));
        value.shape = {columns, rows};
        value.own(std::move(bytes));
        return give(node, std::move(value));
    }
    Traced x = data(node, 0);
    if (order.empty()) {
        order.resize(x.axes.size());
        std::iota(order.rbegin(), order.rend(), 0);
    }
    if (!x.transpose(order)) throw Refused{say_import("import.layout")};
    give(node, std::move(x));
}

void Importer::reshape(const ReadNode& node) {
    const auto given = list(node, "shape", 1);
    if (!given || given->empty()) throw Refused{say_import("import.few_inputs")};
    if (given->size() > StoredTensor::most_axes) throw Refused{say_import("import.rank", given->size())};
    std::vector<int64_t> target = *given;
    const bool zero_copies = node.integer("allowzero", 0) == 0;
    if (!is_data(node, 0)) {
        StoredTensor value = weights(node, 0);
        int64_t known = 1;
        for (size_t i = 0; i < target.size(); ++i) {
            if (target[i] == 0 && zero_copies && i < value.shape.size()) target[i] = value.shape[i];
            if (target[i] > 0) known = known > (int64_t{1} << 40U) / target[i] ? 0 : known * target[i];
        }
        for (int64_t& extent : target)
            if (extent == -1 && known > 0) extent = value.count() / known;
        if (StoredTensor::count_of(target) != value.count())
            throw Refused{say_import("import.constant_only")};
        value.shape = std::move(target);
        return give(node, std::move(value));
    }
    Traced x = data(node, 0);
    if (!x.is_batch(0) || !(target[0] == -1 || (target[0] == 0 && zero_copies) || target[0] == batch_))
        throw Refused{say_import("import.batch")};
    target[0] = -1;
    int64_t known = 1;
    bool open = false;
    for (size_t i = 1; i < target.size(); ++i) {
        if (target[i] == 0 && zero_copies && static_cast<int>(i) < x.rank())
            target[i] = x.extent(static_cast<int>(i));
        if (target[i] == -1 && !open) {
            open = true;
            continue;
        }
        if (target[i] < 1 || known > (int64_t{1} << 40U) / target[i])
            throw Refused{say_import("import.splits", extents_text(*given))};
        known *= target[i];
    }
    for (size_t i = 1; i < target.size(); ++i)
        if (target[i] == -1) target[i] = x.shape.count() / known;
    if (!x.reshape(target)) throw Refused{say_import("import.splits", extents_text(*given))};
    give(node, std::move(x));
}

void Importer::flatten(const ReadNode& node) {
    Traced x = data(node, 0);
    int64_t axis = node.integer("axis", 1);
    if (axis < 0) axis += x.rank();
    if (axis != 1 || !x.is_batch(0)) throw Refused{say_import("import.batch")};
    if (!x.reshape(std::array<int64_t, 2>{-1, x.shape.count()})) throw Refused{say_import("import.layout")};
    give(node, std::move(x));
}

void Importer::squeeze(const ReadNode& node) {
    const auto given = list(node, "axes", 1);
    const bool on_data = is_data(node, 0);
    Traced x;
    StoredTensor value;
    if (on_data)
        x = data(node, 0);
    else
        value = weights(node, 0);
    const int64_t rank = on_data ? x.rank() : static_cast<int64_t>(value.shape.size());
    std::vector<int64_t> axes;
    for (const int64_t axis : given.value_or(std::vector<int64_t>())) {
        axes.push_back(from_end(axis, rank));
        if (axes.back() < 0 || axes.back() >= rank) throw Refused{say_import("import.rank", rank)};
    }
    for (int64_t axis = rank; axis-- > 0;) {
        const int64_t extent =
            on_data ? x.extent(static_cast<int>(axis)) : value.shape[static_cast<size_t>(axis)];
        const bool named = std::find(axes.begin(), axes.end(), axis) != axes.end();
        if (given ? !named : extent != 1) continue;
        if (extent != 1) throw Refused{say_import("import.batch")};
        if (on_data)
            x.axes.erase(x.axes.begin() + axis);
        else
            value.shape.erase(value.shape.begin() + axis);
    }
    if (on_data) return give(node, std::move(x));
    give(node, std::move(value));
}

void Importer::unsqueeze(const ReadNode& node) {
    std::vector<int64_t> axes = list(node, "axes", 1).value_or(std::vector<int64_t>());
    const bool on_data = is_data(node, 0);
    if (axes.empty()) throw Refused{say_import("import.few_inputs")};
    const int64_t rank =
        (on_data ? padded(node, 0).rank() : static_cast<int64_t>(weights(node, 0).shape.size())) +
        static_cast<int64_t>(axes.size());
    for (int64_t& axis : axes) axis = from_end(axis, rank);
    std::sort(axes.begin(), axes.end());
    const bool fits =
        axes.front() >= 0 && axes.back() < rank && std::adjacent_find(axes.begin(), axes.end()) == axes.end();
    if (!fits || rank > static_cast<int64_t>(StoredTensor::most_axes))
        throw Refused{say_import("import.rank", rank)};
    Traced x;
    StoredTensor value;
    if (on_data)
        x = data(node, 0);
    else
        value = weights(node, 0);
    for (const int64_t axis : axes) {
        if (on_data)
            x.axes.insert(x.axes.begin() + axis, std::vector<int>());
        else
            value.shape.insert(value.shape.begin() + axis, 1);
    }
    if (on_data) return give(node, std::move(x));
    give(node, std::move(value));
}

void Importer::constant_node(const ReadNode& node) {
    if (const ReadAttribute* value = node.find("value")) return give(node, value->tensor);
    if (const ReadAttribute* value = node.find("value_int")) return give_whole(node, {value->integer}, {});
    if (const ReadAttribute* value = node.find("value_ints"))
        return give_whole(node, value->integers, {static_cast<int64_t>(value->integers.size())});
    const ReadAttribute* single = node.find("value_float");
    const ReadAttribute* several = node.find("value_floats");
    if (single == nullptr && several == nullptr) throw Refused{say_import("import.tensor_type")};
    const std::vector<float> values = single != nullptr ? std::vector{single->number} : several->numbers;
    StoredTensor tensor;
    tensor.type = StoredTensor::f32;
    if (single == nullptr) tensor.shape = {static_cast<int64_t>(values.size())};
    tensor.own(values);
    give(node, std::move(tensor));
}

/// The batch is −1 where it is open: as the target of a Reshape that stands for what is left, which is the batch then.
void Importer::shape_of(const ReadNode& node) {
    std::vector<int64_t> shape;
    if (is_data(node, 0)) {
        const Traced x = data(node, 0);
        for (int axis = 0; axis < x.rank(); ++axis)
            shape.push_back(x.is_batch(axis) ? batch_ : x.extent(axis));
    } else {
        shape = weights(node, 0).shape;
    }
    const auto rank = static_cast<int64_t>(shape.size());
    const int64_t begin = std::clamp<int64_t>(from_end(node.integer("start", 0), rank), 0, rank),
                  end = std::clamp<int64_t>(from_end(node.integer("end", rank), rank), begin, rank);
    give_whole(node, {shape.begin() + begin, shape.begin() + end}, {end - begin});
}

void Importer::gather(const ReadNode& node) {
    if (!all_constant(node)) throw Refused{say_import("import.no_layer")};
    const StoredTensor &from = weights(node, 0), &indices = weights(node, 1);
    const bool fits = from.is_whole() && indices.is_whole() && from.shape.size() == 1 &&
                      indices.shape.size() <= 1 && is_short(from) && is_short(indices) &&
                      node.integer("axis", 0) == 0;
    if (!fits) throw Refused{say_import("import.constant_only")};
    const std::vector<int64_t> numbers = from.whole_numbers();
    std::vector<int64_t> chosen;
    for (const int64_t index : indices.whole_numbers()) {
        const int64_t at = from_end(index, static_cast<int64_t>(numbers.size()));
        if (at < 0 || at >= static_cast<int64_t>(numbers.size()))
            throw Refused{say_import("import.constant_only")};
        chosen.push_back(numbers[static_cast<size_t>(at)]);
    }
    give_whole(node, std::move(chosen), indices.shape);
}

void Importer::slice(const ReadNode& node) {
    if (!all_constant(node)) throw Refused{say_import("import.no_layer")};
    const StoredTensor& from = weights(node, 0);
    const auto starts = list(node, "starts", 1), ends = list(node, "ends", 2), axes = list(node, "axes", 3),
               steps = list(node, "steps", 4);
    using Numbers = std::vector<int64_t>;
    const bool fits = from.is_whole() && from.shape.size() == 1 && is_short(from) && starts && ends &&
                      starts->size() == 1 && ends->size() == 1 && (!steps || *steps == Numbers{1}) &&
                      (!axes || *axes == Numbers{0} || *axes == Numbers{-1});
    if (!fits) throw Refused{say_import("import.constant_only")};
    const std::vector<int64_t> numbers = from.whole_numbers();
    const auto size = static_cast<int64_t>(numbers.size());
    const int64_t begin = std::clamp<int64_t>(from_end((*starts)[0], size), 0, size),
                  end = std::clamp<int64_t>(from_end((*ends)[0], size), begin, size);
    give_whole(node, {numbers.begin() + begin, numbers.begin() + end}, {end - begin});
}

}  // namespace cnnlab::onnx
