#include "native/data/dataset_store.hpp"

#include <array>
#include <future>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "engine/core/error.hpp"
#include "engine/data/card.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/lines.hpp"
#include "native/data/dataset_files.hpp"
#include "native/data/gzip.hpp"
#include "native/data/image_folder.hpp"
#include "native/data/tar.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/huge_pages.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

// ---- idx ----

/// All of the card's files in one folder; nothing where the folder has none of them.
std::optional<std::vector<fs::path>> find_idx_files(const fs::path& folder, const DatasetCard& card) {
    std::vector<fs::path> found;
    std::string missing;
    for (const DatasetFile& file : card.files) {
        found.push_back(find_packed_or_not(folder, file));
        if (found.back().empty()) missing = file.name;
    }
    if (missing.empty()) return found;
    for (const fs::path& path : found) {
        if (path.empty()) continue;
        // Half a data set is somebody's mistake; looking elsewhere would hide it.
        throw Error(ErrorCode::missing_data, (folder / missing).string(),
                    "is missing, while " + path.filename().string() + " is there",
                    "copy it into that folder, too");
    }
    return std::nullopt;
}

constexpr size_t worth_keeping = size_t{1} << 20U;  ///< bytes of a packed file

/// Where the unpacked bytes of a .gz file are kept, so that the next start need not wait for them. The name has the
/// file's own checksum, which stands at its end: another file of the same name has another.
fs::path unpacked_copy(const fs::path& packed, const fs::path& cache) {
    const FileEnd end = read_end(packed, 8);
    if (cache.empty() || end.size < worth_keeping) return {};
    std::string name = packed.stem().string() + "-" + std::to_string(end.size) + "-";
    for (const uint8_t byte : end.bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        name += digits[byte >> 4U];
        name += digits[byte & 15U];
    }
    return cache / "unpacked" / name;
}

std::vector<uint8_t> read_unpacked(const fs::path& path, const fs::path& cache) {
    // By name, not by content: a damaged .gz file must not be taken for an unpacked one.
    if (path.extension() != ".gz") return read_file(path);
    const fs::path copy = unpacked_copy(path, cache);
    std::error_code error;
    if (!copy.empty() && fs::is_regular_file(copy, error)) return read_file(copy);
    std::vector<uint8_t> unpacked = gunzip(read_file(path), path.string());
    if (!copy.empty()) {
        try {
            write_file(copy, unpacked);
        } catch (const Error&) {
            // a full disk or one that must not be written: then it is unpacked again next time
        }
    }
    return unpacked;
}

Dataset load(const datasets::Idx&, const DatasetCard& card, const DataOptions& options) {
    if (card.files.size() != 4) {
        throw Error(ErrorCode::unsupported, card.name, "its card does not list four IDX files",
                    "list training images and labels, test images and labels");
    }
    std::optional<std::vector<fs::path>> files;
    for (const fs::path& folder : search_folders(card, options)) {
        if (!files) files = find_idx_files(folder, card);
    }
    if (!files) files = find_idx_files(fetch_into_cache(card, options), card);
    const fs::path cache = cache_folder(card, options);
    const auto read = [&](size_t images, size_t labels) {
        return read_idx(read_unpacked((*files)[images], cache), read_unpacked((*files)[labels], cache), card,
                        (*files)[images].string(), (*files)[labels].string());
    };
    // unpacking is what takes long
    auto test = std::async(std::launch::async, [&] { return read(2, 3); });
    Split train = read(0, 1);
    return {.card = card,
            .train = std::move(train),
            .test = test.get(),
            .origin = (*files)[0].parent_path().string()};
}

// ---- cifar10-binary ----

constexpr auto& batch_names = datasets::Cifar10Binary::files;

constexpr size_t piece_records = 256;  ///< of a file in memory at once: what fits into a cache

/// The split that batch number `i` belongs to.
Split& split_of(Dataset& data, size_t i) { return i + 1 < batch_names.size() ? data.train : data.test; }

/// Room for another `images`, so that nothing is copied while batches are appended.
void reserve(Split& split, const DatasetCard& card, size_t images) {
    reserve_huge(split.images, split.images.size() + images * static_cast<size_t>(card.image.count()));
    split.labels.reserve(split.labels.size() + images);
}

