#include "tests/cases.hpp"

#include <algorithm>

#include "engine/model/experiment.hpp"
#include "tests/embedded_cases.hpp"

namespace cnnlab::test {

namespace {

/// [height, width, channels, batch] or [height, width, channels, batch, count].
CaseSize size_of(const Json& numbers, const std::string& place) {
    if (!numbers.is_array() || numbers.size() < 4 || numbers.size() > 5)
        wrong_type(place, numbers, "[height, width, channels, batch] and perhaps a count");
    CaseSize size{numbers[0], numbers[1], numbers[2], numbers[3]};
    if (numbers.size() == 5) size.count = numbers[4];
    return size;
}

/// One size, or a list of them; none where the row has no such column.
std::vector<CaseSize> sizes_of(const Json& row, const std::string& column, const std::string& place) {
    if (!row.contains(column)) return {};
    const Json& value = row.at(column);
    std::vector<CaseSize> sizes;
    if (value.is_array() && (value.empty() || value[0].is_array()))
        for (const Json& one : value) sizes.push_back(size_of(one, place + "." + column));
    else
        sizes.push_back(size_of(value, place + "." + column));
    return sizes;
}

/// A golden file's name: the column itself, or its "name".
std::string golden_name(const Json& row) {
    if (!row.contains("golden")) return {};
    const Json& golden = row.at("golden");
    return golden.is_string() ? golden.get<std::string>() : golden.at("name").get<std::string>();
}

CasePlace place_of(const Json& row, const std::string& where) {
    const std::string word = row.value("place", "middle");
    if (word == "middle") return CasePlace::middle;
    if (word == "image") return CasePlace::image;
    if (word == "whole") return CasePlace::whole;
    throw Error(ErrorCode::unknown_name, where + ".place", "is \"" + word + "\"",
                "use middle, image or whole");
}

std::string without_brackets(const Json& layers) {
    const std::string text = layers.dump();
    return text.substr(1, text.size() - 2);
}

LayerCase layer_case(const Json& row, const std::string& place) {
    LayerCase found;
    found.family = row.at("family");
    found.name = row.at("name");
    found.layers = without_brackets(row.at("layers"));
    found.place = place_of(row, place);
    found.slack = row.value("slack", 1.0);
    found.gradients = sizes_of(row, "gradients", place);
    found.timing = sizes_of(row, "timing", place);
    found.golden = golden_name(row);
    found.conformance = sizes_of(row, "conformance", place);
    // A case that only another suite names is compared with the reference at that suite's size.
    if (row.contains("conformance")) return found;
    found.conformance = found.gradients;
    if (found.conformance.empty() && !found.golden.empty())
        found.conformance.push_back({7, 6, found.place == CasePlace::middle ? 4 : 3, 4});
    return found;
}

LossCase loss_case(const Json& row) {
    LossCase found;
    found.name = row.at("name");
    found.loss = row.at("loss").dump();
    if (row.contains("conformance")) {
        found.outputs = row.at("conformance").at(0);
        found.batch = row.at("conformance").at(1);
    }
    if (row.contains("gradients")) {
        const Json& numbers = row.at("gradients");
        found.gradient_outputs = numbers.at(0);
        found.gradient_batch = numbers.at(1);
        if (numbers.size() > 2) found.gradient_count = numbers.at(2);
    }
    return found;
}

CaseTable read_table() {
    const Json json = parse_json(embedded_cases(), "tests/cases.json");
    CaseTable table;
    const auto each = [&](const char* section, const auto& read) {
        size_t number = 0;
        for (const Json& row : json.at(section))
            read(row, std::string(section) + "[" + std::to_string(number++) + "]");
    };
    each("layers", [&](const Json& row, const std::string& place) {
        table.layers.push_back(layer_case(row, place));
        if (!table.layers.back().golden.empty()) table.golden.push_back(table.layers.back().golden);
    });
    each("losses", [&](const Json& row, const std::string&) { table.losses.push_back(loss_case(row)); });
    each("optimizers", [&](const Json& row, const std::string&) {
        table.optimizers.push_back({row.at("name"), row.at("optimizer").dump(), row.value("slack", 1.0)});
    });
    each("trainings", [&](const Json& row, const std::string&) { table.golden.push_back(row.at("name")); });
    return table;
}

}  // namespace

std::vector<std::string> CaseTable::families() const {
    std::vector<std::string> found;
    for (const LayerCase& one : layers)
        if (std::find(found.begin(), found.end(), one.family) == found.end()) found.push_back(one.family);
    return found;
}

const CaseTable& case_table() {
    static const CaseTable table = read_table();
    return table;
}

Json golden_layers(const std::string& golden) {
    const Json json = parse_json(embedded_cases(), "tests/cases.json");
    for (const Json& row : json.at("trainings"))
        if (row.at("name") == golden) return row.at("layers");
    for (const Json& row : json.at("layers"))
        if (golden_name(row) == golden) {
            Json layers = row.at("layers");
            if (place_of(row, golden) == CasePlace::whole) return layers;
            layers.insert(layers.begin(), Json{{"type", "conv2d"}, {"out_channels", 4}, {"kernel", 1}});
            layers.push_back(Json{{"type", "flatten"}});
            layers.push_back(Json{{"type", "dense"}, {"out_features", 3}});
            return layers;
        }
    throw Error(ErrorCode::unknown_name, golden, "is the golden file of no row of tests/cases.json",
                "add a row, or remove the file");
}

}  // namespace cnnlab::test
