#include "native/cuda/kernels/exchange.hpp"

#include "native/cuda/kernels/device_code.hpp"

namespace cnnlab::cuda {

namespace {

/// Images of the batch that a member has: images_of_member() of engine/distributed/buckets.hpp.
__device__ int images_of(int total, int member, int members) {
    return int(int64_t{total} * (member + 1) / members) - int(int64_t{total} * member / members);
}

__global__ void pack_kernel(const BucketChunk* chunks, float* bucket, int rank, int members,
                            const RunScalars* scalars) {
    const BucketChunk chunk = chunks[blockIdx.x];
    const int own = images_of(scalars->total, rank, members);
    const float factor = chunk.mean ? float(own) / float(scalars->total) : 1.0F;
    float* to = bucket + chunk.at;
    for (int i = int(threadIdx.x); i < chunk.count; i += threads_a_block)
        to[i] = own > 0 ? chunk.values[i] * factor : 0.0F;
}

__global__ void unpack_kernel(const BucketChunk* chunks, const float* bucket) {
    const BucketChunk chunk = chunks[blockIdx.x];
    const float* from = bucket + chunk.at;
    for (int i = int(threadIdx.x); i < chunk.count; i += threads_a_block) chunk.values[i] = from[i];
}

/// A thread takes four neighbours: slices are multiples of that.
__global__ void sum_members_kernel(const float* received, float* sum, uint32_t count, int members) {
    const uint32_t first = global_thread() * 4;
    if (first >= count) return;
    auto total = *reinterpret_cast<const Pack<float, 4>*>(received + first);
    for (int m = 1; m < members; ++m) {
        const auto one = *reinterpret_cast<const Pack<float, 4>*>(received + size_t(m) * count + first);
#pragma unroll
        for (int v = 0; v < 4; ++v) total.at[v] += one.at[v];
    }
    *reinterpret_cast<Pack<float, 4>*>(sum + first) = total;
}

__global__ void pack_channels_kernel(const float* first, const float* second, float* all, uint32_t channels,
                                     int rank, int members, const RunScalars* scalars) {
    const uint32_t c = global_thread();
    if (c >= channels) return;
    const bool has = images_of(scalars->total, rank, members) > 0;
    float* mine = all + size_t(rank) * 2 * channels;
    mine[c] = has && first != nullptr ? first[c] : 0.0F;
    mine[channels + c] = has && second != nullptr ? second[c] : 0.0F;
}

__global__ void join_sums_kernel(const float* all, float* first, float* second, uint32_t channels,
                                 int members) {
    const uint32_t c = global_thread();
    if (c >= channels) return;
    float sums[2] = {all[c], all[channels + c]};
    for (int m = 1; m < members; ++m) {
        sums[0] += all[size_t(2 * m) * channels + c];
        sums[1] += all[size_t(2 * m + 1) * channels + c];
    }
    if (first != nullptr) first[c] = sums[0];
    if (second != nullptr) second[c] = sums[1];
}

__global__ void join_moments_kernel(const float* all, JoinedMoments o, int members,
                                    const RunScalars* scalars) {
    const uint32_t c = global_thread();
    if (c >= o.channels) return;
    double count = 0, mean = 0, squares = 0;  // Chan, Golub and LeVeque, 1979
    for (int m = 0; m < members; ++m) {
        const double n = double(images_of(scalars->total, m, members)) * o.positions;
        if (n == 0) continue;
        const double delta = double{all[size_t(2 * m) * o.channels + c]} - mean, sum = count + n;
        mean += delta * n / sum;
        squares += double{all[size_t(2 * m + 1) * o.channels + c]} * n + delta * delta * count * n / sum;
        count = sum;
    }
    const double variance = squares / count, p = o.momentum;
    o.mean[c] = float(mean);
    o.variance[c] = float(variance);
    o.running_mean[c] = float((1 - p) * double{o.running_mean[c]} + p * mean);
    o.running_variance[c] =
        float((1 - p) * double{o.running_variance[c]} + p * variance * (count / fmax(count - 1, 1.0)));
}

}  // namespace

void run_pack(const Site& site, const BucketChunk* chunks, int count, float* bucket, int rank, int members) {
    launch_independent(site, uint32_t(count), threads_a_block, pack_kernel, chunks, bucket, rank, members,
                       site.scalars);
}

void run_unpack(const Site& site, const BucketChunk* chunks, int count, const float* bucket) {
    launch_independent(site, uint32_t(count), threads_a_block, unpack_kernel, chunks, bucket);
}

void run_sum_members(const Site& site, const float* received, float* sum, uint32_t count, int members) {
    launch_independent(site, blocks_for(count, threads_a_block * 4), threads_a_block, sum_members_kernel,
                       received, sum, count, members);
}

void run_pack_channels(const Site& site, const float* first, const float* second, float* all,
                       uint32_t channels, int rank, int members) {
    launch_independent(site, blocks_for(channels, threads_a_block), threads_a_block, pack_channels_kernel,
                       first, second, all, channels, rank, members, site.scalars);
}

void run_join_sums(const Site& site, const float* all, float* first, float* second, uint32_t channels,
                   int members) {
    launch_independent(site, blocks_for(channels, threads_a_block), threads_a_block, join_sums_kernel, all,
                       first, second, channels, members);
}

void run_join_moments(const Site& site, const float* all, const JoinedMoments& moments, int members) {
    launch_independent(site, blocks_for(moments.channels, threads_a_block), threads_a_block,
                       join_moments_kernel, all, moments, members, site.scalars);
}

}  // namespace cnnlab::cuda