Dataset read_cifar10_archive(const DatasetCard& card, const fs::path& path) {
    Dataset data{.card = card, .train = {}, .test = {}, .origin = path.string()};
    const std::set<std::string> names(batch_names.begin(), batch_names.end());
    std::map<std::string, std::vector<uint8_t>> files =
        read_tar(gunzip(read_file(path), path.string()), names, path.string());
    for (size_t i = 0; i < batch_names.size(); ++i) {
        const auto file = files.find(std::string(batch_names[i]));
        if (file == files.end()) {
            throw Error(ErrorCode::bad_file, path.string(), "holds no " + std::string(batch_names[i]),
                        "give the binary version of CIFAR-10, " + card.files.front().name);
        }
        append_cifar10_binary(split_of(data, i), file->second, card, path.string() + "/" + file->first);
        files.erase(file);
    }
    return data;
}

Dataset read_cifar10_folder(const DatasetCard& card, const fs::path& folder) {
    Dataset data{.card = card, .train = {}, .test = {}, .origin = folder.string()};
    const size_t record = 1 + static_cast<size_t>(card.image.count());
    std::array<size_t, batch_names.size()> sizes{};
    for (size_t i = 0; i < batch_names.size(); ++i) {
        const fs::path path = folder / batch_names[i];
        if (!fs::is_regular_file(path)) {
            throw Error(ErrorCode::missing_data, path.string(), "is missing, while other batches are there",
                        "copy it into that folder, too");
        }
        sizes[i] = fs::file_size(path);
    }
    const size_t last = batch_names.size() - 1;
    reserve(data.train, card, std::accumulate(sizes.begin(), sizes.begin() + last, size_t{0}) / record);
    reserve(data.test, card, sizes[last] / record);
    const auto read = [&](size_t i) {
        const fs::path path = folder / batch_names[i];
        // A damaged file is looked at whole, so that the message has its real size.
        const size_t piece = sizes[i] == 0 || sizes[i] % record != 0 ? sizes[i] + 1 : piece_records * record;
        int64_t first = 0;
        const auto append = [&](std::span<const uint8_t> bytes) {
            append_cifar10_binary(split_of(data, i), bytes, card, path.string(), first);
            first += static_cast<int64_t>(bytes.size() / record);
        };
        read_pieces(path, piece, append);
        if (first == 0) append({});
    };
    auto test = std::async(std::launch::async, read, last);
    for (size_t i = 0; i < last; ++i) read(i);
    test.get();
    return data;
}

/// The data set as this folder, or as this archive itself, has it.
std::optional<Dataset> find_cifar10(const fs::path& place, const DatasetCard& card) {
    if (fs::is_regular_file(place)) return read_cifar10_archive(card, place);
    const fs::path batches = find_batches(place);
    if (!batches.empty()) return read_cifar10_folder(card, batches);
    const fs::path archive = place / card.files.front().name;
    if (fs::is_regular_file(archive)) return read_cifar10_archive(card, archive);
    return std::nullopt;
}

Dataset load(const datasets::Cifar10Binary&, const DatasetCard& card, const DataOptions& options) {
    if (card.files.empty()) {
        throw Error(ErrorCode::unsupported, card.name, "its card lists no archive", "list the .tar.gz file");
    }
    for (const fs::path& folder : search_folders(card, options)) {
        if (auto data = find_cifar10(folder, card)) return std::move(*data);
    }
    const fs::path cache = cache_folder(card, options);
    if (!cache.empty()) {
        if (auto data = find_cifar10(cache, card)) return std::move(*data);
    }
    return read_cifar10_archive(card, fetch_into_cache(card, options) / card.files.front().name);
}

// ---- without official files ----

Dataset load(const datasets::Lines& lines, const DatasetCard&, const DataOptions&) {
    return make_lines(lines);
}

Dataset load(const datasets::Folder& folder, const DatasetCard& card, const DataOptions& options) {
    if (!options.directory.empty()) return read_image_folder(options.directory, folder);
    throw Error(ErrorCode::missing_data, card.name, "does not know which folder",
                "name it with --data DIR: one sub-folder a class");
}

}  // namespace

Dataset load_dataset(const DataSpec& spec, const DataOptions& options) {
    const DatasetCard& card = find_card(spec.name);
    Dataset data = std::visit([&](const auto& kind) { return load(kind, card, options); },
                              spec.kind.value_or(card.format));
    data.card.train_count = data.train.count();
    data.card.test_count = data.test.count();
    return data;
}

}  // namespace cnnlab
