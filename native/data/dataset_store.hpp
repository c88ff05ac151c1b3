#pragma once

#include <filesystem>
#include <string>

#include "engine/data/data_spec.hpp"
#include "native/data/fetch.hpp"

namespace cnnlab {

/// Where images come from and how.
struct DataOptions {
    std::filesystem::path
        directory;  ///< --data: looked into first; may be empty, and for cifar10 also the archive itself
    bool offline = false;         ///< never touch the network
    std::filesystem::path cache;  ///< empty: default_cache()
    FetchObserver observer;       ///< watches downloads
};

/// $XDG_CACHE_HOME/cnnlab, else ~/.cache/cnnlab; empty where neither variable is set.
std::filesystem::path default_cache();

/// The data set of that name, by its format:
///
///     idx             the four files, packed or not, in DIR, DIR/NAME, the card's system directory or the cache
///     cifar10-binary  the six .bin files, also within cifar-10-batches-bin/, or the .tar.gz
///                     read as it is, in the same places
///     lines           drawn
///     folder          DIR's own images
///
/// where DIR is options.directory. What is nowhere is fetched into the cache from the card's address, checked by its
/// sha256. Local files need not be the official ones, but they must be whole and of the card's shape. Throws Error:
/// unknown_name, missing_data (with the places searched and the command that gets it), bad_file, out_of_range, io.
Dataset load_dataset(const DataSpec& spec, const DataOptions& options = {});

}  // namespace cnnlab
