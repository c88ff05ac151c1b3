#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cnnlab {

/// Whether this program was built with matio. Without it the functions below throw Error (unsupported).
extern const bool reads_matlab;

/// The names of the arrays of numbers in a MATLAB file of version 4, 5 (also compressed) or 7.3, in its order. Texts,
/// structures, cells, sparse and complex arrays are left out. Throws Error (bad_file) for a file that is none.
[[nodiscard]] std::vector<std::string> matlab_arrays(const std::filesystem::path& file);

/// One of them as NumPy would save it, in MATLAB's order, the first axis fastest; a single row has one axis. Throws
/// Error: bad_file for a file that is damaged or an array of more than 1 GiB, missing_data where there is no such
/// array.
[[nodiscard]] std::vector<uint8_t> matlab_as_npy(const std::filesystem::path& file, const std::string& array);

}  // namespace cnnlab
