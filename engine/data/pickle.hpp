#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cnnlab {

/// What the files of CIFAR for Python hold: a dictionary of numbers, texts, lists and one array of NumPy. Texts and the
/// array's bytes stay where they are in the file.
struct PickleValue {
    enum class Kind : uint8_t { nothing, number, text, list, dictionary, array, other };
    Kind kind = Kind::nothing;
    int64_t number = 0;
    int depth = 0;  ///< of lists in lists
    std::string_view text;
    std::vector<std::shared_ptr<PickleValue>> items;                  ///< of a list or tuple
    std::map<std::string_view, std::shared_ptr<PickleValue>> fields;  ///< of a dictionary with texts for keys
    std::vector<int64_t> shape;                                       ///< of an array of unsigned bytes
    std::span<const uint8_t> bytes;                                   ///< that array's, the last axis fastest

    /// The field of that name, if it is of that kind. Throws Error (bad_file).
    [[nodiscard]] const PickleValue& at(const std::string& name, Kind wanted, const std::string& place) const;
};

/// Reads a pickle of protocol 2 by a machine that knows the opcodes of these files, and of globals only those that
/// build an array of NumPy. It executes nothing. Throws Error (bad_file) that names the opcode or the global that it
/// does not know, and for a file that is cut. What it returns is valid as long as `bytes` are. Source: Python's
/// documentation of pickletools.
[[nodiscard]] std::shared_ptr<PickleValue> read_pickle(std::span<const uint8_t> bytes,
                                                       const std::string& place);

}  // namespace cnnlab
