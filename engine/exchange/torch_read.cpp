#include "engine/exchange/torch_read.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/core/error.hpp"
#include "engine/data/pickle.hpp"
#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/stored_tensor.hpp"

namespace cnnlab {

namespace {

using TorchValue = PickleRules::Value;
using TorchKind = PickleValue::Kind;

constexpr std::string_view storage_mark = "storage", tensor_mark = "tensor";
constexpr size_t most_listed = 20;

struct StorageType {
    std::string_view name;
    int32_t type;
};
constexpr std::array storage_types{
    StorageType{"torch.FloatStorage", StoredTensor::f32},
    StorageType{"torch.HalfStorage", StoredTensor::f16},
    StorageType{"torch.BFloat16Storage", StoredTensor::bf16},
    StorageType{"torch.DoubleStorage", StoredTensor::f64},
    StorageType{"torch.LongStorage", StoredTensor::i64},
    StorageType{"torch.IntStorage", StoredTensor::i32},
    StorageType{"torch.ShortStorage", StoredTensor::i16},
    StorageType{"torch.CharStorage", StoredTensor::i8},
    StorageType{"torch.ByteStorage", StoredTensor::u8},
    StorageType{"torch.BoolStorage", StoredTensor::boolean},
};

int32_t storage_type(std::string_view name) {
    for (const StorageType& known : storage_types)
        if (known.name == name) return known.type;
    return StoredTensor::none;
}

TorchValue make_value(TorchKind kind, std::string_view text = {}) {
    auto value = std::make_shared<PickleValue>();
    value->kind = kind;
    value->text = text;
    return value;
}
TorchValue make_number(int64_t number) {
    TorchValue value = make_value(TorchKind::number);
    value->number = number;
    return value;
}
bool is(const PickleValue& value, std::string_view mark) {
    return value.kind == TorchKind::other && value.text == mark;
}

/// What state dicts need: a tensor becomes its storage, offset, sizes and strides. None of these holds a container that
/// may change afterwards.
class TorchRules final : public PickleRules {
  public:
    [[nodiscard]] std::string_view global(const std::string& name, const std::string& place) const override {
        constexpr std::array<std::string_view, 4> known{"collections.OrderedDict",
                                                        "torch._utils._rebuild_tensor_v2",
                                                        "torch._utils._rebuild_parameter", "torch.Size"};
        if (const auto* found = std::find(known.begin(), known.end(), name); found != known.end())
            return *found;
        for (const StorageType& storage : storage_types)
            if (storage.name == name) return storage.name;
        const std::string file = place.substr(place.find_last_of('/') + 1);
        throw Error(ErrorCode::unsupported, place, say_import("import.whole_module", name),
                    say_import("import.save_state", file));
    }
    [[nodiscard]] TorchValue call(std::string_view name, const TorchValue& arguments,
                                  const std::string& /*place*/) const override {
        const auto& items = arguments->items;
        if (name == "collections.OrderedDict")
            return items.empty() ? make_value(TorchKind::dictionary) : nullptr;
        if (name == "torch.Size") return items.size() == 1 ? numbers(*items[0]) : nullptr;
        if (name == "torch._utils._rebuild_parameter")
            return !items.empty() && is(*items[0], tensor_mark) ? items[0] : nullptr;
        if (name != "torch._utils._rebuild_tensor_v2" || items.size() < 4) return nullptr;
        const TorchValue sizes = numbers(*items[2]), strides = numbers(*items[3]);
        if (!is(*items[0], storage_mark) || items[1]->kind != TorchKind::number || !sizes || !strides ||
            sizes->items.size() != strides->items.size())
            return nullptr;
        TorchValue tensor = make_value(TorchKind::other, tensor_mark);
        tensor->items = {items[0], make_number(items[1]->number), sizes, strides};
        return tensor;
    }
    /// Attributes of a state dict, such as "_metadata", say nothing about its tensors.
    bool build(PickleValue& target, const PickleValue& state, const std::string& /*place*/) const override {
        return target.kind == TorchKind::dictionary && state.kind == TorchKind::dictionary;
    }
    [[nodiscard]] TorchValue outside(const TorchValue& id) const override {
        const auto& items = id->items;
        const bool fits = id->kind == TorchKind::list && items.size() == 5 && items[0]->text == "storage" &&
                          items[1]->kind == TorchKind::other &&
                          storage_type(items[1]->text) != StoredTensor::none &&
                          items[2]->kind == TorchKind::text && items[4]->kind == TorchKind::number;
        if (!fits) return nullptr;
        TorchValue storage = make_value(TorchKind::other, storage_mark);
        storage->items = {make_number(storage_type(items[1]->text)),
                          make_value(TorchKind::text, items[2]->text), make_number(items[4]->number)};
        return storage;
    }
    [[nodiscard]] int latest_protocol() const override { return 5; }
    [[nodiscard]] int deepest() const override { return 64; }
    [[nodiscard]] Message unknown_opcode(const std::string& opcode, size_t at) const override {
        return say_import("import.opcode", opcode, at);
    }
    [[nodiscard]] Message remedy() const override { return say_import("import.get_again"); }

