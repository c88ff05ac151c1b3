#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/lower_case.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder_names.hpp"
#include "engine/data/table.hpp"

namespace cnnlab {

namespace {

bool ends_with_any(const std::string& name, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view end) { return name.ends_with(end); });
}

class TableReader final : public DatasetReader {
  public:
    TableReader(const std::vector<File>& files, const datasets::Folder& own)
        : DatasetReader(files), own_(own), title_(file_name(files[0].name)) {}

  private:
    void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) override {
        // Kaggle's test table has no labels: its images are to be named.
        if (number == 1 && !table_has_labels(bytes)) {
            unlabelled_ = name;
            return;
        }
        OwnSplit split = read_table(bytes, range_, name);
        if (number == 0)
            train_ = std::move(split);
        else
            test_ = std::move(split);
    }
    Dataset complete() override {
        Dataset data =
            own_dataset(std::move(train_), std::move(test_), {}, own_, title_.substr(0, title_.find('.')));
        if (!unlabelled_.empty())
            data.report.unused.push_back({unlabelled_, 1, say_file("unused.table_unlabelled")});
        return data;
    }

    datasets::Folder own_;
    std::string title_, unlabelled_;
    OwnSplit train_;
    std::optional<OwnSplit> test_;
    PixelRange range_;
};

}  // namespace

std::unique_ptr<DatasetReader> table_reader(std::span<const std::string> paths, const datasets::Folder& own) {
    std::optional<DatasetReader::File> train, test;
    // A table beside pictures names their classes; the folder's layout reads it.
    for (const std::string& path : paths)
        if (!suffix_of(file_name(path)).empty() && picture_named(file_name(path)) == PictureName::picture)
            return nullptr;
    for (size_t i = 0; i < paths.size(); ++i) {
        const std::string name = lower_case(file_name(paths[i]));
        if (!ends_with_any(name, {".csv", ".tsv", ".csv.gz", ".tsv.gz"})) continue;
        const bool is_test = name.find("test") != std::string::npos || name.find("val") != std::string::npos;
        auto& mine = is_test ? test : train;
        if (mine)
            throw Error(ErrorCode::missing_data, paths[i], say("table.which", mine->name),
                        say("table.name_them"));
        mine = DatasetReader::File{i, paths[i]};
    }
    if (!train && !test) return nullptr;
    std::vector<DatasetReader::File> files;
    if (train) files.push_back(*train);
    if (test) files.push_back(*test);  // alone, it is divided
    return std::make_unique<TableReader>(files, own);
}

}  // namespace cnnlab
