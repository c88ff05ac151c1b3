#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// How far a download is. Called now and then while one runs; returning false stops it.
struct FetchProgress {
    const DatasetFile& file;
    int64_t received = 0;
    int64_t total = 0;  ///< 0 where it is not known
};
using FetchObserver = std::function<bool(const FetchProgress&)>;

/// Downloads `file.url` into `folder`/`file.name`. Writes a temporary file beside it, renamed once its size and
/// SHA-256 are those of the card: a file with that name is complete. A failed download is removed and starts anew.
/// Follows redirects. Gives up after 20 s without a connection, or a minute below 1 kB/s. An empty sha256 is not
/// checked.
/// Throws Error: missing_data where the network or the server gives no such file (and when the observer stops it),
/// bad_file for a wrong size or checksum, io where the folder cannot be written.
void fetch_file(const DatasetFile& file, const std::filesystem::path& folder,
                const FetchObserver& observer = {});

}  // namespace cnnlab
