#include "native/cuda/executable.hpp"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/core/error.hpp"
#include "engine/ops/planner.hpp"
#include "native/cuda/traffic.hpp"

namespace cnnlab::cuda {

namespace {

constexpr int64_t alignment = 256;

/// Pinned memory of one run under way.
struct Slot {
    RunScalars scalars;
    RunResult result;
};

bool gradient_of_sum(const Program& program) {
    for (const Op& op : program.ops) {
        const bool sum = std::visit(
            [](const auto& o) {
                if constexpr (requires { o.dlogits, o.sum; })
                    return o.sum;
                else
                    return false;
            },
            op);
        if (sum) return true;
    }
    return false;
}

/// The mean over the batch makes gradients too small for half precision. They are stored as those of the sum, or
/// nearly, by a power of two.
float gradient_scale_for(const Program& program, Element element) {
    if (element != Element::f16 || gradient_of_sum(program)) return 1;
    float scale = 1;
    while (2 * scale <= static_cast<float>(program.batch)) scale *= 2;
    return scale;
}

/// Values that depend on the gradient by the logits and have a batch axis: stored scaled.
std::vector<bool> scaled_values(const Program& program) {
    std::vector<bool> scaled(program.values.size());
    const auto has_batch_axis = [&](ValueId id) { return program.info(id).role == Role::activation; };
    for (const Op& op : program.ops) {
        const Operands operands = operands_of(op);
        bool from_gradient = false;
        for (const ValueId id : operands.reads)
            from_gradient |= has_batch_axis(id) && scaled[static_cast<size_t>(id.index)];
        const ValueId source = std::visit(
            [](const auto& o) {
                if constexpr (requires { o.dlogits; })
                    return o.dlogits;
                else
                    return ValueId{};
            },
            op);
        for (const ValueId id : operands.writes)
            if (has_batch_axis(id) && (from_gradient || id == source))
                scaled[static_cast<size_t>(id.index)] = true;
    }
    return scaled;
}

/// The end of the updates that begin at this op. No Muon update may follow an elementwise one on the same parameter.
size_t end_of_updates(const std::vector<Op>& ops, size_t begin) {
    std::set<int32_t> changed;
    size_t end = begin;
    for (; end < ops.size(); ++end) {
        const auto* muon = std::get_if<ops::MuonUpdate>(&ops[end]);
        if (muon != nullptr ? changed.contains(muon->parameter.index) : !is_elementwise_update(ops[end]))
            break;
        if (muon == nullptr)
            for (const ValueId id : operands_of(ops[end]).writes) changed.insert(id.index);
    }
    return end;
}

/// Where members join the statistics of batch norm, the running ones change only then (make_moments()).
Program without_running(Program program) {
    if (program.local_statistics == 0)
        for (Op& op : program.ops)
            if (auto* statistics = std::get_if<ops::BatchNormStatistics>(&op)) statistics->momentum = 0;
    return program;
}

}  // namespace

CudaExecutable::CudaExecutable(const Program& program, Shared& shared)
    : Executable(program),
      shared_(&shared),
      local_(shared.peers ? without_running(part_of_batch(program, shared.peers->size())) : program),
      scaled_(scaled_values(program)) {
    site_.stream = shared.stream;
    site_.element = shared.element;
    site_.multiprocessors = shared.device.multiprocessors;
    site_.gradient_scale = gradient_scale_for(program_, shared.element);
    run_ = DeviceBuffer(alignment + int64_t{sizeof(RunResult)}, "a run");
    site_.scalars = run_.as<RunScalars>();
    site_.result = reinterpret_cast<RunResult*>(run_.data() + alignment);
    static_assert(sizeof(RunScalars) <= alignment);
    maker_ = std::make_unique<Maker>(local_, shared.element, site_.gradient_scale, shared.libraries,
                                     shared.stream);
    if (shared.fuse) fusions_ = find_fusions(local_);
    make_launches(*maker_);
    place(*maker_);
    for (size_t i = 0; i < launches_.size(); ++i)
        if (launches_[i].bind) launches_[i].bind(binding_of(i));
    pinned_ = PinnedBuffer(most_runs * int64_t{sizeof(Slot)});
    for (int i = 0; i < most_runs; ++i) finished_.emplace_back();
    seconds_.assign(program_.ops.size(), 0);
}

CudaExecutable::~CudaExecutable() {
    (void)cudaStreamSynchronize(shared_->stream);  // its memory may be in use
    if (graph_ != nullptr) (void)cudaGraphExecDestroy(graph_);
}

void CudaExecutable::make_launches(Maker& maker) {
    const auto& ops = local_.ops;
    std::vector<const Fusion*> fusions(ops.size());  // by op
    for (const Fusion& fusion : fusions_)
        for (const int op : fusion.ops) fusions[static_cast<size_t>(op)] = &fusion;
    launches_
        .emplace_back();  // the copies of the weights: filled in below, once the launches have asked for them
    for (size_t i = 0; i < ops.size();) {
        if (const size_t end = end_of_updates(ops, i); end > i) {
            make_update_launches(maker, i, end);
            i = end;
            continue;
        }
        if (const Fusion* fusion = fusions[i]; fusion == nullptr) {
            launches_.push_back(std::visit([&](const auto& op) { return make(op, maker); }, ops[i]));
            launches_.back().ops.push_back(static_cast<int>(i));
        } else if (fusion->ops.back() == static_cast<int>(i)) {
            launches_.push_back(std::visit([&](const auto& op) { return make(op, maker); }, fusion->op));
            launches_.back().ops = fusion->ops;
            launches_.back().touches = fusion->operands();
            launches_.back().how = "own, fused";
        }
        ++i;
    }
    if (shared_->element == Element::f32)
        launches_.erase(launches_.begin());
    else
        launches_.front() = make_weight_copies(maker);
    if (shared_->peers) launches_ = with_exchanges(std::move(launches_), program_, *shared_->peers);
}

/// The updates of a training step follow each other. Muon's come first, then all elementwise ones, so that the
/// updates of one parameter stay in order.
void CudaExecutable::make_update_launches(Maker& maker, size_t begin, size_t end) {
    std::vector<ops::MuonUpdate> muon;
    std::vector<Op> elementwise;
    std::vector<int> muon_ops, elementwise_ops;
    for (size_t i = begin; i < end; ++i) {
        if (const auto* op = std::get_if<ops::MuonUpdate>(&local_.ops[i])) {
            muon.push_back(*op);
            muon_ops.push_back(static_cast<int>(i));
        } else {
            elementwise.push_back(local_.ops[i]);
            elementwise_ops.push_back(static_cast<int>(i));
        }
    }
    if (!muon.empty()) launches_.push_back(make_muon(muon, maker)), launches_.back().ops = muon_ops;
    if (elementwise.empty()) return;
    launches_.push_back(make_updates(elementwise, maker));
    launches_.back().ops = elementwise_ops;
}

/// Assigns offsets to all values, copies of weights and scratch. Those whose lifetimes do not overlap may share
/// memory.
void CudaExecutable::place(const Maker& maker) {
    const size_t count = local_.values.size();
    const int end = static_cast<int>(launches_.size());
    std::vector<Lifetime> lives(2 * count + launches_.size());
    std::vector<bool> used(count);
    for (size_t s = 0; s < launches_.size(); ++s) {
        const int now = static_cast<int>(s);
        const auto live_now = [&](const Operands& operands) {
            for (const auto* list : {&operands.reads, &operands.writes})
                for (const ValueId id : *list) {
                    const auto v = static_cast<size_t>(id.index);
                    if (!used[v]) lives[v].first = now;
                    used[v] = true;
                    lives[v].last = now;
                }
        };
        if (launches_[s].touches)
            live_now(*launches_[s].touches);
        else
            for (const int op : launches_[s].ops) live_now(operands_of(local_.ops[static_cast<size_t>(op)]));
        lives[2 * count + s] = {launches_[s].scratch_bytes, now, now};
    }
    for (const ValueId id : local_.kept) used[static_cast<size_t>(id.index)] = true;
    for (size_t v = 0; v < count; ++v) {
        const ValueInfo& info = local_.values[v];
        if (info.persistent < 0 && used[v]) lives[v].bytes = stored_bytes(local_, info, shared_->element);
        if (maker.wants_weight(v) && shared_->element != Element::f32)
            lives[count + v] = {info.shape.count() * size_of(shared_->element), 0, end};
    }
    for (const ValueId id : local_.kept) lives[static_cast<size_t>(id.index)].last = end;

    const MemoryPlan plan = plan_memory(lives, alignment);
    arena_ = DeviceBuffer(plan.total, "the network with this batch");
    const auto at = [&](size_t life) { return arena_.data() + plan.offsets[life]; };
    for (size_t v = 0; v < count; ++v) {
        const int persistent = local_.values[v].persistent;
        addresses_.push_back(persistent >= 0 ? shared_->persistents[static_cast<size_t>(persistent)] : at(v));
        weights_.push_back(shared_->element == Element::f32 ? addresses_.back() : at(count + v));
    }
    for (size_t s = 0; s < launches_.size(); ++s) scratch_.push_back(at(2 * count + s));
}

Binding CudaExecutable::binding_of(size_t launch) const {
    return {site_, addresses_, weights_, scratch_[launch]};
}

void CudaExecutable::launch_all() {
    CNNLAB_CUDA(cudaMemsetAsync(site_.result, 0, sizeof(RunResult), site_.stream));
    for (size_t i = 0; i < launches_.size(); ++i) launches_[i].run(binding_of(i));
}

void CudaExecutable::launch_measured() {
    CNNLAB_CUDA(cudaMemsetAsync(site_.result, 0, sizeof(RunResult), site_.stream));
    for (size_t i = 0; i < launches_.size(); ++i) {
        CNNLAB_CUDA(cudaEventRecord(marks_[i].get(), site_.stream));
        launches_[i].run(binding_of(i));
    }
    CNNLAB_CUDA(cudaEventRecord(marks_.back().get(), site_.stream));
    CNNLAB_CUDA(cudaEventSynchronize(marks_.back().get()));
    for (size_t i = 0; i < launches_.size(); ++i) {
        // The copies of the weights count with the first op that reads them, exchanges with what they delay.
        size_t with = i;
        while (with + 1 < launches_.size() && launches_[with].ops.empty()) ++with;
        if (launches_[with].ops.empty()) continue;
        seconds_[static_cast<size_t>(launches_[with].ops.front())] += marks_[i + 1].seconds_since(marks_[i]);
    }
}

void CudaExecutable::capture() {
    cudaGraph_t graph = nullptr;
    CNNLAB_CUDA(cudaStreamBeginCapture(site_.stream, cudaStreamCaptureModeThreadLocal));
    try {
        launch_all();
    } catch (...) {
        (void)cudaStreamEndCapture(site_.stream, &graph);  // or the stream stays unusable
        if (graph != nullptr) (void)cudaGraphDestroy(graph);
        throw;
    }
    CNNLAB_CUDA(cudaStreamEndCapture(site_.stream, &graph));
    const cudaError_t status = cudaGraphInstantiate(&graph_, graph, 0);
    (void)cudaGraphDestroy(graph);
    CNNLAB_CUDA(status);
}

void CudaExecutable::begin(const RunInput& input, const DeviceSplit& split) {
    const int slot = next_slot_;
    Slot& mine = pinned_.as<Slot>()[slot];
    mine.scalars = {};
    mine.scalars.images = split.images.as<const uint8_t>();
    mine.scalars.labels = split.labels.as<const int32_t>();
    mine.scalars.order = split.order.as<const uint32_t>();
    const Peers* peers = shared_->peers.get();
    const ImageRange own = peers != nullptr ? images_of_member(input.count, peers->rank(), peers->size())
                                            : ImageRange{0, input.count};
    // Who has no image of a small batch computes one that does not count: nothing is a number without any.
    mine.scalars.cursor = input.cursor + (own.count() > 0 ? own.begin : 0);
    mine.scalars.first = own.begin;
    mine.scalars.count = std::max(own.count(), 1);
    mine.scalars.total = input.count;
    mine.scalars.normed = program_.local_statistics > 0 ? mine.scalars.count : input.count;
    mine.scalars.seed = input.seed;
    mine.scalars.step = input.step;
    mine.scalars.epoch = input.epoch;
    mine.scalars.total_steps = input.total_steps;
    static_assert(std::size(RunScalars{}.rates) == 1 + most_early_rates);
    for (size_t i = 0; i <= most_early_rates; ++i) mine.scalars.rates[i] = input.rate(static_cast<int>(i));
    CNNLAB_CUDA(cudaMemcpyAsync(run_.data(), &mine.scalars, sizeof(RunScalars), cudaMemcpyHostToDevice,
                                site_.stream));
    if (profiling_) {
        launch_measured();
    } else if (runs_ == 0) {
        launch_all();
    } else {
        if (graph_ == nullptr) capture();
        CNNLAB_CUDA(cudaGraphLaunch(graph_, site_.stream));
    }
    CNNLAB_CUDA(
        cudaMemcpyAsync(&mine.result, site_.result, sizeof(RunResult), cudaMemcpyDeviceToHost, site_.stream));
    CNNLAB_CUDA(cudaEventRecord(finished_[static_cast<size_t>(slot)].get(), site_.stream));
    last_ = {slot, input.count, own};
    begun_.push_back(last_);
    next_slot_ = (slot + 1) % most_runs;
    ++runs_;
}

RunOutput CudaExecutable::finish() {
    const Begun run = begun_.front();
    begun_.pop_front();
    CNNLAB_CUDA(cudaEventSynchronize(finished_[static_cast<size_t>(run.slot)].get()));
    const RunResult& result = pinned_.as<Slot>()[run.slot].result;
    RunOutput output{result.loss_sum, result.correct, result.gradient_norm};
    if (shared_->peers) join(run, output);
    return output;
}

void CudaExecutable::join(const Begun& run, RunOutput& output) const {
    struct Part {
        double loss_sum = 0;
        int64_t correct = 0;
    };
    Peers& peers = *shared_->peers;
    peers.collective->check();
    std::vector<Part> parts(static_cast<size_t>(peers.size()));
    if (run.own.count() > 0) parts[static_cast<size_t>(peers.rank())] = {output.loss_sum, output.correct};
    std::vector<int64_t> begins;
    for (size_t member = 0; member <= parts.size(); ++member)
        begins.push_back(static_cast<int64_t>(member * sizeof(Part)));
    peers.group->all_gather(std::as_writable_bytes(std::span(parts)), begins);
    output.loss_sum = 0;
    output.correct = 0;
    for (const Part& part : parts) {  // in the order of ranks
        output.loss_sum += part.loss_sum;
        output.correct += part.correct;
    }
}

HostTensor CudaExecutable::download(ValueId value) const {
    const ValueInfo& info = program_.info(value);
    HostTensor tensor(local_.host_shape(value));
    const bool elements = info.role == Role::activation && info.dtype == DType::f32;
    const Element element = elements ? site_.element : Element::f32;
    std::vector<std::byte> bytes(static_cast<size_t>(stored_bytes(local_, info, site_.element)));
    CNNLAB_CUDA(cudaMemcpyAsync(bytes.data(), addresses_[static_cast<size_t>(value.index)], bytes.size(),
                                cudaMemcpyDeviceToHost, site_.stream));
    CNNLAB_CUDA(cudaStreamSynchronize(site_.stream));
    const float factor = scaled_[static_cast<size_t>(value.index)] ? 1 / site_.gradient_scale : 1.0F;
    const auto convert = [&]<class T>(const T* from, auto to_number) {
        for (int64_t i = 0; i < tensor.count(); ++i) tensor[i] = to_number(from[i]) * factor;
    };
    const void* data = bytes.data();
    const auto number = [](auto v) { return static_cast<float>(v); };
    if (info.dtype == DType::u16)
        convert(static_cast<const uint16_t*>(data), number);
    else if (info.dtype == DType::i32)
        convert(static_cast<const int32_t*>(data), number);
    else if (element == Element::f32)
        convert(static_cast<const float*>(data), number);
    else if (element == Element::f16)
        convert(static_cast<const __half*>(data), [](__half v) { return __half2float(v); });
    else
        convert(static_cast<const __nv_bfloat16*>(data), [](__nv_bfloat16 v) { return __bfloat162float(v); });
    if (!shared_->peers || !info.per_image()) return tensor;
    // the rows of all members, one after the other
    HostTensor all(program_.host_shape(value));
    const int64_t row = info.shape.count();
    std::vector<int64_t> begins;
    for (int member = 0; member <= shared_->peers->size(); ++member)
        begins.push_back(int64_t{images_of_member(last_.images, member, shared_->peers->size()).begin} * row *
                         int64_t{sizeof(float)});
    std::copy_n(tensor.data(), last_.own.count() * row, all.data() + last_.own.begin * row);
    shared_->peers->group->all_gather(
        std::as_writable_bytes(std::span(all.data(), static_cast<size_t>(last_.images * row))), begins);
    return all;
}

void CudaExecutable::set_profiling(bool on) {
    profiling_ = on;
    std::fill(seconds_.begin(), seconds_.end(), 0.0);
    while (on && marks_.size() <= launches_.size()) marks_.emplace_back(true);
}

std::vector<std::string> CudaExecutable::op_kernels() const {
    std::vector<std::string> kernels(program_.ops.size());
    for (const Launch& launch : launches_)
        for (const int op : launch.ops) kernels[static_cast<size_t>(op)] = launch.how;
    return kernels;
}

}  // namespace cnnlab::cuda
