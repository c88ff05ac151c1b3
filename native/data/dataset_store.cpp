#include "native/data/dataset_store.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/huge_pages.hpp"
#include "engine/data/card.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/lines.hpp"
#include "engine/data/own_card.hpp"
#include "native/data/dataset_files.hpp"
#include "native/data/gzip.hpp"
#include "native/data/image_folder.hpp"
#include "native/data/own_files.hpp"
#include "native/data/tar.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

// ---- whatever a person gives ----

/// What any reader of the engine knows of the folder, file or archive that a person has named, under the card's name;
/// nothing where none does. Throws Error (bad_file) for images of another shape.
std::optional<Dataset> read_given(const DatasetCard& card, const DataOptions& options) {
    const datasets::Folder own{.size = {card.image.height, card.image.width},
                               .grey = card.image.channels == 1};
    auto read = options.tests_alone && says_tests(options.directory)
                    ? std::optional(read_tests_alone(options.directory, own))
                    : read_own_files(options.directory, own);
    if (!read) return std::nullopt;
    Dataset& data = *read;
    if (!(data.card.image == card.image))
        throw Error(ErrorCode::bad_file, options.directory.string(),
                    "holds images of " + data.card.image.str() + ", but those of " + card.name + " are " +
                        card.image.str(),
                    "name the folder with " + card.name + ", or train an experiment for such images");
    if (options.only_test) data.train = {};
    // Numbers, or its own names, may be the card's; other names are not.
    const bool may_be = data.card.classes == card.classes || is_by_number(data.card.classes);
    if (may_be)
        data.card = card;
    else
        data.report.notes.emplace_back("these are not the images of " + card.title +
                                       ": their classes have other names");
    data.card.name = card.name;
    data.card.format = card.format;
    if (options.run != nullptr)
        compare_with_run(data, *options.run);
    else if (may_be)
        check_card(data);
    return read;
}

// ---- idx ----

/// Paths of the four files by role; those of training images that nobody wants may be empty.
using IdxPaths = std::array<fs::path, 4>;

