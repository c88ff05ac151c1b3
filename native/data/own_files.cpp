#include "native/data/own_files.hpp"

#include <algorithm>

#include "engine/data/dataset_reader.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder_names.hpp"
#include "native/data/given_files.hpp"

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

}  // namespace cnnlab
