#pragma once

#include "native/cuda/kernels/site.hpp"

/// What members with a GPU each do to numbers that they exchange.
namespace cnnlab::cuda {

/// A piece of a tensor and its place in a bucket; one block copies it.
struct BucketChunk {
    float* values;
    int64_t at;  ///< floats in the bucket
    int32_t count;
    bool mean;  ///< joined as a mean by the number of images, not as a sum
};
constexpr int64_t bucket_chunk = 16384;

/// bucket[at …] = values, times this member's share of the images for means; 0 for a member without images.
void run_pack(const Site& site, const BucketChunk* chunks, int count, float* bucket, int rank, int members);
void run_unpack(const Site& site, const BucketChunk* chunks, int count, const float* bucket);
/// sum[i] = Σ received[m · count + i] in the order of members.
void run_sum_members(const Site& site, const float* received, float* sum, uint32_t count, int members);

/// Two rows of `channels` numbers side by side, as member `rank` has them; 0 for a member without images.
void run_pack_channels(const Site& site, const float* first, const float* second, float* all,
                       uint32_t channels, int rank, int members);
/// first, second = Σ of what all members have packed, in their order.
void run_join_sums(const Site& site, const float* all, float* first, float* second, uint32_t channels,
                   int members);

struct JoinedMoments {
    float *mean, *variance, *running_mean, *running_variance;
    float momentum;
    uint32_t channels, positions;
};
/// Mean and variance of the whole batch from those of all members' images, and the running ones.
void run_join_moments(const Site& site, const float* all, const JoinedMoments& moments, int members);

}  // namespace cnnlab::cuda