  private:
    /// A list of whole numbers, which nothing else changes; null where it is none.
    static TorchValue numbers(const PickleValue& list) {
        if (list.kind != TorchKind::list || list.items.size() > 8) return nullptr;
        TorchValue copy = make_value(TorchKind::list);
        for (const TorchValue& item : list.items) {
            if (item->kind != TorchKind::number) return nullptr;
            copy->items.push_back(make_number(item->number));
        }
        return copy;
    }
};

[[noreturn]] void bad_state(const std::string& place) {
    throw Error(ErrorCode::bad_file, place, say_import("import.no_state"), say_import("import.get_again"));
}

TorchValue read_state(const ArchivePart& part, const std::string& place) {
    try {
        return read_pickle(part.bytes, place, TorchRules());
    } catch (const Error& error) {
        // Some of the machine's words are of the files that it was first made for.
        if (error.problem().text().starts_with("pickle.")) bad_state(place);
        throw;
    }
}

bool has_tensors(const PickleValue& value) {
    return value.kind == TorchKind::dictionary &&
           std::any_of(value.fields.begin(), value.fields.end(),
                       [](const auto& field) { return is(*field.second, tensor_mark); });
}

/// The dictionary with the tensors.
const PickleValue& find_state(const PickleValue& root, const std::string& place) {
    if (has_tensors(root)) return root;
    std::string names;
    if (root.kind == TorchKind::dictionary) {
        for (const char* wrap : {"state_dict", "model_state_dict", "model", "net", "weights"})
            if (const auto found = root.fields.find(wrap);
                found != root.fields.end() && has_tensors(*found->second))
                return *found->second;
        for (const auto& [name, value] : root.fields)
            names.append(names.empty() ? "\"" : ", \"").append(name).append("\"");
    }
    throw Error(ErrorCode::unsupported, place, say_import("import.no_tensors", names),
                say_import("import.give_state"));
}

/// How a tensor's values lie in its storage, in values.
struct StorageView {
    int64_t offset = 0;
    std::vector<int64_t> sizes, strides;

    /// Whether all values lie among the first `stored`: from the offset to offset + Σ (size − 1) · stride. No sum is
    /// made before it is known to be small enough.
    [[nodiscard]] bool lies_in(int64_t stored) const {
        if (offset < 0 || std::any_of(strides.begin(), strides.end(), [](int64_t step) { return step < 0; }))
            return false;
        if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) return true;
        if (offset >= stored) return false;
        int64_t room = stored - 1 - offset;
        for (size_t axis = 0; axis < sizes.size(); ++axis) {
            const int64_t steps = sizes[axis] - 1;
            if (steps > 0 && strides[axis] > room / steps) return false;
            if (steps > 0) room -= steps * strides[axis];
        }
        return true;
    }
};

/// Reads tensors over the storages of an archive.
class StorageReader {
  public:
    StorageReader(std::span<const ArchivePart> parts, std::string folder, const std::string& place)
        : folder_(std::move(folder)), place_(place) {
        uint64_t bytes = 0;
        for (const ArchivePart& part : parts) {
            parts_[part.name] = &part.bytes;
            bytes += part.bytes.size();
        }
        left_ = StoredTensor::most_bytes(bytes);
    }

