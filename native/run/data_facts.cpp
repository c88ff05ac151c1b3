#include "native/run/data_facts.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"
#include "native/run/image_checksum.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

constexpr size_t most_classes = 20;  ///< that are counted one by one in a line
constexpr size_t most_unused = 10;   ///< that a person reads before a training
constexpr double most_files = 1e12;  ///< beyond any data set that fits in memory

/// "30 + 6"; one number where the other split is empty.
std::string split_text(int64_t train, int64_t test, const Dataset& data) {
    if (data.train.count() == 0) return grouped_number(test);
    return grouped_number(train) + (data.test.count() > 0 ? " + " + grouped_number(test) : "");
}

/// "2 classes: cats 8 + 2, dogs 9 + 3"; shorter where all are alike or there are many.
std::string classes_line(const Dataset& data) {
    const std::vector<std::string>& classes = data.card.classes;
    const std::vector<int64_t> train = class_counts(data.train, classes.size()),
                               test = class_counts(data.test, classes.size());
    const auto same = [](const std::vector<int64_t>& counts) {
        return std::all_of(counts.begin(), counts.end(), [&](int64_t n) { return n == counts.front(); });
    };
    std::string text = grouped_number(static_cast<int64_t>(classes.size())) + " classes";
    if (classes.empty()) return text;
    if (same(train) && same(test) && classes.size() > 2)
        return text + " of " + split_text(train.front(), test.front(), data) + " images each";
    if (classes.size() > most_classes) {
        const auto [fewest, most] = std::minmax_element(train.begin(), train.end());
        const auto named = [&](auto at) {
            const auto c = static_cast<size_t>(at - train.begin());
            return classes[c] + " " + split_text(train[c], test[c], data);
        };
        return text + " from " + named(fewest) + " to " + named(most);
    }
    for (size_t c = 0; c < classes.size(); ++c)
        text += (c == 0 ? ": " : ", ") + classes[c] + " " + split_text(train[c], test[c], data);
    return text;
}

std::string unused_line(const std::string& path, int64_t files, const std::string& reason) {
    return "not used: " + path + (path.ends_with('/') ? " (" + count_text(files, "file") + ") " : " ") +
           reason;
}
std::string more_unused(size_t count) {
    return "not used: " + grouped_number(static_cast<int64_t>(count)) + " more";
}

}  // namespace

std::vector<int64_t> class_counts(const Split& split, size_t classes) {
    std::vector<int64_t> counts(classes, 0);
    for (const int32_t label : split.labels)
        if (label >= 0 && static_cast<size_t>(label) < classes) ++counts[static_cast<size_t>(label)];
    return counts;
}

std::vector<std::string> report_lines(const DataReport& report, size_t most) {
    std::vector<std::string> lines;
    for (const Message& note : report.notes) lines.push_back(note.english());
    for (size_t i = 0; i < std::min(most, report.unused.size()); ++i) {
        const UnusedFiles& one = report.unused[i];
        lines.push_back(unused_line(one.path, one.files, one.reason.english()));
    }
    if (report.unused.size() > most) lines.push_back(more_unused(report.unused.size() - most));
    return lines;
}

std::vector<std::string> data_lines(const Dataset& data) {
    const int64_t train = data.train.count(), test = data.test.count();
    std::string counts = train > 0 ? grouped_number(train) + " training" : "";
    if (test > 0 || train == 0) counts += (train > 0 ? " and " : "") + grouped_number(test) + " test";
    std::vector<std::string> lines{counts + " images, " +
                                   (data.origin == "generated" ? data.origin : "from " + data.origin)};
    if (!data.card.classes.empty()) lines.push_back(classes_line(data));
    for (std::string& line : report_lines(data.report, most_unused)) lines.push_back(std::move(line));
    return lines;
}

Json data_facts(const Dataset& data) {
    const size_t count = data.card.classes.size();
    const std::vector<int64_t> train = class_counts(data.train, count), test = class_counts(data.test, count);
    Json classes = Json::array(), notes = Json::array(), unused = Json::array();
    for (size_t c = 0; c < count; ++c)
        classes.push_back({{"name", data.card.classes[c]}, {"train", train[c]}, {"test", test[c]}});
    for (const Message& note : data.report.notes) notes.push_back(note.english());
    for (const UnusedFiles& one : data.report.unused)
        unused.push_back({{"path", one.path}, {"files", one.files}, {"reason", one.reason.english()}});
    return {{"origin", data.origin}, {"classes", classes}, {"notes", notes}, {"unused", unused}};
}

Json run_data_facts(const Dataset& data) {
    Json facts = data_facts(data);
    facts["test_checksum"] = split_checksum(data.test);
    return facts;
}

Json read_data_facts(const std::filesystem::path& run) {
    constexpr size_t largest = size_t{1} << 26U;
    const std::filesystem::path file = run / "data.json";
    try {
        const std::vector<uint8_t> bytes = read_file(file, largest);
        return parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
    } catch (const Error&) {
        return {};
    }
}

std::string other_tests(const Json& kept, const Dataset& now) {
    if (!kept.is_object() || !kept.contains("test_checksum") ||
        kept["test_checksum"] == split_checksum(now.test))
        return {};
    return "these are not the test images of the training. Where a share of the images is the test "
           "(dataset.test_share), one that is added or removed divides all anew: the network may have "
           "been trained on some of these";
}

std::vector<std::string> kept_data_lines(const Json& facts) {
    const auto list = [&](const char* key) {
        return facts.is_object() && facts.contains(key) && facts[key].is_array() ? facts[key] : Json::array();
    };
    const auto number = [](const Json& row, const char* key) {
        const bool has = row.is_object() && row.contains(key) && row[key].is_number();
        const double value = has ? row[key].get<double>() : 0;
        return value >= 0 && value <= most_files ? static_cast<int64_t>(value) : 0;
    };
    const auto word = [](const Json& row, const char* key) {
        return row.is_object() && row.contains(key) && row[key].is_string() ? row[key].get<std::string>()
                                                                            : "";
    };
    int64_t train = 0, test = 0;
    const Json classes = list("classes"), notes = list("notes"), unused = list("unused");
    for (const Json& row : classes) {
        train += number(row, "train");
        test += number(row, "test");
    }
    // The page, which does not know of all images how many each class has, tells how many there are.
    if (facts.is_object() && train == 0 && test == 0) {
        train = number(facts, "train");
        test = number(facts, "test");
    }
    const std::string origin = word(facts, "origin");
    std::vector<std::string> lines{grouped_number(train) + " training and " + grouped_number(test) +
                                   " test images of " + grouped_number(static_cast<int64_t>(classes.size())) +
                                   " classes, " + (origin == "generated" ? origin : "from " + origin)};
    for (const Json& note : notes)
        if (note.is_string()) lines.push_back(note.get<std::string>());
    for (size_t i = 0; i < std::min<size_t>(most_unused, unused.size()); ++i)
        lines.push_back(
            unused_line(word(unused[i], "path"), number(unused[i], "files"), word(unused[i], "reason")));
    if (unused.size() > most_unused) lines.push_back(more_unused(unused.size() - most_unused));
    return lines;
}

std::string json_text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

}  // namespace cnnlab
