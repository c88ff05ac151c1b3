#include "engine/data/own_dataset.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/data/division.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/own_card.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

namespace {

constexpr int64_t most_classes = 10000;

void check_counts(const OwnSplit& split) {
    const int64_t images = static_cast<int64_t>(split.images.pixels.size()) / split.images.shape.count();
    if (images != split.labels.count())
        throw Error(ErrorCode::bad_file, split.labels_place,
                    say("idx.counts", split.labels.count(), images, split.images_place), say("idx.belong"));
}

/// The labels as class numbers, from names or from numbers that start at `first`.
std::vector<int32_t> numbered(const OwnSplit& split, const std::vector<std::string>& classes, int64_t first) {
    const Labels& labels = split.labels;
    std::vector<int32_t> result;
    result.reserve(static_cast<size_t>(labels.count()));
    const auto beyond = [&](size_t image, const std::string& label) {
        throw Error(ErrorCode::out_of_range, split.labels_place,
                    say("own.label", image, label, classes.size()), say("data.check_labels"));
    };
    for (size_t i = 0; i < labels.names.size(); ++i) {
        const auto at = std::find(classes.begin(), classes.end(), labels.names[i]);
        if (at == classes.end()) beyond(i, labels.names[i]);
        result.push_back(static_cast<int32_t>(at - classes.begin()));
    }
    for (size_t i = 0; labels.names.empty() && i < labels.numbers.size(); ++i) {
        const int64_t label = labels.numbers[i] - first;
        if (label < 0 || label >= static_cast<int64_t>(classes.size()))
            beyond(i, std::to_string(labels.numbers[i]));
        result.push_back(static_cast<int32_t>(label));
    }
    return result;
}

struct LabelRange {
    int64_t first = 0, last = 0;
};

LabelRange range_of(const OwnSplit& train, const std::optional<OwnSplit>& test) {
    LabelRange range{1, 0};
    for (const OwnSplit* split : {&train, test ? &*test : nullptr}) {
        if (split == nullptr) continue;
        for (size_t i = 0; i < split->labels.numbers.size(); ++i) {
            const int64_t label = split->labels.numbers[i];
            if (label >= most_classes)
                throw Error(ErrorCode::out_of_range, split->labels_place,
                            say("own.label", i, std::to_string(label), most_classes),
                            say("data.check_labels"));
            range.first = std::min(range.first, label);
            range.last = std::max(range.last, label);
        }
    }
    return range;
}

/// Class names where no file has them.
std::vector<std::string> names_from(const OwnSplit& train, const std::optional<OwnSplit>& test,
                                    LabelRange range) {
    std::set<std::string> names(train.labels.names.begin(), train.labels.names.end());
    if (test) names.insert(test->labels.names.begin(), test->labels.names.end());
    if (!names.empty()) return {names.begin(), names.end()};
    std::vector<std::string> classes;
    const size_t digits = std::to_string(range.last).size();
    for (int64_t label = range.first; label <= range.last; ++label) {
        const std::string text = std::to_string(label);
        classes.push_back(std::string(digits - text.size(), '0') + text);
    }
    return classes;
}

/// In the order in which a folder of classes is read, so that a saved run goes on there with the same steps.
void sort_by_class(Split& split, size_t image_size) {
    if (std::is_sorted(split.labels.begin(), split.labels.end())) return;
    std::vector<size_t> order(split.labels.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return split.labels[a] < split.labels[b]; });
    std::vector<int32_t> labels;
    labels.reserve(order.size());
    for (const size_t from : order) labels.push_back(split.labels[from]);
    split.labels = std::move(labels);
    // The images where they are, one circle of places after the other: a second copy takes time and memory.
    const auto image = [&](size_t i) {
        return split.images.begin() + static_cast<std::ptrdiff_t>(i * image_size);
    };
    std::vector<uint8_t> first(image_size);
    for (size_t start = 0; start < order.size(); ++start) {
        if (order[start] == start) continue;
        std::copy_n(image(start), image_size, first.begin());
        size_t to = start;
        while (order[to] != start) {
            const size_t from = order[to];
            std::copy_n(image(from), image_size, image(to));
            order[to] = to;
            to = from;
        }
        std::copy_n(first.begin(), image_size, image(to));
        order[to] = to;
    }
}

