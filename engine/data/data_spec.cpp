#include "engine/data/data_spec.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"
#include "engine/core/philox.hpp"
#include "engine/data/sampler.hpp"

namespace cnnlab {

namespace {

struct Common {
    static constexpr std::string_view key = "dataset";
    std::string name;
    int train_limit = 0, test_limit = 0;
    bool permute_pixels = false;
    std::vector<float> mean, stddev;

    static constexpr auto fields() {
        return std::tuple{
            field("name", &Common::name, "a data set: `data` lists them").must(),
            field("train_limit", &Common::train_limit, "use only the first so many training images; 0: all",
                  0, 1e9),
            field("test_limit", &Common::test_limit, "use only the first so many test images; 0: all", 0,
                  1e9),
            field("permute_pixels", &Common::permute_pixels,
                  "shuffle the pixels of every image by one fixed permutation"),
            field("mean", &Common::mean, "per channel, of pixels / 255, instead of the data set's", 0, 1),
            field("std", &Common::stddev, "per channel, of pixels / 255, instead of the data set's", 1e-3,
                  1e3)};
    }
};

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

DataSpec DataSpec::from_json(const Json& json, const std::string& place) {
    if (json.is_string()) {
        DataSpec spec;
        spec.name = json.get<std::string>();
        return spec;
    }
    if (!json.is_object()) wrong_type(place, json, say("data.give_name"));
    Json own = Json::object(), common_part = Json::object();
    const auto names = field_names<Common>();
    for (const auto& [key, value] : json.items())
        (std::find(names.begin(), names.end(), key) != names.end() ? common_part : own)[key] = value;
    Common common;
    read_fields(common_part, common, place);
    return {common.name,           own,         common.train_limit, common.test_limit,
            common.permute_pixels, common.mean, common.stddev};
}

Json DataSpec::to_json() const {
    Json json = Json::object();
    write_fields(Common{name, train_limit, test_limit, permute_pixels, mean, stddev}, json);
    json.update(options);
    return json;
}

}  // namespace cnnlab
