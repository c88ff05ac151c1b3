#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <algorithm>
#include <array>
#include <climits>
#include <stdexcept>
#include <vector>

#include "native/distributed/process_group.hpp"

namespace cnnlab {

namespace {

/// Errors of MPI end all processes: that is its default.
class MpiGroup : public ProcessGroup {
  public:
    MpiGroup() {
        int given = 0;
        // one thread of each process talks to the others
        MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
        if (given < MPI_THREAD_FUNNELED) {
            MPI_Finalize();
            throw std::runtime_error("it was built for programs without threads");
        }
        MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
        MPI_Comm_size(MPI_COMM_WORLD, &size_);
    }
    ~MpiGroup() override { MPI_Finalize(); }
    MpiGroup(const MpiGroup&) = delete;
    MpiGroup& operator=(const MpiGroup&) = delete;

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }
    [[nodiscard]] std::string host() const override {
        std::array<char, MPI_MAX_PROCESSOR_NAME + 1> name{};
        int length = 0;
        MPI_Get_processor_name(name.data(), &length);
        return {name.data(), static_cast<size_t>(length)};
    }
    void abort(int code) override { MPI_Abort(MPI_COMM_WORLD, code); }
    [[nodiscard]] bool has_message(int from) override {
        int has = 0;
        MPI_Iprobe(from, tag, MPI_COMM_WORLD, &has, MPI_STATUS_IGNORE);
        return has != 0;
    }

  protected:
    void do_all_gather(std::span<std::byte> all, std::span<const int64_t> begins) override {
        const auto at = [&](int r) { return begins[static_cast<size_t>(r)]; };
        if (begins.back() <= INT_MAX) {
            std::vector<int> counts, places;
            for (int r = 0; r < size_; ++r) {
                counts.push_back(static_cast<int>(at(r + 1) - at(r)));
                places.push_back(static_cast<int>(at(r)));
            }
            MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all.data(), counts.data(), places.data(),
                           MPI_BYTE, MPI_COMM_WORLD);
            return;
        }
        constexpr int64_t most = 1 << 30;  // MPI counts in int
        for (int r = 0; r < size_; ++r)
            for (int64_t begin = at(r); begin < at(r + 1); begin += most)
                MPI_Bcast(all.data() + begin, static_cast<int>(std::min(most, at(r + 1) - begin)), MPI_BYTE,
                          r, MPI_COMM_WORLD);
    }
    void do_send(int to, std::span<const std::byte> bytes) override {
        MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD,
                  &sent_.emplace_back());
    }
    void do_receive(int from, std::span<std::byte> bytes) override {
        MPI_Recv(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, from, tag, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    }
    void do_flush() override {
        MPI_Waitall(static_cast<int>(sent_.size()), sent_.data(), MPI_STATUSES_IGNORE);
        sent_.clear();
    }

  private:
    static constexpr int tag = 1;
    int rank_ = 0, size_ = 1;
    std::vector<MPI_Request> sent_;
};

}  // namespace

}  // namespace cnnlab

extern "C" cnnlab::ProcessGroup* cnnlab_mpi_group();
extern "C" __attribute__((visibility("default"))) cnnlab::ProcessGroup* cnnlab_mpi_group() {
    return new cnnlab::MpiGroup();
}
