#include "native/cuda/libraries/nccl.hpp"

#include <array>

#include "engine/core/error.hpp"
#include "native/cuda/device/error.hpp"
#include "native/cuda/libraries/nccl_api.hpp"
#include "native/cuda/libraries/shared_object.hpp"

namespace cnnlab::cuda {

namespace {

/// Sends within a captured graph.
constexpr int oldest = 21000;

/// The functions in use, by name.
struct Api {
    SharedObject library{{"libnccl.so.2"}};
    nccl::GetVersion* get_version = nullptr;
    nccl::GetUniqueId* get_unique_id = nullptr;
    nccl::CommInitRank* init_rank = nullptr;
    nccl::CommAbort* abort = nullptr;
    nccl::CommGetAsyncError* async_error = nullptr;
    nccl::GetErrorString* error_string = nullptr;
    nccl::GroupStart* group_start = nullptr;
    nccl::GroupEnd* group_end = nullptr;
    nccl::Send* send = nullptr;
    nccl::Recv* receive = nullptr;
    nccl::AllGather* all_gather = nullptr;

    [[nodiscard]] bool complete() {
        return library.get(get_version, "ncclGetVersion") && library.get(get_unique_id, "ncclGetUniqueId") &&
               library.get(init_rank, "ncclCommInitRank") && library.get(abort, "ncclCommAbort") &&
               library.get(async_error, "ncclCommGetAsyncError") &&
               library.get(error_string, "ncclGetErrorString") &&
               library.get(group_start, "ncclGroupStart") && library.get(group_end, "ncclGroupEnd") &&
               library.get(send, "ncclSend") && library.get(receive, "ncclRecv") &&
               library.get(all_gather, "ncclAllGather");
    }
    /// 22803 is 2.28.3; 0: there is none.
    [[nodiscard]] int version() {
        int number = 0;
        return complete() && get_version(&number) == nccl::success ? number : 0;
    }
    void check(nccl::Result result, const char* call, int line) const {
        if (result != nccl::success) fail(error_string(result), call, __FILE__, line);
    }
};

std::string text_of(int version) {
    return "NCCL " + std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100);
}

#define CNNLAB_NCCL(api, function, ...) (api).check((api).function(__VA_ARGS__), #function, __LINE__)

class Nccl : public Collective {
  public:
    Nccl(Api api, Group& group, int version)
        : api_(std::move(api)), rank_(group.rank()), size_(group.size()), text_(text_of(version)) {
        nccl::UniqueId id{};
        if (rank_ == 0) CNNLAB_NCCL(api_, get_unique_id, &id);
        group.broadcast(std::as_writable_bytes(std::span(&id, 1)));
        CNNLAB_NCCL(api_, init_rank, &communicator_, size_, id, rank_);
    }
    // Not ncclCommDestroy, which waits for the others: one that was lost would never come.
    ~Nccl() override {
        if (communicator_ != nullptr) (void)api_.abort(communicator_);
    }
    Nccl(const Nccl&) = delete;
    Nccl& operator=(const Nccl&) = delete;

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }
    [[nodiscard]] std::string text() const override { return text_; }

    void all_to_all(const float* send, float* receive, int64_t count, cudaStream_t stream) override {
        CNNLAB_NCCL(api_, group_start);
        for (int member = 0; member < size_; ++member) {
            CNNLAB_NCCL(api_, send, send + count * member, static_cast<size_t>(count), nccl::float32, member,
                        communicator_, stream);
            CNNLAB_NCCL(api_, receive, receive + count * member, static_cast<size_t>(count), nccl::float32,
                        member, communicator_, stream);
        }
        CNNLAB_NCCL(api_, group_end);
    }
    void all_gather(float* all, int64_t count, cudaStream_t stream) override {
        CNNLAB_NCCL(api_, all_gather, all + count * rank_, all, static_cast<size_t>(count), nccl::float32,
                    communicator_, stream);
    }
    void check() override {
        nccl::Result error = nccl::success;
        CNNLAB_NCCL(api_, async_error, communicator_, &error);
        if (error != nccl::success && error != nccl::in_progress)
            throw Error(ErrorCode::io, "NCCL",
                        std::string("a GPU of the others cannot be reached: ") + api_.error_string(error),
                        "go on from the last checkpoint");
    }

  private:
    Api api_;
    int rank_, size_;
    std::string text_;
    nccl::Communicator* communicator_ = nullptr;
};

}  // namespace

std::string nccl_version() {
    const int version = Api().version();
    return version == 0 ? std::string() : text_of(version);
}

std::unique_ptr<Collective> connect_nccl(Group& group) {
    Api api;
    const int mine = api.version();
    // all or none: who is without would leave the others waiting
    const auto size = static_cast<size_t>(group.size());
    std::vector<int32_t> versions(size, 0);
    versions[static_cast<size_t>(group.rank())] = mine;
    std::vector<int64_t> begins;
    for (size_t r = 0; r <= size; ++r) begins.push_back(static_cast<int64_t>(r * sizeof(int32_t)));
    group.all_gather(std::as_writable_bytes(std::span(versions)), begins);
    for (size_t r = 0; r < size; ++r)
        if (versions[r] < oldest)
            throw Error(ErrorCode::unsupported, "rank " + std::to_string(r),
                        versions[r] == 0
                            ? std::string("has no NCCL (libnccl.so.2), by which GPUs exchange gradients")
                            : "has " + text_of(versions[r]) + ", and 2.10 is needed",
                        "install NVIDIA's libnccl2, or train on one GPU or on CPUs");
    return std::make_unique<Nccl>(std::move(api), group, mine);
}

}  // namespace cnnlab::cuda
