#include <gtest/gtest.h>

#include <type_traits>

#include "native/cuda/libraries/nccl.hpp"
#include "native/cuda/libraries/nccl_api.hpp"

#if __has_include(<nccl.h>)
#include <nccl.h>

namespace cnnlab::cuda::nccl {

// NCCL's own header, with its types in the places of ours.
static_assert(sizeof(ncclUniqueId) == sizeof(UniqueId) && alignof(ncclUniqueId) == alignof(UniqueId));
static_assert(ncclSuccess == success && ncclInProgress == in_progress && ncclFloat32 == float32);
static_assert(sizeof(ncclResult_t) == sizeof(Result) && sizeof(ncclDataType_t) == sizeof(DataType));
template <class Theirs, class... P>
constexpr bool is = std::is_same_v<Theirs, ncclResult_t (*)(P...)>;
static_assert(is<decltype(&ncclGetVersion), int*>);
static_assert(is<decltype(&ncclGetUniqueId), ncclUniqueId*>);
static_assert(is<decltype(&ncclCommInitRank), ncclComm_t*, int, ncclUniqueId, int>);
static_assert(is<decltype(&ncclCommAbort), ncclComm_t>);
static_assert(is<decltype(&ncclCommGetAsyncError), ncclComm_t, ncclResult_t*>);
static_assert(std::is_same_v<decltype(&ncclGetErrorString), const char* (*)(ncclResult_t)>);
static_assert(is<decltype(&ncclGroupStart)> && is<decltype(&ncclGroupEnd)>);
static_assert(is<decltype(&ncclSend), const void*, size_t, ncclDataType_t, int, ncclComm_t, cudaStream_t>);
static_assert(is<decltype(&ncclRecv), void*, size_t, ncclDataType_t, int, ncclComm_t, cudaStream_t>);
static_assert(
    is<decltype(&ncclAllGather), const void*, void*, size_t, ncclDataType_t, ncclComm_t, cudaStream_t>);

}  // namespace cnnlab::cuda::nccl
#endif

namespace cnnlab::test {

TEST(Nccl, IsFoundOrMissing) {
    const std::string version = cuda::nccl_version();
    if (version.empty()) GTEST_SKIP() << "no NCCL here";
    EXPECT_TRUE(version.starts_with("NCCL 2.")) << version;
}

}  // namespace cnnlab::test
