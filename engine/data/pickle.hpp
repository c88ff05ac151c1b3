#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/message.hpp"

namespace cnnlab {

/// What a pickle holds: numbers, texts, lists and dictionaries, arrays of NumPy, and what its rules make of calls.
/// Texts and the bytes of arrays stay where they are in the file.
struct PickleValue {
    enum class Kind : uint8_t { nothing, number, text, list, dictionary, array, other };
    Kind kind = Kind::nothing;
    int64_t number = 0;
    int depth = 0;        ///< of containers in this one
    bool inside = false;  ///< of another container: it stays as it is, so that no value holds itself
    std::string_view text;
    std::vector<std::shared_ptr<PickleValue>> items;                  ///< of a list or tuple
    std::map<std::string_view, std::shared_ptr<PickleValue>> fields;  ///< of a dictionary with texts for keys
    std::vector<int64_t> shape;                                       ///< of an array of unsigned bytes
    std::span<const uint8_t> bytes;                                   ///< that array's, the last axis fastest

    /// The field of that name, if it is of that kind. Throws Error (bad_file).
    [[nodiscard]] const PickleValue& at(const std::string& name, Kind wanted, const std::string& place) const;
};

/// Which globals a pickle may name, and what their calls give. Nothing is executed.
class PickleRules {
  public:
    using Value = std::shared_ptr<PickleValue>;
    virtual ~PickleRules() = default;

    /// The name of a global, as the list has it. Throws Error for one that is not on the list.
    [[nodiscard]] virtual std::string_view global(const std::string& name,
                                                  const std::string& place) const = 0;
    /// What the call of a global gives; null: it is not called in such a way.
    [[nodiscard]] virtual Value call(std::string_view name, const Value& arguments,
                                     const std::string& place) const = 0;
    /// Gives an object its state; false: it takes none like that.
    virtual bool build(PickleValue& target, const PickleValue& state, const std::string& place) const = 0;
    /// What lies outside the pickle under this name; null: nothing may.
    [[nodiscard]] virtual Value outside(const Value& /*id*/) const { return nullptr; }
    /// The latest protocol of Python's that is read.
    [[nodiscard]] virtual int latest_protocol() const { return 2; }
    /// How deep containers may hold each other; 0: only tuples and lists of plain values.
    [[nodiscard]] virtual int deepest() const { return 0; }
    /// What is wrong with an opcode that is not read here.
    [[nodiscard]] virtual Message unknown_opcode(const std::string& opcode, size_t at) const = 0;
    /// What to do about a pickle that breaks the rules.
    [[nodiscard]] virtual Message remedy() const = 0;
};

/// Reads a pickle of protocol 2 to 5 by a machine that executes nothing. Throws Error (bad_file) that names the opcode
/// it does not know, and for a file that is cut. What it returns is valid as long as `bytes` are.
/// Source: Python's documentation of pickletools.
[[nodiscard]] PickleRules::Value read_pickle(std::span<const uint8_t> bytes, const std::string& place,
                                             const PickleRules& rules);

/// The same for the files of CIFAR: of globals only those that build an array of NumPy, and a dictionary at the end.
[[nodiscard]] std::shared_ptr<PickleValue> read_pickle(std::span<const uint8_t> bytes,
                                                       const std::string& place);

}  // namespace cnnlab
