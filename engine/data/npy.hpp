#pragma once

#include "engine/data/array.hpp"

namespace cnnlab {

/// Reads a .npy file: NumPy's format, versions 1 to 3. Numbers of one to eight bytes, booleans and texts, in either
/// byte order, C or Fortran order. Throws Error (bad_file) for everything else: records, complex numbers, Python
/// objects, a file that is cut or too long. Source: NumPy Enhancement Proposal 1.
[[nodiscard]] Array read_npy(std::vector<uint8_t> bytes, const std::string& place);

}  // namespace cnnlab
