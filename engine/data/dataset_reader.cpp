#include "engine/data/dataset_reader.hpp"

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

template <class... Format>
std::unique_ptr<DatasetReader> first_reader(const std::variant<Format...>*,
                                            std::span<const std::string> paths, const datasets::Folder& own) {
    std::unique_ptr<DatasetReader> found;
    ((found = found ? std::move(found) : reader_of(Format{}, paths, own)), ...);
    return found;
}

}  // namespace

std::unique_ptr<DatasetReader> DatasetReader::recognise(std::span<const std::string> paths,
                                                        const datasets::Folder& own) {
    return first_reader(static_cast<const AnyDataset*>(nullptr), paths, own);
}

std::unique_ptr<DatasetReader> reader_of(const datasets::Lines&, std::span<const std::string>,
                                         const datasets::Folder&) {
    return nullptr;
}

std::unique_ptr<DatasetReader> reader_of(const datasets::Folder&, std::span<const std::string> paths,
                                         const datasets::Folder& own) {
    if (!own.labels.empty() && own.labels != "fine" && own.labels != "coarse")
        throw Error(ErrorCode::unknown_name, "dataset.labels", say("own.labels", own.labels),
                    say("own.fine_or_coarse"));
    for (const auto reader :
         {python_cifar_reader, cifar100_reader, stl10_reader, svhn_reader, npy_reader, table_reader})
        if (auto found = reader(paths, own)) return found;
    refuse_matlab(paths);
    return nullptr;
}

DatasetReader::DatasetReader(const std::vector<File>& files) {
    for (const File& file : files) {
        files_.push_back(file.path);
        names_.push_back(file.name);
    }
}

void DatasetReader::add(std::vector<uint8_t> bytes) {
    if (added_ == names_.size())
        throw Error(ErrorCode::out_of_range, names_.back(), say("files.last"), say("files.each_once"));
    take(added_, std::move(bytes), names_[added_]);
    ++added_;
}

Dataset DatasetReader::finish() {
    if (added_ < names_.size())
        throw Error(ErrorCode::missing_data, names_[added_], say("files.not_given"), say("files.give_all"));
    Dataset data = complete();
    data.card.train_count = data.train.count();
    data.card.test_count = data.test.count();
    return data;
}

std::string_view file_name(std::string_view path) {
    const size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace cnnlab
