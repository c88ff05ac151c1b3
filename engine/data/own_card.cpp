#include "engine/data/own_card.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/names.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

namespace {

constexpr float rounding = 0.001F;  ///< of what cards say of a mean

std::vector<int64_t> label_counts(const Split& split, size_t classes) {
    std::vector<int64_t> counts(classes, 0);
    for (const int32_t label : split.labels)
        if (static_cast<size_t>(label) < classes) ++counts[static_cast<size_t>(label)];
    return counts;
}

/// Mean of each channel, of pixels / 255, and how far that of this many images may be from that of all.
struct Brightness {
    std::vector<float> mean;
    double slack = 0;
};

Brightness brightness_of(const Split& split, const ImageShape& shape) {
    const auto channels = static_cast<size_t>(shape.channels), size = static_cast<size_t>(shape.count());
    // Some thousand images tell as much, and take no time.
    constexpr int64_t enough = 2000;
    const size_t step = size * static_cast<size_t>(std::max<int64_t>(split.count() / enough, 1));
    std::vector<double> sums(channels, 0);
    double count = 0, sum = 0, squares = 0;
    for (size_t at = 0; at + size <= split.images.size(); at += step) {
        ++count;
        double image = 0;
        for (size_t channel = 0; channel < channels; ++channel) {
            uint64_t values = 0;
            for (size_t i = at + channel; i < at + size; i += channels) values += split.images[i];
            sums[channel] += static_cast<double>(values);
            image += static_cast<double>(values);
        }
        image /= 255.0 * static_cast<double>(size);
        sum += image;
        squares += image * image;
    }
    Brightness brightness;
    for (const double channel : sums)
        brightness.mean.push_back(
            static_cast<float>(channel / (255.0 * count * static_cast<double>(shape.positions()))));
    const double mean = sum / count, deviation = std::sqrt(std::max(squares / count - mean * mean, 0.0));
    // Few images tell little of how different images are.
    brightness.slack = double{rounding} + 4 * std::max(deviation, 0.1) / std::sqrt(count);
    return brightness;
}

bool is_within(const Brightness& mine, const std::vector<float>& mean) {
    return std::equal(mine.mean.begin(), mine.mean.end(), mean.begin(), mean.end(),
                      [&](float a, float b) { return std::abs(double{a} - double{b}) <= mine.slack; });
}

std::string mean_text(const std::vector<float>& values) {
    std::string text;
    for (const float value : values)
        text += (text.empty() ? "" : ", ") + short_float(std::round(value * 1000) / 1000);
    return text;
}

}  // namespace

bool are_near(const std::vector<float>& a, const std::vector<float>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](float x, float y) { return std::abs(x - y) < rounding; });
}

bool is_mnist(const Split& train, const DatasetCard& card) {
    // how often each digit is there, which nobody else's images have
    const std::vector<int64_t> digits{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
    return card.classes.size() == digits.size() && label_counts(train, digits.size()) == digits &&
           are_near(card.mean, {0.1307F});
}

bool is_by_number(const std::vector<std::string>& classes) {
    const auto is = [&](size_t first) {
        for (size_t i = 0; i < classes.size(); ++i)
            if (classes[i].find_first_not_of("0123456789") != std::string::npos || classes[i].empty() ||
                classes[i].size() > 6 || std::stoul(classes[i]) != i + first)
                return false;
        return true;
    };
    return is(0) || is(1);
}

void name_by_number(Dataset& data, size_t least) {
    size_t count = least;
    for (const Split* split : {&data.train, &data.test})
        for (const int32_t label : split->labels) count = std::max(count, static_cast<size_t>(label) + 1);
    const size_t digits = std::to_string(count - 1).size();
    data.card.classes.clear();
    for (size_t label = 0; label < count; ++label) {
        const std::string text = std::to_string(label);
        data.card.classes.push_back(std::string(digits - text.size(), '0') + text);
    }
}

void compare_with_run(Dataset& data, const DatasetCard& run) {
    if (data.test.count() == 0 || run.mean.size() != data.card.mean.size()) return;
    const Brightness mine = brightness_of(data.test, data.card.image);
    if (!is_within(mine, run.mean))
        data.report.notes.push_back(say("data.other_than_run", mean_text(mine.mean), mean_text(run.mean)));
}

void check_card(Dataset& data) {
    const Split& split = data.train.count() > 0 ? data.train : data.test;
    if (split.count() == 0) return;
    const size_t classes = data.card.classes.size();
    int32_t largest = 0;
    for (const Split* one : {&data.train, &data.test})
        for (const int32_t label : one->labels) largest = std::max(largest, label);
    const Brightness mine = brightness_of(split, data.card.image);
    const bool is_near = is_within(mine, data.card.mean);
    if (is_near && static_cast<size_t>(largest) < classes) return;
    data.report.notes.push_back(
        is_near ? say("data.other_labels", data.card.title, largest)
                : say("data.other_images", data.card.title, mean_text(mine.mean), mean_text(data.card.mean)));
    name_by_number(data, classes);
    normalise_by(split, data.card);
    data.card.title = is_mnist(split, data.card) ? "MNIST" : "IDX";
    if (!std::holds_alternative<datasets::Idx>(data.card.format)) data.card.title = "Own images";
}

void adopt_classes(Dataset& data, const std::vector<std::string>& classes) {
    const auto refuse = [&](const std::string& name) {
        throw Error(ErrorCode::missing_data, data.origin, say("data.other_class", name),
                    say("data.classes_of_run", classes));
    };
    for (const Split* split : {&data.train, &data.test})
        for (const int32_t label : split->labels)
            if (static_cast<size_t>(label) >= data.card.classes.size()) refuse(std::to_string(label));
    if (data.card.classes == classes) return;
    std::vector<int32_t> label_of;
    // Files of labels hold numbers; folders have names.
    const bool by_number = !std::holds_alternative<datasets::Folder>(data.card.format);
    for (size_t i = 0; i < data.card.classes.size(); ++i) {
        const std::string& name = data.card.classes[i];
        auto at = std::find(classes.begin(), classes.end(), name);
        if (at == classes.end() && by_number && i < classes.size())
            at = classes.begin() + static_cast<std::ptrdiff_t>(i);
        label_of.push_back(at == classes.end() ? -1 : static_cast<int32_t>(at - classes.begin()));
    }
    for (Split* split : {&data.train, &data.test}) {
        for (int32_t& label : split->labels) {
            const int32_t known = label_of[static_cast<size_t>(label)];
            if (known < 0) refuse(data.card.classes[static_cast<size_t>(label)]);
            label = known;
        }
    }
    data.card.classes = classes;
}

}  // namespace cnnlab
