#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of MATLAB's files, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence matlab_sentences[] = {
    {"matlab.not_here",
     "is a MATLAB file, which only the command line reads, and only where matio was there to build it"},
    {"matlab.convert",
     "give it to the command line, not packed, or save its arrays as .npz (scipy.io.loadmat, numpy.savez)"},
};

/// As say() of engine/core/messages.hpp: say_matlab("matlab.convert").
template <class... Args>
[[nodiscard]] Message say_matlab(SentenceOf<matlab_sentences, std::type_identity_t<Args>...> id,
                                 const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
