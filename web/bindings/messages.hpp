#pragma once

#include "engine/core/message.hpp"

/// What the bindings say of their own, by key, beside the engine's messages (engine/core/messages.hpp).
namespace cnnlab::web {

inline constexpr Sentence binding_sentences[] = {
    {"session.not_open", "is not open"},
    {"session.open_new", "open a new one"},
    {"lines.not_drawn", "\"{name}\" is not drawn by the program"},
    {"lines.give_images", "give its images"},
    {"images.none", "has no image {index}"},
    {"images.count", "there are {images}"},
    {"tensor.axes", "has {axes} axes"},
    {"tensor.give_axes", "give one to four"},
    {"tensor.axis", "has an axis of {extent}"},
    {"tensor.give_extent", "give at least 1"},
    {"tensor.numbers", "has {numbers} numbers for {places} places"},
    {"tensor.as_shape", "give as many as the shape says"},
    {"convolution.large", "{size} does not fit a {rows}×{columns} map"},
    {"convolution.smaller_or_padding", "use a smaller one, or padding"},
    {"convolution.shape", "is {shape}"},
    {"convolution.give_input", "give height × width × channels"},
    {"convolution.kernel", "is {shape} for an input of {input}"},
    {"convolution.give_kernel", "give filters × height × width × channels, with the input's channels"},
    {"convolution.size", "is empty or too large to show"},
    {"convolution.smaller", "use a smaller one"},
    {"convolution.bias", "has {numbers} numbers"},
    {"convolution.give_bias", "give one for each filter"},
    {"convolution.give_shape", "give {shape}"},
    {"evaluate.none", "no evaluation is under way"},
    {"evaluate.begin", "begin one"},
    {"tap.no_images", "was given no images"},
    {"tap.choose", "choose at least one"},
    {"tap.none", "none is under way"},
    {"tap.begin", "begin one"},
};

/// say("tensor.axes", 5): the sentence of a key with its arguments.
template <class... Args>
[[nodiscard]] Message say(SentenceOf<binding_sentences, std::type_identity_t<Args>...> id,
                          const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab::web
