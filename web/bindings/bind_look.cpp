#include <chrono>
#include <map>

#include "engine/data/label_noise.hpp"
#include "engine/look/augmented.hpp"
#include "engine/look/classes.hpp"
#include "engine/look/flaws.hpp"
#include "engine/look/near_duplicates.hpp"
#include "engine/look/neighbours.hpp"
#include "web/bindings/function.hpp"

/// A look at data: what their classes, pixels and neighbours are. The page gives the images piece by piece.
namespace cnnlab::web {

namespace {

struct Look {
    Dataset data;
    std::optional<NearDuplicates> search;
};
std::map<int, Look> looks;
int next_look = 1;

Split& split_named(Look& look, const std::string& name) {
    return name == "test" ? look.data.test : look.data.train;
}

val pictures(const Look& look, Split split) { return split_value(split, look.data.card.image); }

/// Copies of these images.
val images_of(Look& look, const std::string& name, const std::vector<size_t>& numbers) {
    const Split& split = split_named(look, name);
    const auto size = static_cast<size_t>(look.data.card.image.count());
    Split chosen;
    for (const size_t number : numbers) {
        chosen.labels.push_back(split.labels.at(number));
        const uint8_t* pixels = split.images.data() + number * size;
        chosen.images.insert(chosen.images.end(), pixels, pixels + size);
    }
    return pictures(look, std::move(chosen));
}

val numbers_value(const std::vector<size_t>& numbers) {
    const std::vector<int32_t> values(numbers.begin(), numbers.end());
    return copy_out("Int32Array", std::span<const int32_t>(values));
}

/// Labels of the first `count` images, a share of them wrong.
val mislabelled_value(const Look& look, const Split& split, int count, double share) {
    const auto shown = std::min(static_cast<size_t>(count), split.labels.size());
    std::vector<int32_t> labels(split.labels.begin(), split.labels.begin() + static_cast<ptrdiff_t>(shown));
    for (const auto& [image, label] :
         changed_labels(labels, look.data.card.classes.size(), static_cast<float>(share)))
        labels[image] = label;
    return copy_out("Int32Array", std::span<const int32_t>(labels));
}

/// {indices, images}
val chosen_value(Look& look, const std::string& split, const std::vector<size_t>& numbers) {
    val result = val::object();
    result.set("indices", numbers_value(numbers));
    result.set("images", images_of(look, split, numbers));
    return result;
}

/// {classes, means, highest}
val classes_value(Look& look, const std::string& split) {
    const std::vector<ClassLook> all = look_at_classes(split_named(look, split), look.data.card);
    std::vector<ClassFigures> figures;
    Split means;
    for (size_t c = 0; c < all.size(); ++c) {
        figures.push_back(figures_of(all[c]));
        const std::vector<uint8_t> mean = all[c].mean_picture();
        means.images.insert(means.images.end(), mean.begin(), mean.end());
        means.labels.push_back(static_cast<int32_t>(c));
    }
    val result = val::object();
    result.set("classes", value_of(figures));
    result.set("means", pictures(look, std::move(means)));
    result.set("highest", highest_bar(figures));
    return result;
}

/// {of, neighbours, images}: from the other split, or from the image's own where the other has no images.
val neighbours_value(Look& look, const std::string& split, int image, int count) {
    const std::string other = split == "test" ? "train" : "test";
    const Split& own = split_named(look, split);
    const bool is_alone = split_named(look, other).count() == 0;
    const std::string of = is_alone ? split : other;
    const auto size = static_cast<size_t>(look.data.card.image.count());
    const auto at = static_cast<size_t>(image);
    static_cast<void>(own.labels.at(at));
    const std::span<const uint8_t> pixels(own.images.data() + at * size, size);
    const std::vector<Neighbour> nearest =
        is_alone ? nearest_images(pixels, own, static_cast<size_t>(count), image)
                 : nearest_images(pixels, split_named(look, other), static_cast<size_t>(count));
    std::vector<size_t> numbers;
    for (const Neighbour& one : nearest) numbers.push_back(static_cast<size_t>(one.image));
    val result = val::object();
    result.set("of", of);
    result.set("neighbours", value_of(nearest));
    result.set("images", images_of(look, of, numbers));
    return result;
}

/// {count, disagreeing, pairs, tests, trains}: of all pairs, and the nearest `most` of them.
val duplicates_value(Look& look, int most) {
    std::vector<NearDuplicate> found = look.search.value().found();
    val result = val::object();
    result.set("count", static_cast<double>(found.size()));
    result.set("disagreeing", static_cast<double>(disagreeing(found, look.data.train, look.data.test)));
    found.resize(std::min(found.size(), static_cast<size_t>(most)));
    std::vector<size_t> tests, trains;
    for (const NearDuplicate& pair : found) {
        tests.push_back(static_cast<size_t>(pair.test));
        trains.push_back(static_cast<size_t>(pair.train));
    }
    result.set("pairs", value_of(found));
    result.set("tests", images_of(look, "test", tests));
    result.set("trains", images_of(look, "train", trains));
    return result;
}

/// For each of these training images `draws` pictures.
val augmented_value(Look& look, const val& given, const val& images, int draws, int seed) {
    Augmentation augment;
    read_fields(json_of(given, Json::object()), augment, "augment");
    const auto size = static_cast<size_t>(look.data.card.image.count());
    Split result;
    uint32_t number = 0;
    for (const int32_t image : copy_in<int32_t>(images))
        for (int draw = 0; draw < draws; ++draw) {
            const auto at = static_cast<size_t>(image);
            result.labels.push_back(look.data.train.labels.at(at));
            const std::vector<uint8_t> picture =
                augmented_picture(look.data.train.images.data() + at * size, look.data.card, augment,
                                  static_cast<uint64_t>(seed), number++);
            result.images.insert(result.images.end(), picture.begin(), picture.end());
        }
    return pictures(look, std::move(result));
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_look) {
    function("lookNew", [](const val& card, int train, int test) {
        Look look;
        look.data.card = given_card(json_of(card).dump());
        const auto size = static_cast<size_t>(look.data.card.image.count());
        for (auto [split, count] : {std::pair{&look.data.train, train}, {&look.data.test, test}}) {
            split->images.reserve(static_cast<size_t>(count) * size);
            split->labels.reserve(static_cast<size_t>(count));
        }
        looks.emplace(next_look, std::move(look));
        return next_look++;
    });
    function("lookAdd", [](int id, const std::string& split, const val& pixels, const val& labels) {
        Look& look = looks.at(id);
        const Split piece = split_of(pixels, labels, look.data.card.image);
        check_split(piece, look.data.card, "images");
        look.search.reset();
        Split& whole = split_named(look, split);
        whole.images.insert(whole.images.end(), piece.images.begin(), piece.images.end());
        whole.labels.insert(whole.labels.end(), piece.labels.begin(), piece.labels.end());
    });
    function("lookDrop", [](int id) { looks.erase(id); });
    function("lookClasses",
             [](int id, const std::string& split) { return classes_value(looks.at(id), split); });
    function("lookSamples", [](int id, const std::string& split, int first, int count) {
        Look& look = looks.at(id);
        val result = val::array();
        for (const auto& numbers :
             samples_of_classes(split_named(look, split).labels, look.data.card.classes.size(),
                                static_cast<size_t>(first), static_cast<size_t>(count)))
            result.call<void>("push", chosen_value(look, split, numbers));
        return result;
    });
    function("lookImages", [](int id, const std::string& split, const val& indices) {
        const std::vector<int32_t> numbers = copy_in<int32_t>(indices);
        return images_of(looks.at(id), split, std::vector<size_t>(numbers.begin(), numbers.end()));
    });
    function("lookNeighbours", [](int id, const std::string& split, int image, int count) {
        return neighbours_value(looks.at(id), split, image, count);
    });
    function("lookFlaws", [](int id, double label_noise, double imbalance) {
        const Dataset& data = looks.at(id).data;
        return look_at_flaws(data.train.labels, data.card.classes.size(), static_cast<float>(label_noise),
                             static_cast<float>(imbalance));
    });
    function("lookMislabelled", [](int id, const std::string& split, int count, double share) {
        Look& look = looks.at(id);
        return mislabelled_value(look, split_named(look, split), count, share);
    });
    function("lookSearch", [](int id, double most) {
        Look& look = looks.at(id);
        look.search.emplace(look.data.train, look.data.test, look.data.card.image, most);
    });
    // The test images that are done.
    function("lookSearchSlice", [](int id, double milliseconds) {
        using Clock = std::chrono::steady_clock;
        NearDuplicates& search = looks.at(id).search.value();
        const auto end = Clock::now() + std::chrono::duration<double, std::milli>(milliseconds);
        while (search.run(8) && Clock::now() < end) {
        }
        return search.done();
    });
    function("lookDuplicates", [](int id, int most) { return duplicates_value(looks.at(id), most); });
    function("lookAugmented", [](int id, const val& augment, const val& images, int draws, int seed) {
        return augmented_value(looks.at(id), augment, images, draws, seed);
    });
    // {field: value}: one of each change, strong enough to see.
    function("lookExamples", [](int id) {
        Json examples = Json::object();
        for (const AugmentationExample& one : augmentation_examples(looks.at(id).data.card.image))
            examples[std::string(one.field)] = one.value;
        return examples;
    });
}

}  // namespace cnnlab::web
