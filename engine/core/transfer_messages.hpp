#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of frozen layers and of networks with a base, by key, beside the other messages (messages.hpp).
inline constexpr Sentence transfer_sentences[] = {
    {"transfer.split_floats", "the split holds numbers, and the Program reads pixels"},
    {"transfer.split_pixels", "the split holds pixels, and the Program reads numbers"},
    {"transfer.upload_other", "upload a split of the other kind"},
    {"transfer.resize_learns", "resizes what a layer before it learns, which has no gradient here"},
    {"transfer.resize_first", "put it before the first layer that learns"},
    {"transfer.layers", "comes from {count} layers, more than the network has"},
    {"transfer.fewer_layers", "leave \"layers\" out: it is filled in"},
    {"transfer.not_loaded", "has not been put before the network"},
    {"transfer.load_it", "train it with the program, which finds the weights: `cnnlab train`"},
    {"transfer.every_step",
     "changes images from step to step, so the frozen layers before \"{name}\" are computed each time"},
    {"transfer.leave_out", "leave it out, and they are computed once: much faster"},
    {"transfer.many_features",
     "keeps {count} numbers of each image before \"{name}\", {size} MB in all, which are too many to keep"},
    {"transfer.smaller_cut", "end the frozen layers with a pool, as global_avg_pool"},
    {"transfer.not_once", "leave it out, or set train.frozen_features to \"every_step\""},
    {"transfer.other_features", "are of other images or another network"},
    {"transfer.compute_again", "compute them again"},
};

/// As say() of messages.hpp: say_transfer("transfer.every_step", name).
template <class... Args>
[[nodiscard]] Message say_transfer(SentenceOf<transfer_sentences, std::type_identity_t<Args>...> id,
                                   const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
