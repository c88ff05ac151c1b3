#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/data/idx_names.hpp"
#include "native/data/dataset_store.hpp"

namespace cnnlab {

/// Where a data set's files may lie, in the order of search: DIR and DIR/NAME where a person has named one; otherwise
/// the same of the usual folder, the card's system directory, and the cache. Throws Error (missing_data) for a DIR that
/// does not exist.
std::vector<std::filesystem::path> search_folders(const DatasetCard& card, const DataOptions& options);

/// Names of the regular files in a folder, in order; none where it cannot be read.
std::vector<std::string> file_names(const std::filesystem::path& folder);

/// The card's IDX files among these names; not those that bear another data set's name.
IdxFiles idx_files_in(const std::vector<std::string>& names, const DatasetCard& card);

/// The folder with batches of CIFAR-10: this one or the one of the archive in it; empty where neither has any.
std::filesystem::path find_batches(const std::filesystem::path& folder);

/// The archive of CIFAR-10 in a folder, also as a copy or unpacked to .tar; empty where there is none.
std::filesystem::path find_archive(const std::filesystem::path& folder, const DatasetCard& card);

/// CIFAR-10 for Python in a folder, as the archive that torchvision and Keras fetch or as the folder in it; empty where
/// there is neither.
std::filesystem::path find_python_version(const std::filesystem::path& folder);

/// Throws Error (missing_data): the folder that a person has named has none of the card's files. Says what it has.
[[noreturn]] void nothing_in(const DatasetCard& card, const DataOptions& options);

/// The first folder on this machine, the cache included, that has any of the data set's
/// files; empty where there is none.
std::filesystem::path find_on_machine(const DatasetCard& card, const DataOptions& options);

/// The cache's folder of this data set; empty where there is no cache.
std::filesystem::path cache_folder(const DatasetCard& card, const DataOptions& options);

/// Fetches those of the card's files that the cache lacks and returns its folder.
/// Throws Error (missing_data, bad_file or io) that tells where else the files were looked for and how to get them.
std::filesystem::path fetch_into_cache(const DatasetCard& card, const DataOptions& options);

}  // namespace cnnlab
