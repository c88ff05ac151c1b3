#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of files among people's images, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence file_sentences[] = {
    {"unused.of_no_set", "is none of the files of this data set"},
    {"unused.archive", "is an archive beside other files: unpack it, or give it by itself"},
};

/// As say() of engine/core/messages.hpp: say_file("unused.archive").
template <class... Args>
[[nodiscard]] Message say_file(SentenceOf<file_sentences, std::type_identity_t<Args>...> id,
                               const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