/// The card's files in one folder; nothing where the folder has none of them.
std::optional<IdxPaths> find_idx(const fs::path& folder, const DatasetCard& card,
                                 const DataOptions& options) {
    const std::vector<std::string> names = file_names(folder);
    const IdxFiles files = idx_files_in(names, card);
    if (!files.any()) return std::nullopt;
    IdxPaths paths;
    std::string there;
    for (const auto& file : files.found)
        if (file) there = names[*file];
    for (size_t role = 0; role < paths.size(); ++role) {
        if (const auto& file = files.found[role]) {
            paths[role] = folder / names[*file];
            continue;
        }
        if (options.only_test && role < IdxFiles::test_images) continue;
        // Half a data set is somebody's mistake; looking elsewhere would hide it.
        throw Error(ErrorCode::missing_data,
                    (folder / files.name_of(static_cast<IdxFiles::Role>(role))).string(),
                    "is missing, while " + there + " is there", "copy it into that folder, too");
    }
    return paths;
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

/// What a packed IDX file unpacks to, and no more.
std::vector<uint8_t> unpack_idx(std::span<const uint8_t> bytes, const std::string& place) {
    constexpr size_t longest_head = 4 + 4 * 4, any_other = size_t{1} << 20U;
    const uint64_t size = idx_size(gunzip_head(bytes, longest_head));
    return gunzip(bytes, place, static_cast<size_t>(size > 0 ? size : any_other));
}

/// The bytes of an IDX file. Its contents tell whether it is packed: a browser that unpacks what it downloads leaves
/// ".gz" in the name.
std::vector<uint8_t> read_unpacked(const fs::path& path, const fs::path& cache) {
    const fs::path copy = path.extension() == ".gz" ? unpacked_copy(path, cache) : fs::path();
    std::error_code error;
    if (!copy.empty() && fs::is_regular_file(copy, error)) return read_file(copy);
    std::vector<uint8_t> bytes = read_file(path);
    const bool is_plain = !is_gzip(bytes) && (path.extension() != ".gz" || idx_size(bytes) > 0);
    if (is_plain) return bytes;
    std::vector<uint8_t> unpacked = unpack_idx(bytes, path.string());
    if (!copy.empty()) {
        try {
            remove_old_leftovers(copy);
            write_file(copy, unpacked);
        } catch (const Error&) {
            // a full disk or one that must not be written: then it is unpacked again next time
        }
    }
    return unpacked;
}

/// Says which files of a folder that a person has named were not used.
void note_unused(Dataset& data, const fs::path& folder, const IdxPaths& used) {
    for (const std::string& name : file_names(folder))
        if (std::find(used.begin(), used.end(), folder / name) == used.end() && !name.starts_with('.'))
            data.report.unused.push_back({name, 1, say_file("unused.of_no_set")});
}

Dataset load(const datasets::Idx&, const DatasetCard& card, const DataOptions& options) {
    if (card.files.size() != 4) {
        throw Error(ErrorCode::unsupported, card.name, "its card does not list four IDX files",
                    "list training images and labels, test images and labels");
    }
    std::optional<IdxPaths> files;
    for (const fs::path& folder : search_folders(card, options))
        if (!files) files = find_idx(folder, card, options);
    const bool is_named = !options.directory.empty();
    if (!files && is_named) {
        if (auto data = read_given(card, options)) return std::move(*data);
        nothing_in(card, options);
    }
    if (!files) files = find_idx(fetch_into_cache(card, options), card, options);
    const fs::path cache = cache_folder(card, options),
                   folder = (*files)[IdxFiles::test_images].parent_path();
    const bool is_official = folder == card.system_directory || folder == cache;
    // Whoever gives other images gives any labels; check_card looks at them.
    DatasetCard expected = card;
    if (!is_official) expected.classes.resize(65536);
    const auto read = [&](size_t images, size_t labels) {
        return read_idx(read_unpacked((*files)[images], cache), read_unpacked((*files)[labels], cache),
                        expected, (*files)[images].string(), (*files)[labels].string());
    };
    Dataset data{.card = card, .train = {}, .test = {}, .origin = folder.string(), .report = {}};
    // unpacking is what takes long
    auto test = std::async(std::launch::async, read, IdxFiles::test_images, IdxFiles::test_labels);
    if (!options.only_test) data.train = read(IdxFiles::train_images, IdxFiles::train_labels);
    data.test = test.get();
    if (is_named) note_unused(data, folder, *files);
    if (options.run != nullptr)
        compare_with_run(data, *options.run);
    else if (!is_official)
        check_card(data);
    return data;
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

/// The bytes of the archive, whether a browser has unpacked it or not.
std::vector<uint8_t> read_archive(const fs::path& path) {
    constexpr size_t largest = size_t{1} << 28U;  // the official one unpacks to 184 MB
    std::vector<uint8_t> bytes = read_file(path);
    return is_gzip(bytes) || !is_tar(bytes) ? gunzip(bytes, path.string(), largest) : bytes;
}

/// Whether a file begins as an archive that may have the batches: its first large file is none of another version. The
/// archive for Python would be unpacked twice otherwise.
bool may_hold_batches(const fs::path& path) {
    constexpr size_t enough = size_t{1} << 16U;
    std::vector<uint8_t> start = read_start(path, enough);
    const bool is_packed = is_gzip(start);
    if (is_packed) start = gunzip_head(start, enough);
    if (!is_tar(start)) return is_packed;
    const std::string first = first_large_file(start);
    return first.empty() || std::find(batch_names.begin(), batch_names.end(), first) != batch_names.end();
}

/// Nothing where the archive has none of the batches.
std::optional<Dataset> read_cifar10_archive(const DatasetCard& card, const fs::path& path,
                                            const DataOptions& options) {
    Dataset data{.card = card, .train = {}, .test = {}, .origin = path.string(), .report = {}};
    const size_t first = options.only_test ? batch_names.size() - 1 : 0;
    const std::set<std::string> names(batch_names.begin() + static_cast<ptrdiff_t>(first), batch_names.end());
    std::map<std::string, std::vector<uint8_t>> files = read_tar(read_archive(path), names, path.string());
    if (files.empty()) return std::nullopt;
    for (size_t i = first; i < batch_names.size(); ++i) {
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

Dataset read_cifar10_folder(const DatasetCard& card, const fs::path& folder, const DataOptions& options) {
    Dataset data{.card = card, .train = {}, .test = {}, .origin = folder.string(), .report = {}};
    const size_t record = 1 + static_cast<size_t>(card.image.count());
    const size_t last = batch_names.size() - 1, begin = options.only_test ? last : 0;
    const std::vector<std::string> names = file_names(folder);
    const Cifar10Files files = find_cifar10_files(names);
    std::array<size_t, batch_names.size()> sizes{};
    std::array<fs::path, batch_names.size()> paths;
    for (size_t i = begin; i <= last; ++i) {
        if (!files.found[i])
            throw Error(ErrorCode::missing_data, (folder / batch_names[i]).string(),
                        "is missing, while other batches are there", "copy it into that folder, too");
        paths[i] = folder / names[*files.found[i]];
        sizes[i] = fs::file_size(paths[i]);
    }
    reserve(data.train, card, std::accumulate(sizes.begin(), sizes.begin() + last, size_t{0}) / record);
    reserve(data.test, card, sizes[last] / record);
    const auto read = [&](size_t i) {
        // A damaged file is looked at whole, so that the message has its real size.
        const size_t piece = sizes[i] == 0 || sizes[i] % record != 0 ? sizes[i] + 1 : piece_records * record;
        int64_t first = 0;
        const auto append = [&](std::span<const uint8_t> bytes) {
            append_cifar10_binary(split_of(data, i), bytes, card, paths[i].string(), first);
            first += static_cast<int64_t>(bytes.size() / record);
        };
        read_pieces(paths[i], piece, append);
        if (first == 0) append({});
    };
    auto test = std::async(std::launch::async, read, last);
    for (size_t i = begin; i < last; ++i) read(i);
    test.get();
    return data;
}

/// The data set as this folder, or as this archive itself, has it.
std::optional<Dataset> find_cifar10(const fs::path& place, const DatasetCard& card,
                                    const DataOptions& options) {
    std::error_code error;
    if (fs::is_regular_file(place, error)) {
        return may_hold_batches(place) ? read_cifar10_archive(card, place, options) : std::nullopt;
    }
    const fs::path batches = find_batches(place);
    if (!batches.empty()) return read_cifar10_folder(card, batches, options);
    const fs::path archive = find_archive(place, card);
    if (!archive.empty()) return read_cifar10_archive(card, archive, options);
    const fs::path python = find_python_version(place);
    if (python.empty()) return std::nullopt;
    DataOptions named = options;
    named.directory = python;
    return read_given(card, named);
}

Dataset load(const datasets::Cifar10Binary&, const DatasetCard& card, const DataOptions& options) {
    if (card.files.empty()) {
        throw Error(ErrorCode::unsupported, card.name, "its card lists no archive", "list the .tar.gz file");
    }
    std::optional<Dataset> data;
    fs::path place;
    for (const fs::path& folder : search_folders(card, options)) {
        if (data) continue;
        data = find_cifar10(folder, card, options);
        place = folder;
    }
    const fs::path cache = cache_folder(card, options);
    if (!data && !options.directory.empty()) {
        if ((data = read_given(card, options))) return std::move(*data);
        nothing_in(card, options);
    }
    if (!data) data = find_cifar10(place = fetch_into_cache(card, options), card, options);
    if (!data)
        throw Error(ErrorCode::bad_file, (place / card.files.front().name).string(),
                    "holds none of the batches", "remove it, so that it is fetched again");
    if (options.run != nullptr)
        compare_with_run(*data, *options.run);
    else if (place != cache)
        check_card(*data);
    return std::move(*data);
}

// ---- without official files ----

Dataset load(const datasets::Lines& lines, const DatasetCard& card, const DataOptions& options) {
    if (options.directory.empty()) return make_lines(lines);
    throw Error(ErrorCode::unsupported, options.directory.string(),
                "is named for images that the program draws: " + card.name,
                "leave out --data (and \"directory\" in the experiment's \"dataset\")");
}

Dataset load(const datasets::Folder& folder, const DatasetCard& card, const DataOptions& options) {
    if (options.directory.empty())
        throw Error(ErrorCode::missing_data, card.name, "does not know which folder",
                    "name it with --data DIR: one sub-folder a class, or a file with arrays or a table");
    std::optional<Dataset> data;
    if (options.tests_alone && says_tests(options.directory))
        data = read_tests_alone(options.directory, folder);
    else if (!is_picture_folder(options.directory))
        data = read_own_files(options.directory, folder);
    if (!data) return read_image_folder(options.directory, folder);
    // whatever set the images are known as: this experiment is about a person's own
    data->card.name = card.name;
    if (options.only_test) data->train = {};
    return *std::move(data);
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
