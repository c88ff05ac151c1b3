#include "web/bindings/page_card.hpp"

#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"
#include "engine/model/experiment.hpp"

namespace cnnlab::web {

DatasetCard card_of_page(const std::string& text) {
    Json json = parse_json(text, "card");
    if (!json.is_object()) wrong_type("card", json, JsonKind::object);
    if (json.contains("std")) {
        json["stddev"] = json["std"];
        json.erase("std");
    }
    if (json.contains("image") && json["image"].is_array() && json["image"].size() == 3)
        json["image"] =
            Json{{"height", json["image"][0]}, {"width", json["image"][1]}, {"channels", json["image"][2]}};
    for (const char* key : {"licence", "source", "title"})
        if (!json.contains(key)) json[key] = "";
    if (!json.contains("format")) json["format"] = "folder";
    if (!json.contains("files")) json["files"] = Json::array();
    if (!json.contains("name")) json["name"] = "folder";
    return parse_card(json.dump(), "card");
}

Json card_for_page(const DatasetCard& card) {
    return {{"name", card.name},
            {"title", card.title},
            {"image", {card.image.height, card.image.width, card.image.channels}},
            {"classes", card.classes},
            {"mean", card.mean},
            {"std", card.stddev},
            {"licence", card.licence},
            {"source", card.source}};
}

}  // namespace cnnlab::web
