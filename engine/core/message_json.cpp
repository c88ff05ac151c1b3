#include "engine/core/message_json.hpp"

namespace cnnlab {

Json message_json(const Message& message) {
    const auto& values = message.arguments();
    switch (message.kind()) {
        case Message::Kind::nothing:
            return {};
        case Message::Kind::text:
            return message.text();
        case Message::Kind::number:
            // a longer one would lose digits as a number of JavaScript
            return message.text().size() > 15 ? Json(message.text()) : Json(std::stoll(message.text()));
        case Message::Kind::list: {
            Json list = Json::array();
            for (const Message& item : values) list.push_back(message_json(item));
            return list;
        }
        case Message::Kind::sentence:
            break;
    }
    Json args = Json::object();
    const SentenceNames names = message.names();
    for (size_t i = 0; i < values.size(); ++i) args[std::string(names.names[i])] = message_json(values[i]);
    return {{"id", message.text()}, {"args", args}, {"english", message.english()}};
}

}  // namespace cnnlab
