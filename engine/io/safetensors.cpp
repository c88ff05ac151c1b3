#include "engine/io/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

#include "engine/core/spec.hpp"
#include "engine/io/dtype.hpp"

namespace cnnlab {

static_assert(std::endian::native == std::endian::little, "values are copied as they lie in memory");

namespace {

constexpr uint64_t max_header = 100'000'000;  // the format's own limit
constexpr const char* metadata_key = "__metadata__";
constexpr const char* get_again = "get or write the file again";

[[noreturn]] void fail(const std::string& place, const std::string& problem) {
    throw Error(ErrorCode::bad_file, place, problem, get_again);
}

/// One tensor's entry of the header, checked against itself.
struct Entry {
    std::string name;
    Dtype dtype{};
    Shape shape;
    uint64_t begin = 0, end = 0;
};

/// Parses JSON and refuses a name that an object gives twice, which the parser alone would silently resolve.
Json parse_strictly(std::string_view text, const std::string& place) {
    std::vector<std::set<std::string>> names;  // of the objects that are open
    const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) names.emplace_back();
        if (event == Json::parse_event_t::object_end) names.pop_back();
        if (event == Json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second) {
            fail(place, "its header names \"" + parsed.get<std::string>() + "\" twice");
        }
        return true;
    };
    try {
        return Json::parse(text, watch);
    } catch (const Json::exception& error) {
        fail(place, std::string("its header is no JSON: ") + error.what());
    }
}

/// A list of whole numbers that are not negative.
std::vector<uint64_t> read_naturals(const Json& entry, const char* field, const std::string& place) {
    const auto at = entry.find(field);
    if (at == entry.end() || !at->is_array()) fail(place, std::string("has no list \"") + field + "\"");
    std::vector<uint64_t> values;
    for (const Json& value : *at) {
        if (!value.is_number_unsigned())
            fail(place, std::string("has ") + value.dump() + " in \"" + field + "\"");
        values.push_back(value.get<uint64_t>());
    }
    return values;
}

Entry read_entry(const std::string& name, const Json& json, uint64_t data_size, const std::string& place) {
    if (!json.is_object()) fail(place, "is not described by an object");
    Entry entry;
    entry.name = name;
    const auto dtype = json.find("dtype");
    if (dtype == json.end() || !dtype->is_string()) fail(place, "has no \"dtype\"");
    entry.dtype = parse_dtype(dtype->get<std::string>(), place);

    const auto extents = read_naturals(json, "shape", place);
    if (extents.size() > Shape::max_rank) {
        throw Error(ErrorCode::unsupported, place, "has rank " + std::to_string(extents.size()),
                    "use tensors of rank 4 or less");
    }
    const auto offsets = read_naturals(json, "data_offsets", place);
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_size) {
        fail(place, "has data_offsets " + json["data_offsets"].dump() + " outside the " +
                        std::to_string(data_size) + " bytes of data");
    }
    entry.begin = offsets[0];
    entry.end = offsets[1];

    // The product stays below the size of the file, so it cannot overflow. An extent of 0 makes it 0 whatever the
    // others are.
    const uint64_t length = entry.end - entry.begin, width = bytes_per_value(entry.dtype);
    const bool is_empty = std::find(extents.begin(), extents.end(), uint64_t{0}) != extents.end();
    uint64_t count = is_empty ? 0 : 1;
    for (uint64_t extent : extents) {
        if (extent > static_cast<uint64_t>(INT32_MAX) || (count > 0 && extent > length / width / count)) {
            fail(place, "has shape " + json["shape"].dump() + ", which its " + std::to_string(length) +
                            " bytes do not hold");
        }
        count *= extent;
    }
    if (count * width != length) {
        fail(place, "has shape " + json["shape"].dump() + " of " + std::to_string(count * width) +
                        " bytes, but " + std::to_string(length) + " bytes of data");
    }
    std::array<int64_t, Shape::max_rank> e{};
    std::copy(extents.begin(), extents.end(), e.begin());
    switch (extents.size()) {
        case 0:
            entry.shape = {};
            break;
        case 1:
            entry.shape = {e[0]};
            break;
        case 2:
            entry.shape = {e[0], e[1]};
            break;
        case 3:
            entry.shape = {e[0], e[1], e[2]};
            break;
        default:
            entry.shape = {e[0], e[1], e[2], e[3]};
            break;
    }
    return entry;
}

