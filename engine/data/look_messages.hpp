#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of data that are looked at or changed on purpose, by key, beside the other messages
/// (engine/core/messages.hpp).
inline constexpr Sentence look_sentences[] = {
    {"look.one_class", "there is no other class that a label could be replaced by"},
    {"look.two_classes", "use images of two classes or more, or label_noise 0"},
    {"look.noise", "on purpose, the labels of {count} of {total} training images are those of another class"},
    {"look.imbalance", "on purpose, a class has from {most} down to {fewest} training images"},
};

/// As say() of engine/core/messages.hpp: say_look("look.one_class").
template <class... Args>
[[nodiscard]] Message say_look(SentenceOf<look_sentences, std::type_identity_t<Args>...> id,
                               const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
