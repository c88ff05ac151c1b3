#include "native/data/own_files.hpp"

#include <algorithm>

#include "engine/data/dataset_reader.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder_names.hpp"
#include "native/data/given_files.hpp"
#include "native/data/image_folder.hpp"

namespace cnnlab {

namespace fs = std::filesystem;

bool is_picture_folder(const fs::path& place) {
    std::error_code error;
    if (!fs::is_directory(place, error)) return false;
    constexpr int deepest_look = 32;
    fs::recursive_directory_iterator at(place, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        if (at.depth() >= deepest_look) at.disable_recursion_pending();
        const std::string name = at->path().filename().string();
        std::error_code kind;
        if (!suffix_of(name).empty() && picture_named(name) == PictureName::picture &&
            !is_passed_over(name) && fs::is_regular_file(at->path(), kind))
            return true;
    }
    return false;
}

bool are_own_files(const fs::path& place, const datasets::Folder& own) {
    // Archives beside pictures are not what a person means, and are not opened.
    if (is_picture_folder(place)) return false;
    return DatasetReader::recognise(GivenFiles(place).paths(), own) != nullptr;
}

std::optional<Dataset> read_own_files(const fs::path& place, const datasets::Folder& own) {
    const GivenFiles given(place);
    const auto reader = DatasetReader::recognise(given.paths(), own);
    if (!reader) return std::nullopt;
    for (std::vector<uint8_t>& bytes : given.read_all(reader->files())) reader->add(std::move(bytes));
    Dataset data = reader->finish();
    data.origin = place.string();
    const std::vector<size_t>& used = reader->files();
    for (size_t i = 0; i < given.paths().size(); ++i)
        if (std::find(used.begin(), used.end(), i) == used.end())
            data.report.unused.push_back({given.paths()[i], 1, say_file("unused.of_no_set")});
    for (const std::string& link : given.links())
        data.report.unused.push_back({link, 1, say_file("unused.link")});
    return data;
}

namespace {

bool is_test_name(const std::string& name) {
    const NamedSplit split = split_named(name);
    return split.whole && (split.kind == SplitKind::test || split.kind == SplitKind::validation);
}

/// "test" of "test.csv"
std::string stem_of(const std::string& file) { return fs::path(file).stem().string(); }

}  // namespace

bool says_tests(const fs::path& place) {
    std::error_code error;
    fs::path named = fs::absolute(place, error).lexically_normal();
    if (!named.has_filename()) named = named.parent_path();
    const bool is_folder = fs::is_directory(named, error);
    const std::string name = named.filename().string();
    if (is_test_name(is_folder ? name : stem_of(name))) return true;
    if (is_folder) {
        std::vector<std::string> entries;
        for (fs::directory_iterator at(named, error); !error && at != fs::directory_iterator();
             at.increment(error))
            if (!is_passed_over(at->path().filename().string()))
                entries.push_back(at->path().filename().string());
        if (entries.size() == 1)
            return fs::is_directory(named / entries[0], error) ? is_test_name(entries[0])
                                                               : says_tests(named / entries[0]);
        if (is_picture_folder(named)) return false;
    }
    return !test_arrays_alone(GivenFiles(named).paths()).empty();
}

Dataset read_tests_alone(const fs::path& place, datasets::Folder own) {
    own.test_share = 0;
    std::optional<Dataset> read;
    if (!is_picture_folder(place)) {
        if (own.arrays.empty()) own.arrays = test_arrays_alone(GivenFiles(place).paths());
        read = read_own_files(place, own);
    }
    Dataset data = read ? *std::move(read) : read_image_folder(place, own);
    // A split inside counts more than the name around it.
    if (data.test.count() == 0) {
        data.test = std::move(data.train);
        data.report.notes.emplace_back("all images are test images, as their names say");
    }
    data.train = {};
    return data;
}

}  // namespace cnnlab