std::map<std::string, std::string> read_metadata(const Json& json, const std::string& place) {
    if (!json.is_object()) fail(place, "its metadata are no object");
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) fail(place, "its metadata entry \"" + key + "\" is no text");
        metadata[key] = value.get<std::string>();
    }
    return metadata;
}

/// The length of the header, checked against the file's.
uint64_t read_header_length(std::span<const uint8_t> bytes, const std::string& place) {
    if (bytes.size() < 8)
        fail(place, "is no safetensors file: it has only " + std::to_string(bytes.size()) + " bytes");
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > max_header) {
        fail(place, "is no safetensors file: it claims a header of " + std::to_string(length) + " bytes");
    }
    if (length > bytes.size() - 8) {
        fail(place, "is truncated: its header of " + std::to_string(length) + " bytes goes beyond the end");
    }
    return length;
}

}  // namespace

const HostTensor* TensorFile::find(const std::string& name) const {
    const auto at =
        std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
    return at == tensors.end() ? nullptr : &at->tensor;
}

TensorFile read_safetensors(std::span<const uint8_t> bytes, const std::string& place) {
    const auto header_length = static_cast<size_t>(read_header_length(bytes, place));
    const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + 8, header_length);
    const std::span<const uint8_t> data = bytes.subspan(8 + header_length);
    if (header.empty() || header.front() != '{')
        fail(place, "is no safetensors file: its header is no JSON object");

    TensorFile file;
    std::vector<Entry> entries;
    const Json json = parse_strictly(header, place);
    for (const auto& [name, value] : json.items()) {
        if (name == metadata_key) {
            file.metadata = read_metadata(value, place);
        } else {
            entries.push_back(read_entry(name, value, data.size(), place + ": tensor \"" + name + "\""));
        }
    }
    // Stable, so that empty tensors, which share their offset with a neighbour, keep the header's order.
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    uint64_t at = 0;
    for (const Entry& entry : entries) {
        const std::string tensor_place = place + ": tensor \"" + entry.name + "\"";
        if (entry.begin < at) fail(tensor_place, "overlaps the tensor before it");
        if (entry.begin > at)
            fail(tensor_place, "begins after a gap of " + std::to_string(entry.begin - at) + " bytes");
        at = entry.end;
        const auto values =
            data.subspan(static_cast<size_t>(entry.begin), static_cast<size_t>(entry.end - entry.begin));
        file.tensors.push_back(
            {entry.name, HostTensor(entry.shape, to_float(values, entry.dtype, tensor_place))});
    }
    if (at != data.size())
        fail(place, std::to_string(data.size() - at) + " bytes at its end belong to no tensor");
    return file;
}

std::vector<uint8_t> write_safetensors(const TensorFile& file) {
    Json header = Json::object();
    if (!file.metadata.empty()) header[metadata_key] = file.metadata;
    uint64_t at = 0;
    for (const auto& [name, tensor] : file.tensors) {
        if (name == metadata_key || header.contains(name)) {
            throw Error(ErrorCode::bad_file, "tensor \"" + name + "\"", "has a name that is already taken",
                        "give every tensor a name of its own");
        }
        if (tensor.count() != tensor.shape().count()) {
            throw Error(
                ErrorCode::shape_mismatch, "tensor \"" + name + "\"",
                "has " + std::to_string(tensor.count()) + " values for its shape " + tensor.shape().str(),
                "fill the shape exactly");
        }
        const uint64_t end = at + static_cast<uint64_t>(tensor.count()) * sizeof(float);
        header[name] = {{"dtype", "F32"},
                        {"shape", std::vector<int64_t>(tensor.shape().begin(), tensor.shape().end())},
                        {"data_offsets", {at, end}}};
        at = end;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const Json::exception&) {
        throw Error(ErrorCode::bad_file, "safetensors header", "a name or a metadata text is no UTF-8",
                    "use UTF-8");
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');

    const uint64_t header_length = text.size();
    std::vector<uint8_t> bytes(8 + text.size() + static_cast<size_t>(at));
    std::memcpy(bytes.data(), &header_length, sizeof header_length);
    std::memcpy(bytes.data() + 8, text.data(), text.size());
    size_t to = 8 + text.size();
    for (const auto& [name, tensor] : file.tensors) {
        const size_t length = static_cast<size_t>(tensor.count()) * sizeof(float);
        if (length > 0) std::memcpy(bytes.data() + to, tensor.data(), length);
        to += length;
    }
    return bytes;
}

}  // namespace cnnlab
