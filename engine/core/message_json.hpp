#pragma once

#include "engine/core/message.hpp"
#include "engine/core/spec.hpp"

namespace cnnlab {

/// A message as the page has it: {id, args, english}; an argument is its value, nothing is null.
[[nodiscard]] Json message_json(const Message& message);

/// For lists of fields that hold messages.
template <>
inline Json write_json<Message>(const Message& value) {
    return message_json(value);
}

}  // namespace cnnlab
