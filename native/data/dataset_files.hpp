#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "native/data/dataset_store.hpp"

namespace cnnlab {

/// Where a data set's files may lie, in the order of search, without the cache: DIR, DIR/NAME, the card's system
/// directory. Throws Error (missing_data) for an options.directory that does not exist.
std::vector<std::filesystem::path> search_folders(const DatasetCard& card, const DataOptions& options);

/// The file as the card names it, or unpacked without ".gz"; empty where neither is there.
std::filesystem::path find_packed_or_not(const std::filesystem::path& folder, const DatasetFile& file);

/// The folder with batches of CIFAR-10: this one or the one of the archive in it; empty where neither has any.
std::filesystem::path find_batches(const std::filesystem::path& folder);

/// The first folder on this machine, the cache included, that has any of the data set's
/// files; empty where there is none.
std::filesystem::path find_on_machine(const DatasetCard& card, const DataOptions& options);

/// The cache's folder of this data set; empty where there is no cache.
std::filesystem::path cache_folder(const DatasetCard& card, const DataOptions& options);

/// Fetches those of the card's files that the cache lacks and returns its folder.
/// Throws Error (missing_data, bad_file or io) that tells where else the files were looked for and how to get them.
std::filesystem::path fetch_into_cache(const DatasetCard& card, const DataOptions& options);

}  // namespace cnnlab
