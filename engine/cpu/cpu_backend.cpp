#include "engine/cpu/cpu_backend.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/cpu/arch.hpp"
#include "engine/cpu/executor.hpp"
#include "engine/cpu/fusion.hpp"
#include "engine/cpu/sentinels.hpp"

namespace cnnlab {

namespace {

using namespace cpu;

int choose_threads(int wanted) {
    if (wanted < 0 || wanted > 256)
        throw Error(ErrorCode::out_of_range, "threads", say("value.is", wanted), say("cpu.give_threads"));
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
    if (wanted > 1)
        throw Error(ErrorCode::unsupported, "threads", say("cpu.no_threads", wanted), say("cpu.one_thread"));
    return 1;
#endif
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

class CpuBackend : public Backend {
  public:
    explicit CpuBackend(const CpuOptions& options)
        : arch_(&arch_by_name(options.arch)),
          threads_(options.pool ? options.pool : make_thread_pool(options.threads)),
          by_work_(options.by_work),
          group_(options.group) {}

    [[nodiscard]] BackendInfo info() const override {
        const int n = threads_->size();
        return {"cpu", arch_->name + (by_work_ && n > 1 ? ", up to " : ", ") + std::to_string(n) +
                           (n == 1 ? " thread" : " threads")};
    }

    void synchronize() override {}
    [[nodiscard]] int processes() const override {
        return has_groups && group_ != nullptr ? group_->size() : 1;
    }

  protected:
    void do_allocate(std::span<const PersistentInfo> tensors) override {
        int64_t bytes = 0;
        std::vector<GuardedTensor> places;
        for (const auto& info : tensors) {
            const int64_t own = info.shape.count() * int64_t{sizeof(float)};
            places.push_back({bytes, own});
            bytes += (guarded(own) + 63) / 64 * 64;
        }
        storage_ = AlignedBuffer(bytes);
        ++contents_;
        persistents_.clear();
        for (const GuardedTensor& place : places) persistents_.push_back(storage_.data() + place.offset);
        if (has_sentinels) open_tensors(storage_.data(), bytes, places, 0);
    }

    void do_upload(int persistent, const HostTensor& tensor) override {
        ++contents_;
        std::copy_n(tensor.data(), tensor.count(),
                    reinterpret_cast<float*>(persistents_[static_cast<size_t>(persistent)]));
    }

    [[nodiscard]] HostTensor do_download(int persistent) override {
        HostTensor tensor(persistent_info(persistent).shape);
        std::copy_n(reinterpret_cast<const float*>(persistents_[static_cast<size_t>(persistent)]),
                    tensor.count(), tensor.data());
        return tensor;
    }

    void do_upload_split(SplitName name, const ImageShape& /*image*/, const Split& split) override {
        std::vector<uint32_t> order(static_cast<size_t>(split.count()));
        std::iota(order.begin(), order.end(), 0U);
        auto& mine = splits_[static_cast<size_t>(name)];
        mine.order = std::move(order);
        mine.view = {split.images.data(), split.labels.data(), mine.order.data()};
    }

    void do_upload_order(SplitName name, std::span<const uint32_t> order) override {
        auto& mine = splits_[static_cast<size_t>(name)];
        mine.order.assign(order.begin(), order.end());
        mine.view.order = mine.order.data();
    }

    [[nodiscard]] std::unique_ptr<Executable> do_prepare(const Program& program) override {
        ThreadPool& threads = by_work_ && is_tiny(program) ? caller_ : *threads_;
        return std::make_unique<Executor>(program, *arch_->kernels, threads, persistents_, group_.get());
    }

    RunOutput do_run(Executable& executable, const RunInput& input) override {
        auto& executor = static_cast<Executor&>(executable);
        const RunOutput output = executor.run(input, view_of(input), contents_);
        if (executor.program().phase == Phase::train) ++contents_;
        return output;
    }

    std::optional<RunOutput> do_run_part(Executable& executable, const RunInput& input,
                                         std::chrono::milliseconds budget, bool goes_on) override {
        auto& executor = static_cast<Executor&>(executable);
        // Members do not stop half-way: the others would wait.
        if (has_groups && group_ != nullptr) return do_run(executable, input);
        if (!goes_on) executor.begin(input, view_of(input), contents_);
        const auto output = executor.run_part(view_of(input), budget);
        // Also after a part of a step: another Program may read the weights then.
        if (executor.program().phase == Phase::train) ++contents_;
        return output;
    }

    [[nodiscard]] HostTensor do_download(Executable& executable, ValueId value) override {
        return static_cast<Executor&>(executable).download(value);
    }

    void do_set_profiling(Executable& executable, bool on) override {
        static_cast<Executor&>(executable).set_profiling(on);
    }
    [[nodiscard]] std::vector<double> do_op_seconds(Executable& executable) override {
        return static_cast<Executor&>(executable).op_seconds();
    }

  private:
    struct Uploaded {
        SplitView view;
        std::vector<uint32_t> order;
    };

    [[nodiscard]] const SplitView& view_of(const RunInput& input) const {
        return splits_[static_cast<size_t>(input.split)].view;
    }

    const Arch* arch_;
    std::shared_ptr<ThreadPool> threads_;
    ThreadPool caller_{1};
    bool by_work_;
    std::shared_ptr<Group> group_;
    AlignedBuffer storage_;
    std::vector<std::byte*> persistents_;
    uint64_t contents_ = 0;  ///< changes with every change of a persistent tensor
    std::array<Uploaded, 3> splits_;
};

}  // namespace

std::shared_ptr<ThreadPool> make_thread_pool(int threads) {
    return std::make_shared<ThreadPool>(choose_threads(threads));
}

int shards_of_batch(int images) { return shards_for(images); }

bool is_tiny(const Program& program) {
    constexpr int64_t tiny_network = 100'000,
                      tiny_step = 20'000'000;  // multiply-adds: of an image, of a batch
    int64_t forward = 0, all = 0;
    bool is_forward = true;
    for (const Op& op : program.ops) {
        const int64_t mine = multiply_adds(op, program);
        all += mine;
        if (is_forward) forward += mine;
        const auto writes = operands_of(op).writes;
        if (std::find(writes.begin(), writes.end(), program.logits) != writes.end()) is_forward = false;
    }
    // Ops without multiplications take time for each of their values.
    int64_t values = 0;
    for (const ValueInfo& value : program.values)
        if (value.per_image()) values += value.shape.count();
    return forward < tiny_network && (all + values) * program.batch < tiny_step;
}

int64_t cpu_program_bytes(const Program& given, const CpuOptions& options) {
    const Arch& arch = arch_by_name(options.arch);
    const Program& program = cpu::fused(given);
    std::vector<Traits> traits;
    const int shards = shards_for(program);
    for (const Op& op : program.ops) traits.push_back(arch.kernels->traits(op, program, shards));
    const int threads = options.by_work && is_tiny(program) ? 1 : choose_threads(options.threads);
    const Layout layout = lay_out(program, traits, threads);
    return layout.arena_bytes + threads * layout.workspace_bytes;
}

std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options) {
    return std::make_unique<CpuBackend>(options);
}

std::vector<std::string> cpu_archs() {
    std::vector<std::string> names;
    for (const auto& arch : archs()) names.push_back(arch.name);
    return names;
}

}  // namespace cnnlab
