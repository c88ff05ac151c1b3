#include "engine/exchange/tfjs_import.hpp"

#include <algorithm>
#include <set>

#include "engine/core/messages.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_import.hpp"
#include "engine/exchange/keras_messages.hpp"

namespace cnnlab {

namespace {

using keras::field_of;
using keras::text_of;
using Bytes = std::shared_ptr<const std::vector<uint8_t>>;

/// Reads the weightsManifest: groups of tensors, each over one or more files as if they were one.
class ManifestReader {
  public:
    ManifestReader(const std::string& place, const ReadBeside& read_beside)
        : place_(place), read_beside_(read_beside) {}

    keras::Weights read(const Json& manifest) {
        if (!manifest.is_array()) fail(say_keras("keras.no_tfjs", "weightsManifest"));
        for (const Json& group : manifest) read_group(group);
        return std::move(weights_);
    }

  private:
    /// A tensor as it stands in the file.
    struct Row {
        std::string name;
        StoredTensor tensor;        ///< of the type that is stored
        double scale = 1, min = 0;  ///< stored whole numbers: scale · number + min
        bool quantised = false;
        size_t bytes = 0;
    };

    [[noreturn]] void fail(Message problem) const {
        throw Error(ErrorCode::bad_file, place_, std::move(problem), say_import("import.get_again"));
    }

    void read_group(const Json& group) {
        const Json &paths = field_of(group, "paths"), &rows = field_of(group, "weights");
        if (!paths.is_array() || !rows.is_array()) fail(say_keras("keras.no_tfjs", "weightsManifest"));
        std::vector<Row> all;
        uint64_t wanted = 0;
        for (const Json& row : rows) {
            all.push_back(read_row(row));
            wanted += all.back().bytes;  // each is below 2⁴³, and a text has fewer than 2²⁶ of them
        }
        std::vector<std::string> names;
        const Bytes bytes = read_files(paths, names);
        if (wanted != bytes->size())
            fail(say_keras("keras.shards_short", wanted, list_of(names), bytes->size()));
        size_t at = 0;
        for (Row& row : all) {
            row.tensor.owner = bytes;
            row.tensor.bytes = std::span(*bytes).subspan(at, row.bytes);
            at += row.bytes;
            if (row.quantised) dequantise(row);
            const std::string name = row.name;
            if (!weights_.add(name, std::move(row.tensor))) fail(say_keras("keras.weight_twice", name));
        }
    }

    Row read_row(const Json& json) const {
        Row row;
        row.name = text_of(field_of(json, "name"));
        const Json &shape = field_of(json, "shape"), &quantised = field_of(json, "quantization");
        const std::string type = text_of(field_of(json, "dtype")),
                          stored = quantised.is_object() ? text_of(field_of(quantised, "dtype")) : type;
        if (row.name.empty() || !shape.is_array()) fail(say_keras("keras.no_tfjs", keras::shown(json)));
        for (const Json& extent : shape)
            row.tensor.shape.push_back(extent.is_number_unsigned() ? extent.get<int64_t>() : -1);
        if (row.tensor.shape.size() > StoredTensor::most_axes || row.tensor.count() < 0)
            throw Error(ErrorCode::bad_file, place_ + ": \"" + row.name + "\"",
                        say_import("import.tensor_shape", extents_text(row.tensor.shape)),
                        say_import("import.get_again"));
        row.tensor.type = type_of(row.name, stored);
        row.quantised = quantised.is_object() && stored != "float16";
        if (row.quantised) {
            const Json &scale = field_of(quantised, "scale"), &min = field_of(quantised, "min");
            const bool whole = stored == "uint8" || stored == "uint16";
            if (!whole || !scale.is_number() || !min.is_number())
                fail(say_keras("keras.no_tfjs",
                               "\"" + row.name + "\", quantization " + keras::shown(quantised)));
            row.scale = scale.get<double>();
            row.min = min.get<double>();
        }
        row.bytes = static_cast<size_t>(row.tensor.count()) * StoredTensor::width(row.tensor.type);
        return row;
    }

