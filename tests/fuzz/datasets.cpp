#include <algorithm>

#include "engine/data/dataset_reader.hpp"
#include "engine/data/folder.hpp"
#include "engine/data/label_table.hpp"
#include "tests/fuzz/fuzz.hpp"

/// What a person drops: files of a data set, folders of pictures.
namespace cnnlab::fuzz {

namespace {

std::vector<std::string> names_of(const std::vector<NamedFile>& files) {
    std::vector<std::string> names;
    for (const NamedFile& file : files) names.push_back(file.name);
    return names;
}

/// What a person has said of the files, in the bits of the first byte.
datasets::Folder own_of(uint8_t bits) {
    datasets::Folder own;
    own.labels = (bits & 1U) != 0 ? "coarse" : "fine";
    own.test_share = (bits & 2U) != 0 ? 0 : .5F;
    own.skip_bad = (bits & 4U) != 0;
    own.layout = static_cast<datasets::FolderMeaning>(bits >> 3U & 3U);
    own.validation = static_cast<datasets::ValidationUse>(bits >> 5U & 3U);
    if ((bits & 128U) != 0) own.arrays = {"a", "b"};
    return own;
}

void dataset(const Bytes& bytes) {
    if (bytes.empty()) return;
    const std::vector<NamedFile> files = files_of(std::span(bytes).subspan(1));
    const auto reader = DatasetReader::recognise(names_of(files), own_of(bytes[0]));
    if (!reader) return;
    for (const size_t file : reader->files()) reader->add(files[file].bytes);
    (void)reader->finish();
}

void layout(const Bytes& bytes) {
    if (bytes.empty()) return;
    const std::vector<NamedFile> files = files_of(std::span(bytes).subspan(1));
    const std::vector<std::string> paths = names_of(files);
    std::vector<LabelTable> tables;
    for (const size_t path : label_tables(paths))
        tables.push_back({path, std::string(text_of(files[path].bytes))});
    const datasets::Folder own = own_of(bytes[0]);
    FolderPlan plan = plan_folder(paths, own, "fuzz", {}, tables);
    std::vector<BadPicture> bad;
    for (size_t i = 0; i < plan.train.size(); i += 3) bad.push_back({plan.train[i].path, {}});
    leave_out(plan, bad, paths, own, "fuzz");
}

void label_table(const Bytes& bytes) {
    const std::vector<std::string> paths{"labels.csv", "train/a.png", "train/b.jpg", "test/c.png", "d.png"};
    (void)labels_of({0, std::string(text_of(bytes))}, paths);
}

constexpr Reader readers[] = {{"dataset", dataset}, {"layout", layout}, {"label_table", label_table}};

}  // namespace

std::span<const Reader> dataset_readers() { return readers; }

}  // namespace cnnlab::fuzz