/// Takes test images out of the training images, class by class.
Split divide(Split& train, size_t classes, size_t image_size, const datasets::Folder& own) {
    std::vector<size_t> counts(classes, 0), seen(classes, 0);
    for (const int32_t label : train.labels) ++counts[static_cast<size_t>(label)];
    std::vector<std::vector<bool>> is_test;
    for (size_t label = 0; label < classes; ++label)
        is_test.push_back(test_images_of(counts[label], static_cast<double>(own.test_share), own.seed,
                                         static_cast<uint32_t>(label)));
    Split test, rest;
    for (size_t i = 0; i < train.labels.size(); ++i) {
        const auto label = static_cast<size_t>(train.labels[i]);
        Split& to = is_test[label][seen[label]++] ? test : rest;
        const auto begin = train.images.begin() + static_cast<std::ptrdiff_t>(i * image_size);
        to.images.insert(to.images.end(), begin, begin + static_cast<std::ptrdiff_t>(image_size));
        to.labels.push_back(train.labels[i]);
    }
    train = std::move(rest);
    return test;
}

/// Whether these are the images of a card: data sets of one shape are told apart by their brightness.
bool is_of(const DatasetCard& card, const DatasetCard& mine, int64_t train_count) {
    return card.train_count > 0 && card.train_count == train_count && card.image == mine.image &&
           card.classes.size() >= mine.classes.size() && are_near(card.mean, mine.mean) &&
           are_near(card.stddev, mine.stddev);
}

/// Fields of folders of pictures say nothing to other files.
void note_unused_fields(const datasets::Folder& own, const ImageShape& shape, bool tested,
                        DataReport& report) {
    const datasets::Folder usual;
    const auto note = [&](const char* field) {
        report.notes.push_back(say_file("folder.field_unused", field));
    };
    if (own.size != usual.size && own.size != Pair{shape.height, shape.width}) note("size");
    if (own.grey && shape.channels != 1) note("grey");
    if (tested && own.test_share != usual.test_share) note("test_share");
    if (tested && own.seed != usual.seed) note("seed");
    if (own.layout != usual.layout) note("layout");
    if (own.validation != usual.validation) note("validation");
    if (own.skip_bad) note("skip_bad");
}

}  // namespace

Dataset own_dataset(OwnSplit train, std::optional<OwnSplit> test, std::vector<std::string> classes,
                    const datasets::Folder& own, const std::string& title) {
    check_counts(train);
    const ImageShape shape = train.images.shape;
    if (test) {
        check_counts(*test);
        if (!(test->images.shape == shape))
            throw Error(ErrorCode::bad_file, test->images_place,
                        say("idx.size_other", test->images.shape.str(), shape.str()), say("idx.belong"));
    }
    LabelRange range;
    if (classes.empty()) {
        range = range_of(train, test);
        classes = names_from(train, test, range);
    }
    if (classes.size() < 2)
        throw Error(ErrorCode::missing_data, train.labels_place, say("own.one_class"),
                    say("own.two_classes"));
    Dataset data;
    data.card = find_card("folder");
    data.card.image = shape;
    data.card.classes = classes;
    data.train.labels = numbered(train, classes, range.first);
    data.train.images = std::move(train.images.pixels);
    if (test) {
        data.test.labels = numbered(*test, classes, range.first);
        data.test.images = std::move(test->images.pixels);
    }
    note_unused_fields(own, shape, test.has_value(), data.report);
    normalise_by(data.train, data.card);
    for (const DatasetCard& card : built_in_cards()) {
        if (!test || !is_of(card, data.card, data.train.count())) continue;
        data.card = card;
        return data;
    }
    data.card.title = is_mnist(data.train, data.card) ? "MNIST" : title;
    datasets::Folder format = own;
    format.size = {shape.height, shape.width};
    format.grey = shape.channels == 1;
    data.card.format = format;
    const auto image_size = static_cast<size_t>(shape.count());
    if (!test) {
        data.test = divide(data.train, classes.size(), image_size, own);
        normalise_by(data.train, data.card);
    }
    sort_by_class(data.train, image_size);
    sort_by_class(data.test, image_size);
    return data;
}

}  // namespace cnnlab