    HostTensor read(const std::string& name, const PickleValue& tensor) {
        const PickleValue& storage = *tensor.items[0];
        StoredTensor stored;
        stored.type = static_cast<int32_t>(storage.items[0]->number);
        const auto part = parts_.find((folder_ + "data/").append(storage.items[1]->text));
        const size_t width = StoredTensor::width(stored.type);
        const int64_t values = storage.items[2]->number;
        const std::string where = place_ + ": \"" + name + "\"";
        if (part == parts_.end() || values < 0 ||
            part->second->size() / width < static_cast<uint64_t>(values))
            bad_state(where);
        StorageView view;
        view.offset = tensor.items[1]->number;
        for (const TorchValue& size : tensor.items[2]->items) view.sizes.push_back(size->number);
        for (const TorchValue& stride : tensor.items[3]->items) view.strides.push_back(stride->number);
        const std::vector<int64_t>& shape = view.sizes;
        const int64_t count = StoredTensor::count_of(shape);
        if (shape.size() > Shape::max_rank || count < 0 || !view.lies_in(values)) bad_state(where);
        const uint64_t needed = static_cast<uint64_t>(count) * std::max(width, sizeof(float));
        if (needed > left_)
            throw Error(ErrorCode::bad_file, where, say_import("import.weights_large", needed),
                        say_import("import.smaller"));
        left_ -= needed;
        stored.shape = shape;
        const std::vector<uint8_t> bytes = gather(*part->second, view, static_cast<size_t>(count), width);
        stored.bytes = bytes;
        Shape ours;
        switch (shape.size()) {
            case 0:
                break;
            case 1:
                ours = {shape[0]};
                break;
            case 2:
                ours = {shape[0], shape[1]};
                break;
            case 3:
                ours = {shape[0], shape[1], shape[2]};
                break;
            default:
                ours = {shape[0], shape[1], shape[2], shape[3]};
        }
        return {ours, stored.floats(where)};
    }

  private:
    /// The values in the order of their axes, whatever their strides.
    static std::vector<uint8_t> gather(std::span<const uint8_t> from, const StorageView& view, size_t count,
                                       size_t width) {
        std::vector<uint8_t> bytes(count * width);
        std::vector<int64_t> at(view.sizes.size(), 0);
        auto place = static_cast<size_t>(view.offset);
        for (size_t i = 0; i < count; ++i) {
            std::memcpy(bytes.data() + i * width, from.data() + place * width, width);
            for (size_t axis = at.size(); axis-- > 0;) {
                // where there is one value only, its stride may be any number
                const int64_t last = view.sizes[axis] - 1;
                const size_t stride = last > 0 ? static_cast<size_t>(view.strides[axis]) : 0;
                if (at[axis] < last) {
                    ++at[axis];
                    place += stride;
                    break;
                }
                place -= static_cast<size_t>(last) * stride;
                at[axis] = 0;
            }
        }
        return bytes;
    }

    std::map<std::string, const std::vector<uint8_t>*> parts_;
    std::string folder_;
    const std::string& place_;
    uint64_t left_ = 0;  ///< bytes that tensors may still take
};

std::string plain_shape(const Shape& shape) { return shape.str(); }

/// Takes away what programs put before all names.
void strip_names(TensorFile& file) {
    for (bool again = true; again && !file.tensors.empty();) {
        again = false;
        for (const std::string_view prefix : {"module.", "_orig_mod."}) {
            if (!std::all_of(file.tensors.begin(), file.tensors.end(),
                             [&](const NamedTensor& tensor) { return tensor.name.starts_with(prefix); }))
                continue;
            for (NamedTensor& tensor : file.tensors) tensor.name.erase(0, prefix.size());
            again = true;
        }
    }
}

}  // namespace

