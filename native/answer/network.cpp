#include "native/answer/network.hpp"

#include <algorithm>
#include <filesystem>

#include "engine/exchange/onnx_import.hpp"
#include "engine/model/model_file.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/model_file.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

Model read_onnx(const std::filesystem::path& path, Backend& backend, std::vector<std::string>& notes) {
    const auto read_beside = [&](const std::string& name) { return read_file(path.parent_path() / name); };
    OnnxImportOptions options;
    const ImportedModel made = import_onnx(read_file(path), path.string(), options, read_beside);
    for (const Message& note : made.notes) notes.push_back(note.english());
    return read_model(model_file(made.model), path.string(), backend);
}

}  // namespace

Network::Network(const std::string& run_or_file, const BackendChoice& choice, int largest_batch)
    : largest_batch_(static_cast<size_t>(largest_batch)), backend_(make_backend(choice)) {
    const std::filesystem::path path = run_or_file;
    std::error_code error;
    const bool is_onnx = path.extension() == ".onnx" && !std::filesystem::is_directory(path, error);
    model_ = std::make_unique<Model>(is_onnx ? read_onnx(path, *backend_, notes_)
                                             : read_model(model_named(run_or_file), *backend_));
    check_evaluation_memory(*model_, largest_batch, choice);
}

size_t Network::padded(size_t count) const {
    size_t size = 1;
    while (size < count) size *= 2;
    return std::min(size, largest_batch_);
}

std::vector<Row> Network::predict(std::span<const Pixels> images) {
    const auto pixels = static_cast<size_t>(image().count());
    std::vector<Row> rows;
    while (!images.empty()) {
        const auto part = images.first(std::min(images.size(), largest_batch_));
        Dataset data;
        for (const Pixels& one : part)
            data.test.images.insert(data.test.images.end(), one.begin(), one.end());
        data.test.labels.resize(padded(part.size()));
        data.test.images.resize(data.test.labels.size() * pixels);
        if (model_->experiment().dataset.permute_pixels) {
            data.card = model_->card();
            DataSpec spec;
            spec.permute_pixels = true;
            apply_data_spec(spec, data);
        }
        const HostTensor outputs = model_->predict(data.test);
        const auto width = static_cast<size_t>(outputs.shape()[1]);
        for (size_t i = 0; i < part.size(); ++i)
            rows.push_back(class_probabilities(outputs.span().subspan(i * width, width), classes().size()));
        images = images.subspan(part.size());
    }
    return rows;
}

void Network::warm_up() {
    const Pixels black(static_cast<size_t>(image().count()));
    for (size_t size = 1; size < 2 * largest_batch_; size *= 2)
        (void)predict(std::vector<Pixels>(std::min(size, largest_batch_), black));
}

}  // namespace cnnlab
