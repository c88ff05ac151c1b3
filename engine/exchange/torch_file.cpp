#include "engine/exchange/torch_file.hpp"

#include <cstring>

namespace cnnlab {

namespace {

/// Writes a pickle of protocol 2, opcode by opcode, by their names in pickletools.
class Pickler {
  public:
    Pickler() { bytes_ = {0x80, 2}; }  // PROTO

    void global(const std::string& module, const std::string& name) {
        op('c');
        text(module + "\n" + name + "\n");
    }
    void unicode(const std::string& value) {
        op('X');
        number(static_cast<uint32_t>(value.size()));
        text(value);
    }
    void integer(int64_t value) {
        if (value >= 0 && value <= INT32_MAX) {
            op('J');  // BININT
            number(static_cast<uint32_t>(value));
            return;
        }
        op('\x8a');  // LONG1, little-endian
        bytes_.push_back(8);
        for (int i = 0; i < 8; ++i) bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
    void boolean(bool value) { op(value ? '\x88' : '\x89'); }
    void mark() { op('('); }
    void tuple() { op('t'); }  ///< of what stands after the mark
    void empty_tuple() { op(')'); }
    void reduce() { op('R'); }         ///< calls the global below with the tuple
    void persistent_id() { op('Q'); }  ///< BINPERSID: a storage, by the tuple
    void set_items() { op('u'); }      ///< names and values after the mark into the dictionary below
    std::vector<uint8_t> stop() {
        op('.');
        return std::move(bytes_);
    }

  private:
    void op(char code) { bytes_.push_back(static_cast<uint8_t>(code)); }
    void text(const std::string& value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
    void number(uint32_t value) {
        for (int i = 0; i < 4; ++i) bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }

    std::vector<uint8_t> bytes_;
};

void numbers(Pickler& pickle, const std::vector<int64_t>& values) {
    pickle.mark();
    for (const int64_t value : values) pickle.integer(value);
    pickle.tuple();
}

void ordered_dict(Pickler& pickle) {
    pickle.global("collections", "OrderedDict");
    pickle.empty_tuple();
    pickle.reduce();
}

/// A call of torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks).
void tensor(Pickler& pickle, const HostTensor& tensor, const std::string& key) {
    const Shape& shape = tensor.shape();
    std::vector<int64_t> strides(static_cast<size_t>(shape.rank()), 1);
    for (size_t axis = strides.size(); axis-- > 1;)
        strides[axis - 1] = strides[axis] * shape[static_cast<int>(axis)];
    pickle.global("torch._utils", "_rebuild_tensor_v2");
    pickle.mark();
    pickle.mark();
    pickle.unicode("storage");
    pickle.global("torch", "FloatStorage");
    pickle.unicode(key);
    pickle.unicode("cpu");
    pickle.integer(tensor.count());
    pickle.tuple();
    pickle.persistent_id();
    pickle.integer(0);
    numbers(pickle, {shape.begin(), shape.end()});
    numbers(pickle, strides);
    pickle.boolean(false);
    ordered_dict(pickle);
    pickle.tuple();
    pickle.reduce();
}

std::vector<uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

std::vector<ArchivePart> torch_file_parts(const TensorFile& file) {
    Pickler pickle;
    ordered_dict(pickle);
    pickle.mark();
    std::vector<ArchivePart> storages;
    for (const auto& [name, values] : file.tensors) {
        const std::string key = std::to_string(storages.size());
        pickle.unicode(name);
        tensor(pickle, values, key);
        std::vector<uint8_t> bytes(static_cast<size_t>(values.count()) * sizeof(float));
        std::memcpy(bytes.data(), values.data(), bytes.size());
        storages.push_back({"archive/data/" + key, std::move(bytes)});
    }
    pickle.set_items();
    std::vector<ArchivePart> parts{{"archive/data.pkl", pickle.stop()},
                                   {"archive/byteorder", bytes_of("little")}};
    for (ArchivePart& storage : storages) parts.push_back(std::move(storage));
    parts.push_back({"archive/version", bytes_of("3\n")});
    return parts;
}

}  // namespace cnnlab
