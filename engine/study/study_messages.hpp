#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of studies, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence study_sentences[] = {
    {"study.no_values", "has no values"},
    {"study.give_values", "give at least one"},
    {"study.give_fields", "give fields with lists of values"},
    {"study.give_list", "give a list of values"},
    {"study.same_name", "\"{name}\" is the name of another variant"},
    {"study.name_each", "give each a name of its own"},
    {"study.unknown", "\"{name}\" is not a known study"},
    {"setting.no_path", "has no path and value"},
    {"setting.write", "write a field and its value, as in optimizer.lr=0.01"},
};

/// As say() of engine/core/messages.hpp: say_study("study.no_values").
template <class... Args>
[[nodiscard]] Message say_study(SentenceOf<study_sentences, std::type_identity_t<Args>...> id,
                                const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
