#include "engine/data/data_spec.hpp"

#include <algorithm>
#include <numeric>

#include "engine/core/messages.hpp"
#include "engine/core/philox.hpp"
#include "engine/data/card.hpp"
#include "engine/data/imbalance.hpp"
#include "engine/data/label_noise.hpp"
#include "engine/data/look_messages.hpp"
#include "engine/data/sampler.hpp"

namespace cnnlab {

namespace {

/// Keeps these images, whose numbers rise.
void keep(Split& split, const std::vector<size_t>& chosen, const ImageShape& image) {
    const auto size = static_cast<size_t>(image.count());
    size_t to = 0;
    for (const size_t from : chosen) {
        // `from` is never before `to`
        split.labels[to] = split.labels[from];
        if (from != to) std::copy_n(split.images.data() + from * size, size, split.images.data() + to * size);
        ++to;
    }
    split.labels.resize(to);
    split.images.resize(to * size);
}

void limit(Split& split, int count, const ImageShape& image) {
    if (count > 0 && count < split.count()) keep(split, limited_images(split.labels, count), image);
}

void mislabel(Split& split, size_t classes, float share) {
    if (split.count() == 0) return;
    if (classes < 2)
        throw Error(ErrorCode::out_of_range, "dataset.label_noise", say_look("look.one_class"),
                    say_look("look.two_classes"));
    for (const auto& [image, label] : changed_labels(split.labels, classes, share))
        split.labels[image] = label;
}

/// How many of each class, whose images number `sizes`: in proportion, and one at least where that is possible.
std::vector<size_t> quotas(const std::vector<size_t>& sizes, size_t count) {
    const size_t classes = sizes.size();
    std::vector<size_t> result(classes, 0);
    if (count <= classes) {
        for (size_t i = 0; i < count; ++i) result[i * classes / count] = 1;
        return result;
    }
    const size_t others = std::accumulate(sizes.begin(), sizes.end(), size_t{0}) - classes;
    std::vector<size_t> order(classes), remainder(classes);
    size_t left = count - classes;
    for (size_t c = 0; c < classes; ++c) {
        const size_t product = (count - classes) * (sizes[c] - 1);
        result[c] = 1 + product / others;
        remainder[c] = product % others;
        left -= product / others;
        order[c] = c;
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return remainder[a] > remainder[b]; });
    for (size_t i = 0; i < left; ++i) ++result[order[i]];
    return result;
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

std::vector<size_t> limited_images(std::span<const int32_t> labels, int64_t limit) {
    const size_t count = std::min(labels.size(), static_cast<size_t>(std::max<int64_t>(limit, 0)));
    std::vector<size_t> chosen(count);
    std::iota(chosen.begin(), chosen.end(), size_t{0});
    if (count == labels.size() || !std::is_sorted(labels.begin(), labels.end())) return chosen;
    std::vector<size_t> begins;
    for (size_t i = 0; i < labels.size(); ++i)
        if (i == 0 || labels[i] != labels[i - 1]) begins.push_back(i);
    std::vector<size_t> sizes;
    for (size_t c = 0; c < begins.size(); ++c)
        sizes.push_back((c + 1 < begins.size() ? begins[c + 1] : labels.size()) - begins[c]);
    const std::vector<size_t> wanted = quotas(sizes, count);
    size_t at = 0;
    for (size_t c = 0; c < sizes.size(); ++c)
        for (size_t i = 0; i < wanted[c]; ++i) chosen[at++] = begins[c] + i * sizes[c] / wanted[c];
    return chosen;
}

void apply_data_spec(const DataSpec& spec, Dataset& dataset) {
    const ImageShape& image = dataset.card.image;
    renormalise(spec.mean, dataset.card.mean, image.channels, "dataset.mean");
    renormalise(spec.stddev, dataset.card.stddev, image.channels, "dataset.std");
    limit(dataset.train, spec.train_limit, image);
    limit(dataset.test, spec.test_limit, image);
    const size_t classes = dataset.card.classes.size();
    if (spec.imbalance < 1)
        keep(dataset.train, long_tail_images(dataset.train.labels, classes, spec.imbalance), image);
    if (spec.label_noise > 0) mislabel(dataset.train, classes, spec.label_noise);
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
