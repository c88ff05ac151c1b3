#include "engine/data/data_spec.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"
#include "engine/core/philox.hpp"
#include "engine/data/card.hpp"
#include "engine/data/sampler.hpp"

namespace cnnlab {

namespace {

void limit(Split& split, int count, const ImageShape& image) {
    if (count <= 0 || count >= split.count()) return;
    split.labels.resize(static_cast<size_t>(count));
    split.images.resize(static_cast<size_t>(count * image.count()));
}

void permute(Split& split, const ImageShape& image, const std::vector<uint32_t>& order) {
    const auto channels = static_cast<size_t>(image.channels), size = static_cast<size_t>(image.count());
    std::vector<uint8_t> old(size);
    for (size_t n = 0; n < split.labels.size(); ++n) {
        uint8_t* pixels = split.images.data() + n * size;
        std::copy_n(pixels, size, old.begin());
        for (size_t p = 0; p < order.size(); ++p)
            std::copy_n(old.begin() + static_cast<std::ptrdiff_t>(order[p] * channels), channels,
                        pixels + p * channels);
    }
}

/// A list of one number stands for all channels.
void renormalise(const std::vector<float>& given, std::vector<float>& card, int channels, const char* place) {
    if (given.empty()) return;
    if (given.size() != 1 && given.size() != static_cast<size_t>(channels))
        throw Error(ErrorCode::shape_mismatch, place, say("data.channels", given.size(), channels),
                    say("data.one_a_channel"));
    card = given.size() == 1 ? std::vector<float>(static_cast<size_t>(channels), given[0]) : given;
}

}  // namespace

void apply_data_spec(const DataSpec& spec, Dataset& dataset) {
    const ImageShape& image = dataset.card.image;
    renormalise(spec.mean, dataset.card.mean, image.channels, "dataset.mean");
    renormalise(spec.stddev, dataset.card.stddev, image.channels, "dataset.std");
    limit(dataset.train, spec.train_limit, image);
    limit(dataset.test, spec.test_limit, image);
    if (!spec.permute_pixels) return;
    const auto order = epoch_order(image.positions(), stream_of("permute_pixels"), 0, true);
    permute(dataset.train, image, order);
    permute(dataset.test, image, order);
}

DatasetCard card_of(const DataSpec& spec) {
    Dataset empty;
    empty.card = find_card(spec.name);
    if (spec.kind) std::visit([&](const auto& kind) { kind.adapt(empty.card); }, *spec.kind);
    apply_data_spec(spec, empty);
    return empty.card;
}

DataSpec DataSpec::from_json(const Json& json, const std::string& place) {
    DataSpec spec;
    const Json object = json.is_string() ? Json{{"name", json}} : json;
    if (!object.is_object()) wrong_type(place, json, say("data.give_name"));
    const auto name = object.find("name");
    for (const DatasetCard& card : built_in_cards())
        if (name != object.end() && *name == card.name) spec.kind = card.format;
    read_fields(object, spec, place);
    return spec;
}

Json DataSpec::to_json() const {
    Json json = Json::object();
    write_fields(*this, json);
    return json;
}

}  // namespace cnnlab
