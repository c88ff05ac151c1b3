#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// Why a training's figures would mean little, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence concern_sentences[] = {
    {"concern.no_logits",
     "is the last layer, but the loss {loss} takes logits, numbers of any size and sign, and applies a {own} "
     "itself: loss and probabilities will be wrong"},
    {"concern.remove_layer", "remove the layer"},
    {"concern.dropout_last",
     "sets outputs of the network to zero at random, which the loss takes as they are"},
    {"concern.dropout_earlier", "put it before the last layer with weights"},
    {"concern.single_value",
     "normalises over a single value a channel (one position of one image), so its output is the same for "
     "every image"},
    {"concern.larger_batch", "let train.batch be at least 2, or remove the layer"},
    {"concern.single_last",
     "the last batch of an epoch has a single image ({count} images in batches of {batch}), so it normalises "
     "over "
     "a single value a channel there"},
    {"concern.drop_last", "set train.drop_last to true, or choose another train.batch"},
    {"concern.no_running",
     "is 0, so the running mean and variance that test images are normalised with stay at 0 and 1"},
    {"concern.some_momentum", "give a small number, such as 0.1"},
    {"concern.softmax_of_one", "is over a single channel: its output is always 1"},
    {"concern.factor_zero", "is 0, so nothing of what comes in goes on"},
    {"concern.other_number", "give another number"},
    {"concern.much_dropout", "leaves fewer than one value in ten"},
    {"concern.less_dropout", "give 0.5 or less"},
    {"concern.rate_zero", "is 0: no weight would move"},
    {"concern.some_rate", "give a positive number, such as 0.001"},
    {"concern.momentum_one", "is 1: no step ever fades, so the weights swing for ever"},
    {"concern.less_momentum", "give 0.9 or so"},
    {"concern.nesterov_alone", "has no effect where momentum is 0"},
    {"concern.nesterov_momentum", "give momentum too, such as 0.9, or leave it out"},
    {"concern.rate_tiny", "is {rate}: weights have seven digits, and hardly one of them will change"},
    {"concern.clip_tiny", "is {norm}: every gradient is cut to that, so the weights hardly move"},
    {"concern.larger_clip", "give 1 or so, or 0, which is off"},
    {"concern.decay", "times the learning rate is {product}: each step takes more from a weight than it has"},
    {"concern.less_decay", "give a smaller number, such as 0.0005"},
    {"concern.linear",
     "follows {layer} without an activation between them: together they can do no more than one layer"},
    {"concern.add_activation", "put one between them, such as relu"},
    {"concern.groups_still", "leave no parameter that moves"},
    {"concern.free_a_group", "give at least one group a learning rate, or take the groups out"},
    {"concern.two_zeros", "is zeros, as that of {layer} before it: no gradient ever reaches either"},
    {"concern.other_start", "let one of them start otherwise, such as kaiming_uniform"},
    {"concern.all_smoothed", "is 1: every class is as right as any other, so there is nothing to learn"},
    {"concern.much_smoothed", "takes {share} of the target from the right class: answers will hardly differ"},
    {"concern.less_smoothing", "give 0.2 or less"},
    {"concern.all_blank", "blanks the whole of every training image"},
    {"concern.often_blank", "may blank the whole of a training image"},
    {"concern.out_of_sight", "may move a training image out of sight"},
    {"concern.smaller_cutout", "give fewer pixels: the images have {size}"},
    {"concern.one_class", "all training images are of one class ({name}), so there is nothing to tell apart"},
    {"concern.more_classes", "add images of another class, or raise dataset.train_limit"},
    {"concern.untrained", "no training image is of {classes}"},
    {"concern.more_images", "add images, or raise dataset.train_limit"},
    {"concern.untested", "no test image is of {classes}, so the test says nothing about that"},
    {"concern.no_tests",
     "there are no test images, so nothing will say how well the network does on new ones"},
    {"concern.some_tests", "add test images, or give dataset.test_share"},
    {"concern.more_tests", "add test images, or raise dataset.test_limit"},
    {"concern.same_images", "all {count} training images are the same"},
    {"concern.same_tests", "all {count} test images are the same"},
    {"concern.other_images", "look at the images, and at what was made of them"},
    {"concern.seen_tests",
     "{seen} of {count} test images are training images too, so the test accuracy will be too good"},
    {"concern.own_tests", "keep images for the test that are not trained on"},
    {"concern.batch", "is {batch}, but there are only {count} training images: each step takes all of them"},
    {"concern.smaller_batch", "give fewer than {count}"},
};

/// As say() of engine/core/messages.hpp: say_concern("concern.batch", 64, 8).
template <class... Args>
[[nodiscard]] Message say_concern(SentenceOf<concern_sentences, std::type_identity_t<Args>...> id,
                                  const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
