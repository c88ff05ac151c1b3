#pragma once

#include <filesystem>
#include <string>

#include "engine/data/dataset.hpp"
#include "engine/data/lines.hpp"
#include "native/data/fetch.hpp"
#include "native/data/image_folder.hpp"

namespace cnnlab {

/// Where images come from and how.
struct DataOptions {
    std::filesystem::path
        directory;  ///< --data: looked into first; may be empty, and for cifar10 also the archive itself
    bool offline = false;         ///< never touch the network
    std::filesystem::path cache;  ///< empty: default_cache()
    LinesSpec lines;              ///< for "lines"
    FolderSpec folder;            ///< for "folder"
    FetchObserver observer;       ///< watches downloads
};

/// $XDG_CACHE_HOME/cnnlab, else ~/.cache/cnnlab; empty where neither variable is set.
std::filesystem::path default_cache();

/// Reads a data set's own fields of an experiment ("size", "noise", …) into the options. Throws Error with place "PLACE.FIELD".
void read_data_fields(const std::string& name, const Json& fields, DataOptions& options,
                      const std::string& place = "dataset");

/// The data set of that name, by its card's format:
///
///     idx             the four files, packed or not, in DIR, DIR/NAME, the card's system directory or the cache
///     cifar10-binary  the six .bin files, also within cifar-10-batches-bin/, or the .tar.gz read as it is, in the same places
///     lines           drawn
///     folder          DIR's own images
///
/// where DIR is options.directory. What is nowhere is fetched into the cache from the card's address, checked by its sha256. Local
/// files need not be the official ones, but they must be whole and of the card's shape.
/// Throws Error: unknown_name, missing_data (with the places searched and the command that gets it), bad_file, out_of_range, io.
Dataset load_dataset(const std::string& name, const DataOptions& options = {});

}  // namespace cnnlab
