#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of picture files, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence picture_sentences[] = {
    {"picture.cut", "ends too early: it is damaged or was not copied completely"},
    {"picture.unknown_form", "has an unknown compression or number of bits a pixel"},
    {"picture.empty", "has no pixels"},
    {"picture.too_large", "has {width}×{height} pixels, more than {most}"},
    {"picture.replace", "remove the file or replace it by a whole picture"},
};

/// As say() of engine/core/messages.hpp: say_picture("picture.cut").
template <class... Args>
[[nodiscard]] Message say_picture(SentenceOf<picture_sentences, std::type_identity_t<Args>...> id,
                                  const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
