#include "native/run/feature_file.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>

#include "engine/io/safetensors.hpp"
#include "native/data/sha256.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

HostTensor to_tensor(const Split& features, const Shape& shape) {
    HostTensor tensor(Shape{features.count(), shape.count()});
    if (features.count() > 0) std::memcpy(tensor.data(), features.images.data(), features.images.size());
    return tensor;
}

std::optional<Split> to_split(const HostTensor* tensor, const Shape& shape, const Split& images) {
    if (tensor == nullptr || tensor->shape() != Shape{images.count(), shape.count()}) return std::nullopt;
    const auto bytes = std::as_bytes(tensor->span());
    const auto* begin = reinterpret_cast<const uint8_t*>(bytes.data());
    Split split{{begin, begin + bytes.size()}, images.labels};
    split.floats = true;
    return split;
}

}  // namespace

std::string feature_key(const Model& model, const FrozenPart& part, const std::string& images) {
    Sha256 sum;
    const auto add = [&](const std::string& text) {
        sum.update({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    };
    const auto add_numbers = [&](std::span<const float> numbers) {
        sum.update({reinterpret_cast<const uint8_t*>(numbers.data()), numbers.size_bytes()});
    };
    const DatasetCard& card = model.card();
    add(images + " " + Shape{card.image.height, card.image.width, card.image.channels}.str());
    add_numbers(card.mean);
    add_numbers(card.stddev);
    const Json layers = model.experiment().to_json()["model"]["layers"];
    for (int i = 0; i < part.layers; ++i) add(layers[static_cast<size_t>(i)].dump());
    const std::vector<LayerInfo>& all = model.layers();
    for (const auto& weight : model.weights()) {
        const auto is_of = [&](const LayerInfo& layer) { return weight.first.starts_with(layer.name + "."); };
        if (std::none_of(all.begin(), all.begin() + part.layers, is_of)) continue;
        add(weight.first);
        add_numbers(weight.second.span());
    }
    return sum.finish();
}

std::optional<Features> read_features(const std::filesystem::path& path, const std::string& key,
                                      const FrozenPart& part, const Dataset& images) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
    try {
        const TensorFile file = read_safetensors(read_file(path), path.string());
        const auto theirs = file.metadata.find("key");
        if (theirs == file.metadata.end() || theirs->second != key) return std::nullopt;
        auto train = to_split(file.find("train"), part.shape, images.train);
        auto test = to_split(file.find("test"), part.shape, images.test);
        if (!train || !test) return std::nullopt;
        return Features{std::move(*train), std::move(*test)};
    } catch (const Error&) {
        return std::nullopt;
    }
}

void write_features(const std::filesystem::path& path, const std::string& key, const FrozenPart& part,
                    const Features& features) {
    TensorFile file;
    file.tensors.push_back({"train", to_tensor(features.train, part.shape)});
    file.tensors.push_back({"test", to_tensor(features.test, part.shape)});
    file.metadata = {{"key", key}};
    try {
        write_file(path, write_safetensors(file), MissingFolder::is_an_error);
    } catch (const Error&) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    }
}

}  // namespace cnnlab
