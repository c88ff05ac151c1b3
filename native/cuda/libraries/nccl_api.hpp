#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

/// The part of NCCL's public C interface that is in use, in our own words: machines that build this need not have its
/// header. It has been the same since NCCL 2.7; tests/cuda compares it with the header where there is one.
namespace cnnlab::cuda::nccl {

using Result = int;  ///< 0: success
constexpr Result success = 0;
constexpr int in_progress = 7;
using DataType = int;
constexpr DataType float32 = 7;

struct UniqueId {
    char internal[128];
};
struct Communicator;  // only its address is handed around

using GetVersion = Result(int* version);
using GetUniqueId = Result(UniqueId* id);
using CommInitRank = Result(Communicator** communicator, int members, UniqueId id, int rank);
using CommDestroy = Result(Communicator* communicator);
using CommAbort = Result(Communicator* communicator);
using CommGetAsyncError = Result(Communicator* communicator, Result* error);
using GetErrorString = const char*(Result result);
using GroupStart = Result();
using GroupEnd = Result();
using Send = Result(const void* from, size_t count, DataType type, int peer, Communicator* communicator,
                    cudaStream_t stream);
using Recv = Result(void* to, size_t count, DataType type, int peer, Communicator* communicator,
                    cudaStream_t stream);
using AllGather = Result(const void* from, void* to, size_t count, DataType type, Communicator* communicator,
                         cudaStream_t stream);

}  // namespace cnnlab::cuda::nccl
