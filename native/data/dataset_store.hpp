#pragma once

#include <filesystem>
#include <string>

#include "engine/data/data_spec.hpp"
#include "native/data/fetch.hpp"

namespace cnnlab {

/// Where images come from and how.
struct DataOptions {
    std::filesystem::path
        directory;  ///< that a person has named: the only place; for cifar10 also the archive itself
    std::filesystem::path usual;  ///< looked into first where nobody has named any; may be empty
    bool only_test = false;       ///< training images may be missing, and are not read
    /// with only_test: images that are for tests by their names (says_tests) are not divided, all are test images
    bool tests_alone = false;
    const DatasetCard* run = nullptr;  ///< of a run that is to be evaluated on them
    bool offline = false;              ///< never touch the network
    std::filesystem::path cache;       ///< empty: default_cache()
    FetchObserver observer;            ///< watches downloads
};

/// $XDG_CACHE_HOME/cnnlab, else ~/.cache/cnnlab; empty where neither variable is set.
std::filesystem::path default_cache();

/// The data set of that name, by its format:
///
///     idx             the four files, packed or not (find_idx_files knows their names)
///     cifar10-binary  the six .bin files, also within cifar-10-batches-bin/, or the .tar.gz read as it is
///     lines           drawn
///     folder          DIR's own images
///
/// DIR, where a person has named it, is final: the files are in DIR or in DIR/NAME, and need not be the official ones,
/// but must be whole and of the card's shape; where they cannot be the card's images, classes are called by number and
/// a note says so. Otherwise they are looked for in `usual`, usual/NAME, the card's system directory and the cache, and
/// what is nowhere is fetched into the cache from the card's address, checked by its sha256. Throws Error:
/// unknown_name, missing_data (with the places searched and the command that gets it), bad_file, out_of_range, io,
/// unsupported for a DIR where images are drawn.
Dataset load_dataset(const DataSpec& spec, const DataOptions& options = {});

}  // namespace cnnlab