TensorFile read_torch_file(std::span<const ArchivePart> parts, const std::string& place) {
    constexpr std::string_view pickle = "data.pkl";
    const ArchivePart* data = nullptr;
    std::string folder;
    for (const ArchivePart& part : parts) {
        const bool named = part.name == pickle || part.name.ends_with("/" + std::string(pickle));
        if (!named || (data != nullptr && part.name.size() >= data->name.size())) continue;
        data = &part;
        folder = part.name.substr(0, part.name.size() - pickle.size());
    }
    if (data == nullptr) bad_state(place);
    // The archive's own folder has the file's name, which may be "code".
    for (const ArchivePart& part : parts)
        if (part.name.starts_with(folder + "code/") || part.name == folder + "constants.pkl")
            throw Error(ErrorCode::unsupported, place, say_import("import.torch_script"),
                        say_import("import.save_state", place.substr(place.find_last_of('/') + 1)));
    for (const ArchivePart& part : parts)
        if (part.name == folder + "byteorder" &&
            std::string(part.bytes.begin(), part.bytes.end()) != "little")
            bad_state(place);
    const TorchValue root = read_state(*data, place);
    StorageReader storages(parts, folder, place);
    TensorFile file;
    for (const auto& [name, value] : find_state(*root, place).fields)
        if (is(*value, tensor_mark))
            file.tensors.push_back({std::string(name), storages.read(std::string(name), *value)});
    return file;
}

NamedWeights with_torch_tensors(Experiment experiment, DatasetCard card, TensorFile file,
                                const std::string& place) {
    strip_names(file);
    std::map<std::string, NamedTensor*> given;
    for (NamedTensor& tensor : file.tensors) given[tensor.name] = &tensor;
    NamedWeights made;
    made.model = {std::move(experiment), std::move(card), {}};
    made.model.experiment.optimizer.average_decay = 0;
    const Compiled compiled = made.model.compiled();
    const std::set<std::string> rows = linear_weights(compiled.program);
    std::vector<Message> problems;
    for (const PersistentSpec& spec : compiled.persistents) {
        const auto found = given.find(spec.name);
        if (found == given.end()) {
            problems.push_back(say_import("import.missing", spec.name));
            continue;
        }
        HostTensor& tensor = found->second->tensor;
        const Shape& ours = spec.shape;
        Shape theirs = ours;
        if (ours.rank() == 4) theirs = {ours[0], ours[3], ours[1], ours[2]};
        const bool row = rows.contains(spec.name);
        const Shape flat{ours[0], ours.count() / std::max<int64_t>(ours[0], 1)};
        if (row && tensor.shape().rank() == 2) theirs = flat;
        if (!(tensor.shape() == theirs)) {
            const Shape& wanted = row ? flat : theirs;
            problems.push_back(
                say_import("import.other_size", spec.name, plain_shape(tensor.shape()), plain_shape(wanted)));
        } else if (!std::all_of(tensor.span().begin(), tensor.span().end(),
                                [](float value) { return std::isfinite(value); })) {
            problems.push_back(say_import("import.not_finite", spec.name));
        } else {
            made.model.weights.emplace(spec.name,
                                       ours.rank() == 4 ? channels_last(tensor, ours) : std::move(tensor));
        }
        given.erase(found);
    }
    for (const auto& [name, unused] : given)
        if (!name.ends_with("num_batches_tracked")) made.unused.push_back(name);
    if (problems.empty()) return made;
    for (const std::string& name : made.unused) problems.push_back(say_import("import.no_place", name));
    Message list = problems[0];
    for (size_t i = 1; i < std::min(problems.size(), most_listed); ++i)
        list = say_import("import.and", list, problems[i]);
    if (problems.size() > most_listed) list = say_import("import.more", list, problems.size() - most_listed);
    throw Error(ErrorCode::shape_mismatch, place, say_import("import.not_fitting", list),
                say_import("import.right_network"));
}

}  // namespace cnnlab
