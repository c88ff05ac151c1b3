#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/exchange/keras_file.hpp"

namespace cnnlab {

/// Whether this program was built with HDF5.
[[nodiscard]] bool has_hdf5();

/// Reads the bytes of a file in a process of its own, with limits of time and memory: damaged files make the library
/// crash or run on. Links to other files are not followed, and nothing that takes far more memory than the
/// file has is read. `place` is the file in errors. Throws Error: unsupported without HDF5, bad_file for a damaged
/// file.
[[nodiscard]] Hdf5File read_hdf5(std::span<const uint8_t> bytes, const std::string& place);

}  // namespace cnnlab
