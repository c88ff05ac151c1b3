#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/distributed/group.hpp"

namespace cnnlab {

/// Gradients that travel together between members with a device each, in one buffer of floats.
///
/// The buffer has a slice for each member, all of one length. Slice s of every member goes to member s, who adds them
/// in the order of ranks and gives the sum to all. So a sum's order is fixed by the number of members alone, whatever
/// the library between them does, and each sends 2 (n − 1) / n of the buffer: as much as a ring needs.
struct Bucket {
    struct Part {
        size_t tensor = 0;  ///< of those that were given
        int64_t at = 0;     ///< its first float in the buffer
        int64_t count = 0;
    };
    std::vector<Part> parts;
    int64_t slice = 0;  ///< floats
    size_t last = 0;    ///< the tensor that is ready last

    [[nodiscard]] int64_t floats(int members) const { return slice * members; }
};

/// Floats to whose multiples parts and slices are aligned: 16 bytes, one load of a thread.
constexpr int64_t bucket_alignment = 4;

/// Puts tensors of these many floats into buckets, in the order given: that in which they are ready. A bucket is closed
/// as soon as it has `most_floats`; a tensor is never divided, so one may be larger. What is left is the last bucket's.
[[nodiscard]] std::vector<Bucket> make_buckets(std::span<const int64_t> tensors, int members,
                                               int64_t most_floats);

/// The same exchange of host memory: sums of a bucket's buffer over the members, the same bits in all. `received` is
/// scratch. What a device does, step by step.
void sum_bucket(Group& group, const Bucket& bucket, std::span<float> buffer, std::vector<float>& received);

/// The part of `images` images that a member computes: [begin, end).
struct ImageRange {
    int begin = 0, end = 0;
    [[nodiscard]] constexpr int count() const { return end - begin; }
};
[[nodiscard]] constexpr ImageRange images_of_member(int images, int rank, int members) {
    return {static_cast<int>(int64_t{images} * rank / members),
            static_cast<int>(int64_t{images} * (rank + 1) / members)};
}
/// The most that one computes.
[[nodiscard]] constexpr int most_images(int images, int members) { return (images + members - 1) / members; }

}  // namespace cnnlab
