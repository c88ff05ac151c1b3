#include "engine/data/card.hpp"

#include <set>

#include "engine/core/embedded.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/parse_json.hpp"

namespace cnnlab {

namespace {

void check_file(const DatasetFile& file, const std::string& place) {
    if (file.name.empty() || file.name.find_first_of("/\\") != std::string::npos) {
        throw Error(ErrorCode::out_of_range, place + ".name", say("card.file_name", file.name),
                    say("card.no_folder"));
    }
    if (file.sha256.size() != 64 || file.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
        throw Error(ErrorCode::out_of_range, place + ".sha256", say("card.sha256"), say("card.sha256sum"));
    }
}

void check_card(const DatasetCard& card, const std::string& place) {
    if (card.name.empty()) {
        throw Error(ErrorCode::out_of_range, place + ".name", say("value.is_empty"), say("card.give_name"));
    }
    for (const auto& [name, values] : {std::pair{".mean", &card.mean}, std::pair{".stddev", &card.stddev}}) {
        if (values->size() == static_cast<size_t>(card.image.channels)) continue;
        throw Error(ErrorCode::shape_mismatch, place + name, say("card.numbers", values->size()),
                    say("card.one_a_channel", card.image.channels));
    }
    const std::set<std::string> names(card.classes.begin(), card.classes.end());
    if (names.size() != card.classes.size()) {
        throw Error(ErrorCode::out_of_range, place + ".classes", say("card.class_twice"),
                    say("card.own_classes"));
    }
    for (size_t i = 0; i < card.files.size(); ++i) {
        check_file(card.files[i], place + ".files[" + std::to_string(i) + "]");
    }
}

}  // namespace

DatasetCard parse_card(std::string_view json, const std::string& place) {
    const Json root = parse_json(json, place);
    DatasetCard card;
    read_fields(root, card, place);
    check_card(card, place);
    return card;
}

std::string to_json(const DatasetCard& card) {
    // A class name may be a folder's name in any encoding; a card must not fail to print for that.
    return write_json(card).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const std::vector<DatasetCard>& built_in_cards() {
    static const std::vector<DatasetCard> cards = [] {
        std::vector<DatasetCard> result;
        for (const embedded::File& file : embedded::dataset_cards()) {
            result.push_back(parse_card(file.text, "datasets/" + std::string(file.name) + "/card.json"));
        }
        return result;
    }();
    return cards;
}

const DatasetCard& find_card(const std::string& name) {
    std::vector<std::string> known;
    for (const DatasetCard& card : built_in_cards()) {
        if (card.name == name) return card;
        known.push_back(card.name);
    }
    throw Error(ErrorCode::unknown_name, "dataset", say("data.unknown", name), suggest(name, known));
}

}  // namespace cnnlab