    int32_t type_of(const std::string& name, const std::string& type) const {
        constexpr std::array types{
            std::pair{"float32", StoredTensor::f32}, std::pair{"float16", StoredTensor::f16},
            std::pair{"int32", StoredTensor::i32},   std::pair{"uint8", StoredTensor::u8},
            std::pair{"uint16", StoredTensor::u16},  std::pair{"bool", StoredTensor::boolean}};
        for (const auto& [word, found] : types)
            if (type == word) return found;
        fail(say_keras("keras.weight_type", name, type));
    }

    Bytes read_files(const Json& paths, std::vector<std::string>& names) {
        std::vector<std::vector<uint8_t>> parts;
        for (const Json& path : paths) {
            const std::string name = name_beside(text_of(path), place_);
            if (!seen_.insert(name).second) fail(say_keras("keras.shard_twice", name));
            names.push_back(name);
            parts.push_back(read_beside_(name));
        }
        std::vector<uint8_t> all;
        if (parts.size() == 1) {
            all = std::move(parts[0]);
        } else {
            size_t bytes = 0;
            for (const auto& part : parts) bytes += part.size();
            all.reserve(bytes);
            for (auto& part : parts) {
                all.insert(all.end(), part.begin(), part.end());
                part = {};
            }
        }
        return std::make_shared<const std::vector<uint8_t>>(std::move(all));
    }

    static void dequantise(Row& row) {
        std::vector<float> values;
        values.reserve(static_cast<size_t>(row.tensor.count()));
        const bool wide = row.tensor.type == StoredTensor::u16;
        for (size_t i = 0; i < row.bytes; i += wide ? 2 : 1) {
            const unsigned low = row.tensor.bytes[i], high = wide ? row.tensor.bytes[i + 1] : 0U;
            values.push_back(static_cast<float>(row.scale * (low + 256 * high) + row.min));
        }
        row.tensor.type = StoredTensor::f32;
        row.tensor.own(values);
    }

    const std::string& place_;
    const ReadBeside& read_beside_;
    keras::Weights weights_;
    std::set<std::string> seen_;
};

std::string without_mark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return std::string(text.starts_with(mark) ? text.substr(mark.size()) : text);
}

}  // namespace

bool looks_like_json(std::span<const uint8_t> start) {
    constexpr std::array<uint8_t, 3> mark{0xEF, 0xBB, 0xBF};
    if (start.size() >= 3 && std::equal(mark.begin(), mark.end(), start.begin())) start = start.subspan(3);
    const auto first = std::find_if(start.begin(), start.end(), [](uint8_t byte) {
        return byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t';
    });
    return first != start.end() && *first == '{';
}

ImportedModel import_tfjs(std::string_view json, const std::string& place, OnnxImportOptions options,
                          const ReadBeside& read_beside) {
    const Json file = parse_json(without_mark(json), place);
    const std::string format = text_of(field_of(file, "format"));
    if (format == "graph-model" || field_of(field_of(file, "modelTopology"), "node").is_array())
        throw Error(ErrorCode::unsupported, place, say_keras("keras.graph_model"),
                    say_keras("keras.save_layers"));
    const Json *topology = &field_of(file, "modelTopology"), &inner = field_of(*topology, "model_config");
    if (inner.is_object()) topology = &inner;
    if (!topology->is_object())
        throw Error(ErrorCode::bad_file, place, say_keras("keras.no_tfjs", "modelTopology"),
                    say_import("import.get_again"));
    KerasModel model;
    model.layers = *topology;
    model.weights = ManifestReader(place, read_beside).read(field_of(file, "weightsManifest"));
    // Said by write_tfjs(), and kept by TensorFlow.js when it saves the model.
    model.ours = field_of(file, "userDefinedMetadata");
    return import_keras(model, place, std::move(options));
}

void read_teachable_machine(std::string_view json, OnnxImportOptions& options) {
    Json metadata;
    try {
        metadata = parse_json(without_mark(json), "metadata.json");
    } catch (const Error&) {
        return;
    }
    if (!text_of(field_of(metadata, "packageName")).starts_with("@teachablemachine/image")) return;
    const Json& labels = field_of(metadata, "labels");
    if (options.classes.empty() && labels.is_array())
        for (const Json& label : labels) options.classes.push_back(text_of(label));
    if (!options.mean.empty() || !options.stddev.empty()) return;
    // p / 127 − 1 = (p / 255 − m) / m
    options.mean = options.stddev = {127.0F / 255};
}

}  // namespace cnnlab
