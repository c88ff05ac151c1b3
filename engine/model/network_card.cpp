#include "engine/model/network_card.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"

namespace cnnlab {

NetworkCard NetworkCard::parse(const Json& json, const std::string& place) {
    NetworkCard card;
    read_json(json, card, place);
    if (card.layers.empty() || card.layers.size() > ModelSpec::most_layers)
        throw Error(ErrorCode::out_of_range, place + ".layers", say("experiment.layers", card.layers.size()),
                    say("experiment.fewer_layers", ModelSpec::most_layers));
    return card;
}

std::vector<std::string> network_names() {
    std::vector<std::string> names;
    for (const auto& file : embedded::networks()) names.emplace_back(file.name);
    std::sort(names.begin(), names.end());
    return names;
}

NetworkCard network_card(const std::string& name) {
    for (const auto& file : embedded::networks())
        if (file.name == name) return NetworkCard::parse(parse_json(file.text, name), name);
    throw Error(ErrorCode::unknown_name, "base.file", say("name.unknown", name),
                suggest(name, network_names()));
}

}  // namespace cnnlab
