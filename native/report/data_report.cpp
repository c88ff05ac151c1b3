#include "native/report/data_report.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/drawing/svg.hpp"
#include "engine/look/augmented.hpp"
#include "native/report/class_histogram_svg.hpp"
#include "native/report/histogram_svg.hpp"
#include "native/report/html.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

constexpr size_t most_classes = 100, samples = 10, neighbours = 8, most_pairs = 24, draws = 8;

/// The images of one data set, with words about them.
class Pictures {
  public:
    Pictures(const Dataset& data, bool has_test) : data_(&data), has_test_(has_test) {}

    [[nodiscard]] const std::string& name(int32_t label) const {
        return data_->card.classes[static_cast<size_t>(label)];
    }
    /// Those that neighbours are looked for.
    [[nodiscard]] const Split& asked() const { return has_test_ ? data_->test : data_->train; }
    [[nodiscard]] std::string train(int64_t image) const { return one(data_->train, "training", image); }
    [[nodiscard]] std::string of_asked(int64_t image) const {
        return one(asked(), has_test_ ? "test" : "training", image);
    }

    /// With a caption; a class that differs from `than` stands out.
    [[nodiscard]] std::string neighbour(int64_t image, double distance, int32_t than) const {
        const int32_t label = data_->train.labels[static_cast<size_t>(image)];
        const std::string word = escape_xml(name(label));
        return "<figure>" + train(image) + "<figcaption>" +
               (label == than ? word : "<span class=\"other\">" + word + "</span>") + "<br>" +
               short_number(distance, 3) + "</figcaption></figure>";
    }

  private:
    [[nodiscard]] std::string one(const Split& split, const char* kind, int64_t image) const {
        const auto i = static_cast<size_t>(image);
        const uint8_t* pixels = split.images.data() + i * static_cast<size_t>(data_->card.image.count());
        return html_image(picture_of(pixels, data_->card.image),
                          name(split.labels[i]) + ", " + kind + " image " + std::to_string(image));
    }

    const Dataset* data_;
    bool has_test_;
};

std::string section(const std::string& title, const std::string& note, const std::string& body) {
    return "<h2>" + title + "</h2>\n<p>" + note + "</p>\n<div class=\"wide\">" + body + "</div>\n";
}

std::string class_rows(const Dataset& data, const DataLook& look, const Pictures& pictures) {
    const size_t classes = std::min(data.card.classes.size(), most_classes);
    const auto shown = samples_of_classes(data.train.labels, data.card.classes.size(), 0, samples);
    std::string rows = "<table>\n<tr><th>class</th><th>mean</th><th>first images</th></tr>\n";
    for (size_t c = 0; c < classes; ++c) {
        const std::vector<uint8_t> mean = look.classes[c].mean_picture();
        rows += "<tr><th scope=\"row\">" + escape_xml(data.card.classes[c]) + "</th><td>" +
                html_image(picture_of(mean.data(), data.card.image),
                           data.card.classes[c] + ", mean of " + grouped_number(look.classes[c].count)) +
                "</td><td class=\"images\">";
        for (const size_t image : shown[c]) rows += pictures.train(static_cast<int64_t>(image)) + "\n";
        rows += "</td></tr>\n";
    }
    return rows + "</table>";
}

std::string neighbour_rows(const DataLook& look, const Pictures& pictures) {
    std::string rows;
    for (const auto& [image, nearest] : look.neighbours) {
        const int32_t label = pictures.asked().labels[static_cast<size_t>(image)];
        rows += "<div class=\"row\"><figure class=\"asked\">" + pictures.of_asked(image) + "<figcaption>" +
                escape_xml(pictures.name(label)) + "<br>image " + std::to_string(image) +
                "</figcaption></figure> ";
        for (const Neighbour& one : nearest) rows += pictures.neighbour(one.image, one.distance, label);
        rows += "</div>\n";
    }
    return rows;
}

std::string duplicate_section(const Dataset& data, const DataLook& look, const Pictures& pictures) {
    if (data.test.count() == 0 || data.train.count() == 0)
        return section("Near-duplicates",
                       "There is one split only, so no test image can be a training image too.", "");
    const auto found = static_cast<int64_t>(look.duplicates.size());
    const std::string note =
        "<b>" + count_text(found, "test image") + " of " + grouped_number(data.test.count()) + " (" +
        short_number(100.0 * static_cast<double>(found) / static_cast<double>(data.test.count()), 2) +
        " %)</b> " + (found == 1 ? "has" : "have") + " a training image within a distance of " +
        short_number(look.most_distance, 3) + ", " + grouped_number(look.disagreeing(data)) +
        " of them with another label. All pairs were compared. Mirrored, shifted or recoloured copies "
        "are not found.";
    std::string pairs;
    for (size_t i = 0; i < std::min(look.duplicates.size(), most_pairs); ++i) {
        const NearDuplicate& pair = look.duplicates[i];
        const int32_t label = data.test.labels[static_cast<size_t>(pair.test)];
        pairs += "<div class=\"pair\"><figure class=\"asked\">" + pictures.of_asked(pair.test) +
                 "<figcaption>" + escape_xml(pictures.name(label)) + "<br>test " + std::to_string(pair.test) +
                 "</figcaption></figure>" + pictures.neighbour(pair.train, pair.distance, label) + "</div>\n";
    }
    return section("Near-duplicates between test and training images", note, pairs);
}

