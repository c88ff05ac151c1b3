#include "engine/io/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

#include "engine/core/messages.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/io/dtype.hpp"

namespace cnnlab {

static_assert(std::endian::native == std::endian::little, "values are copied as they lie in memory");

namespace {

constexpr uint64_t max_header = 100'000'000;  // the format's own limit
constexpr const char* metadata_key = "__metadata__";
constexpr size_t most_names = 20'000;  ///< looking up a name takes longer with each one

[[noreturn]] void fail(const std::string& place, Message problem) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), say("tensors.get_again"));
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
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > deepest_json) fail(place, say("tensors.nested", deepest_json));
        if (event == Json::parse_event_t::object_start) names.emplace_back();
        if (event == Json::parse_event_t::object_end) names.pop_back();
        if (event == Json::parse_event_t::key && names.back().size() == most_names)
            fail(place, say("tensors.header_json", "more than " + std::to_string(most_names) + " names"));
        if (event == Json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second) {
            fail(place, say("tensors.twice", parsed.get<std::string>()));
        }
        return true;
    };
    try {
        return Json::parse(text, watch);
    } catch (const Json::exception& error) {
        fail(place, say("tensors.header_json", error.what()));
    }
}

/// A list of whole numbers that are not negative.
std::vector<uint64_t> read_naturals(const Json& entry, const char* field, const std::string& place) {
    const auto at = entry.find(field);
    if (at == entry.end() || !at->is_array()) fail(place, say("tensors.no_list", field));
    std::vector<uint64_t> values;
    for (const Json& value : *at) {
        if (!value.is_number_unsigned()) fail(place, say("tensors.no_natural", value.dump(), field));
        values.push_back(value.get<uint64_t>());
    }
    return values;
}

Entry read_entry(const std::string& name, const Json& json, uint64_t data_size, const std::string& place) {
    if (!json.is_object()) fail(place, say("tensors.no_object"));
    Entry entry;
    entry.name = name;
    const auto dtype = json.find("dtype");
    if (dtype == json.end() || !dtype->is_string()) fail(place, say("tensors.no_dtype"));
    entry.dtype = parse_dtype(dtype->get<std::string>(), place);

    const auto extents = read_naturals(json, "shape", place);
    if (extents.size() > Shape::max_rank) {
        throw Error(ErrorCode::unsupported, place, say("tensors.rank", extents.size()),
                    say("tensors.rank_4"));
    }
    const auto offsets = read_naturals(json, "data_offsets", place);
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_size) {
        fail(place, say("tensors.offsets", json["data_offsets"].dump(), data_size));
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
            fail(place, say("tensors.shape_large", json["shape"].dump(), length));
        }
        count *= extent;
    }
    if (count * width != length) {
        fail(place, say("tensors.shape_bytes", json["shape"].dump(), count * width, length));
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
    if (!json.is_object()) fail(place, say("tensors.metadata"));
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) fail(place, say("tensors.metadata_text", key));
        metadata[key] = value.get<std::string>();
    }
    return metadata;
}

/// The length of the header, checked against the file's.
uint64_t read_header_length(std::span<const uint8_t> bytes, const std::string& place) {
    if (bytes.size() < 8) fail(place, say("tensors.short", bytes.size()));
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > max_header) {
        fail(place, say("tensors.claims", length));
    }
    if (length > bytes.size() - 8) {
        fail(place, say("tensors.cut", length));
    }
    return length;
}

}  // namespace

const HostTensor* TensorFile::find(const std::string& name) const {
    const auto at =
        std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
    return at == tensors.end() ? nullptr : &at->tensor;
}

namespace {

Json read_header(std::span<const uint8_t> bytes, size_t length, const std::string& place) {
    const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + 8, length);
    if (header.empty() || header.front() != '{') fail(place, say("tensors.header"));
    return parse_strictly(header, place);
}

}  // namespace

std::map<std::string, std::string> read_safetensors_metadata(std::span<const uint8_t> bytes,
                                                             const std::string& place) {
    const auto length = static_cast<size_t>(read_header_length(bytes, place));
    const Json json = read_header(bytes, length, place);
    return json.contains(metadata_key) ? read_metadata(json.at(metadata_key), place)
                                       : std::map<std::string, std::string>();
}

TensorFile read_safetensors(std::span<const uint8_t> bytes, const std::string& place) {
    const auto header_length = static_cast<size_t>(read_header_length(bytes, place));
    const std::span<const uint8_t> data = bytes.subspan(8 + header_length);
    TensorFile file;
    std::vector<Entry> entries;
    const Json json = read_header(bytes, header_length, place);
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
        if (entry.begin < at) fail(tensor_place, say("tensors.overlap"));
        if (entry.begin > at) fail(tensor_place, say("tensors.gap", entry.begin - at));
        at = entry.end;
        const auto values =
            data.subspan(static_cast<size_t>(entry.begin), static_cast<size_t>(entry.end - entry.begin));
        file.tensors.push_back(
            {entry.name, HostTensor(entry.shape, to_float(values, entry.dtype, tensor_place))});
    }
    if (at != data.size()) fail(place, say("tensors.rest", data.size() - at));
    return file;
}

std::vector<uint8_t> write_safetensors(const TensorFile& file) {
    Json header = Json::object();
    if (!file.metadata.empty()) header[metadata_key] = file.metadata;
    uint64_t at = 0;
    for (const auto& [name, tensor] : file.tensors) {
        if (name == metadata_key || header.contains(name)) {
            throw Error(ErrorCode::bad_file, "tensor \"" + name + "\"", say("tensors.name_taken"),
                        say("tensors.own_names"));
        }
        if (tensor.count() != tensor.shape().count()) {
            throw Error(ErrorCode::shape_mismatch, "tensor \"" + name + "\"",
                        say("tensors.count", tensor.count(), tensor.shape().str()), say("tensors.fill"));
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
        throw Error(ErrorCode::bad_file, "safetensors header", say("tensors.utf8"), say("tensors.use_utf8"));
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
