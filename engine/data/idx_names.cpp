#include "engine/data/idx_names.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/lower_case.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/dataset_reader.hpp"

namespace cnnlab {

namespace {

struct Known {
    std::string_view name;
    IdxFiles::Role role;
};
// QMNIST's labels come with more columns.
constexpr std::array<Known, 9> known{{{"train-images-idx3-ubyte", IdxFiles::train_images},
                                      {"train-labels-idx1-ubyte", IdxFiles::train_labels},
                                      {"train-labels-idx2-int", IdxFiles::train_labels},
                                      {"t10k-images-idx3-ubyte", IdxFiles::test_images},
                                      {"t10k-labels-idx1-ubyte", IdxFiles::test_labels},
                                      {"t10k-labels-idx2-int", IdxFiles::test_labels},
                                      {"test-images-idx3-ubyte", IdxFiles::test_images},
                                      {"test-labels-idx1-ubyte", IdxFiles::test_labels},
                                      {"test-labels-idx2-int", IdxFiles::test_labels}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes " (1)", " - copy", " copy 2" and the like off the end; whether there was one.
bool take_copy_mark(std::string& name) {
    const size_t before = name.size();
    const auto trim = [&] {
        while (name.ends_with(' ')) name.pop_back();
    };
    trim();
    const size_t digits_end = name.ends_with(')') ? name.size() - 1 : name.size();
    size_t digits = digits_end;
    while (digits > 0 && is_digit(name[digits - 1])) --digits;
    if (digits < digits_end && digits > 0) {
        const bool in_brackets = digits_end < name.size();
        if (in_brackets ? name[digits - 1] == '(' : name.substr(0, digits).ends_with(" copy "))
            name.resize(digits - 1);
    }
    trim();
    for (const std::string_view word : {" - copy", " copy", " - copia", " copia"}) {
        if (!name.ends_with(word)) continue;
        name.resize(name.size() - word.size());
        break;
    }
    trim();
    return name.size() < before;
}

struct NamedFile {
    std::string prefix;
    IdxFiles::Role role;
    int rank;  ///< the lowest counts
};

std::optional<NamedFile> parse(std::string_view file) {
    std::string name = plain_name(file);
    const bool is_packed = name.ends_with(".gz");
    if (is_packed) name.resize(name.size() - 3);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '_' || c == '.' || c == ' '; }, '-');
    for (const Known& one : known) {
        if (!name.ends_with(one.name)) continue;
        const std::string prefix = name.substr(0, name.size() - one.name.size());
        if (!prefix.empty() && prefix.back() != '-') return {};
        const bool is_copy = plain_name(file).size() < file.size();
        return NamedFile{prefix, one.role, (is_copy ? 2 : 0) + (is_packed ? 0 : 1)};
    }
    return {};
}

std::string_view folder_of(std::string_view path) {
    return path.substr(0, path.size() - file_name(path).size());
}

}  // namespace

std::string plain_name(std::string_view name) {
    std::string plain = lower_case(name);
    // A mark may stand before the ending or after it.
    (void)take_copy_mark(plain);
    const size_t dot = plain.rfind('.');
    if (dot == std::string::npos || dot == 0) return plain;
    std::string stem = plain.substr(0, dot);
    return take_copy_mark(stem) ? stem + plain.substr(dot) : plain;
}

bool IdxFiles::any() const {
    return std::any_of(found.begin(), found.end(), [](const auto& file) { return file.has_value(); });
}

std::string IdxFiles::name_of(Role role) const {
    const std::string split = role < test_images ? "train" : prefix.empty() ? "t10k" : "test";
    return prefix + split + (role % 2 == 0 ? "-images-idx3-ubyte.gz" : "-labels-idx1-ubyte.gz");
}

IdxFiles find_idx_files(std::span<const std::string> paths, const std::optional<std::string>& prefix) {
    IdxFiles files;
    std::array<int, 4> ranks{};
    size_t first = 0;
    for (size_t i = 0; i < paths.size(); ++i) {
        const auto file = parse(file_name(paths[i]));
        if (!file || (prefix && file->prefix != *prefix)) continue;
        if (!files.any()) {
            files.prefix = file->prefix;
            first = i;
        }
        auto& found = files.found[file->role];
        const bool other =
            file->prefix != files.prefix || (found && folder_of(paths[*found]) != folder_of(paths[i]));
        if (other)
            throw Error(ErrorCode::bad_file, paths[i], say("files.two_sets", paths[found.value_or(first)]),
                        say("files.one_set"));
        if (found && ranks[file->role] <= file->rank) continue;
        found = i;
        ranks[file->role] = file->rank;
    }
    return files;
}

}  // namespace cnnlab