std::string augmentation_rows(const Dataset& data) {
    std::string rows = "<table>\n<tr><th>augment</th><th>image</th><th>drawn</th></tr>\n";
    size_t image = 0;
    const auto examples = augmentation_examples(data.card.image);
    for (const AugmentationExample& example : examples) {
        // Another image a row, from all over the split.
        const size_t number = image++ * data.train.labels.size() / examples.size();
        const uint8_t* pixels =
            data.train.images.data() + number * static_cast<size_t>(data.card.image.count());
        const std::string field(example.field), value = short_number(example.value);
        rows += "<tr><th scope=\"row\"><code>" + field + ": " +
                (field == "horizontal_flip" ? "true" : value) + "</code></th><td>" +
                html_image(picture_of(pixels, data.card.image), "image " + std::to_string(number)) +
                "</td><td class=\"images\">";
        for (uint32_t draw = 0; draw < draws; ++draw)
            rows +=
                html_image(picture_of(augmented_picture(pixels, data.card, example.augment, 1, draw).data(),
                                      data.card.image),
                           field + ", draw " + std::to_string(draw + 1)) +
                "\n";
        rows += "</td></tr>\n";
    }
    return rows + "</table>";
}

}  // namespace

int64_t DataLook::disagreeing(const Dataset& data) const {
    return cnnlab::disagreeing(duplicates, data.train, data.test);
}

DataLook look_at_data(const Dataset& data, std::vector<int64_t> near, double most_distance) {
    const bool has_test = data.test.count() > 0;
    const Split& asked = has_test ? data.test : data.train;
    DataLook look;
    look.train = compute_statistics(data.train, data.card);
    look.test = compute_statistics(data.test, data.card);
    look.classes = look_at_classes(data.train, data.card);
    if (near.empty())
        for (const auto& first : samples_of_classes(asked.labels, data.card.classes.size(), 0, 1))
            if (!first.empty() && near.size() < most_classes) near.push_back(static_cast<int64_t>(first[0]));
    const auto size = static_cast<size_t>(data.card.image.count());
    for (const int64_t image : near) {
        if (image < 0 || image >= asked.count())
            throw Error(ErrorCode::out_of_range, "--near " + std::to_string(image),
                        has_test ? "is no test image" : "is no training image",
                        "give a number from 0 to " + std::to_string(asked.count() - 1));
        const std::span<const uint8_t> pixels(asked.images.data() + static_cast<size_t>(image) * size, size);
        look.neighbours.emplace_back(image, has_test ? nearest_images(pixels, data.train, neighbours)
                                                     : nearest_images(pixels, data.train, neighbours, image));
    }
    NearDuplicates search(data.train, data.test, data.card.image, most_distance);
    search.run(data.test.count());
    look.duplicates = search.found();
    look.most_distance = most_distance;
    return look;
}

std::string data_report_html(const Dataset& data, const DataLook& look,
                             const std::vector<std::string>& facts) {
    const DatasetCard& card = data.card;
    const bool has_test = data.test.count() > 0;
    const Pictures pictures(data, has_test);
    std::string body = "<ul>\n";
    for (const std::string& line : facts) body += "<li>" + escape_xml(line) + "</li>\n";
    body += "<li>" + escape_xml(card.licence) + "; " + escape_xml(card.source) + "</li>\n</ul>\n";
    body += section("Classes", "How many images each has.", classes_svg(look.train, look.test, card));
    const std::string cut =
        card.classes.size() > most_classes ? " The first " + std::to_string(most_classes) + " classes." : "";
    body += section("Images of each class",
                    "The mean of all training images of a class, pixel by pixel, and its first ones." + cut,
                    class_rows(data, look, pictures));
    std::string by_class;
    for (const std::string& chart : class_histogram_svgs(look.classes, card)) by_class += chart;
    body +=
        section("Pixel values", "Of all training images, then class by class, all to the same scale." + cut,
                intensity_svg(look.train, card) + "<div class=\"charts\">" + by_class + "</div>");
    body += section("Nearest neighbours",
                    std::string(has_test ? "Test images" : "Training images") +
                        " and the training images that are nearest to them; another class is underlined. The "
                        "distance is the root mean square of the differences of their pixels, from 0 (equal) "
                        "to 1 (black and white).",
                    neighbour_rows(look, pictures));
    body += duplicate_section(data, look, pictures);
    if (data.train.count() > 0)
        body += section("Augmentation",
                        "What training may see in place of an image: each change alone, eight draws. An "
                        "experiment's <code>augment</code> sets them.",
                        augmentation_rows(data));
    return html_page(card.title, body);
}

}  // namespace cnnlab
