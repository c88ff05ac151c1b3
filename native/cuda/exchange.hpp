#pragma once

#include "engine/distributed/buckets.hpp"
#include "native/cuda/launch.hpp"
#include "native/cuda/libraries/collective.hpp"

namespace cnnlab::cuda {

/// A stream, owned.
struct Stream {
    cudaStream_t stream = nullptr;
    Stream() { CNNLAB_CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { (void)cudaStreamDestroy(stream); }
};

/// The members of a group as a backend's Programs see them.
struct Peers {
    std::shared_ptr<Group> group;
    std::unique_ptr<Stream> stream;  ///< of all exchanges: they follow each other in one order
    std::unique_ptr<Collective> collective;
    int64_t bucket_floats = 0;  ///< CudaOptions::bucket_floats

    [[nodiscard]] int rank() const { return collective->rank(); }
    [[nodiscard]] int size() const { return collective->size(); }
};

/// The Program that one of `members` runs: of its part of the batch.
[[nodiscard]] Program part_of_batch(const Program& program, int members);

/// Adds to the launches of a training step what members exchange.
///
/// Gradients of parameters go in buckets, each as soon as its last one is there, on a stream of their own beside the
/// rest of the backward pass; the updates wait for them. Statistics of batch norm, and the sums of its backward pass,
/// are joined where they are made, or (Program::local_statistics) not at all: then its gradients go in the buckets,
/// and so do the running statistics, as means.
[[nodiscard]] std::vector<Launch> with_exchanges(std::vector<Launch> launches, const Program& program,
                                                 Peers& peers);

}  // namespace cnnlab::cuda
