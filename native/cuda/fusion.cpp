#include "native/cuda/fusion.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/ops/dataflow.hpp"

namespace cnnlab::cuda {

namespace {

MaybeActivation activation_of(const ops::Activation& op) { return {true, op.kind, op.alpha}; }
MaybeActivation activation_of(const ops::ActivationBackward& op) { return {true, op.kind, op.alpha}; }

/// Whether each pixel lies in one window at most: windows do not overlap in either direction, or there is only one.
bool windows_are_apart(const Window& w, const ImageShape& windows) {
    return w.dilation.height == 1 && w.dilation.width == 1 &&
           (w.kernel.height <= w.stride.height || windows.height == 1) &&
           (w.kernel.width <= w.stride.width || windows.width == 1);
}

class Finder {
  public:
    explicit Finder(const Program& program) : program_(program), flow_(program), taken_(program.ops.size()) {}

    std::vector<Fusion> find() {
        // Backward first: what it recomputes need not be stored by the forward pass.
        each<ops::ActivationBackward>([&](int i, const auto& op) { backward_of_activated_norm(i, op); });
        each<ops::BatchNormBackwardInput>([&](int i, const auto& op) { backward_of_pooled_norm(i, op); });
        each<ops::ActivationBackward>([&](int i, const auto& op) { bias_in_front(i, op); });
        each<ops::BatchNormStatistics>([&](int i, const auto& op) { statistics_of_pooled(i, op); });
        each<ops::BatchNorm>([&](int i, const auto& op) { normalise(i, op); });
        for (Fusion& fusion : found_) std::visit([&](auto& op) { forget_unread(op); }, fusion.op);
        std::sort(found_.begin(), found_.end(),
                  [](const Fusion& a, const Fusion& b) { return a.ops.back() < b.ops.back(); });
        return std::move(found_);
    }

  private:
    template <class O>
    const O* as(int op) const {
        return op < 0 ? nullptr : std::get_if<O>(&program_.ops[static_cast<size_t>(op)]);
    }
    bool is_free(int op) const { return !taken_[static_cast<size_t>(op)]; }

    /// Calls fits(number, op) for each op of this kind that is in no group yet.
    template <class O, class F>
    void each(const F& f) {
        for (int i = 0; i < static_cast<int>(program_.ops.size()); ++i)
            if (const auto* op = as<O>(i); op != nullptr && is_free(i)) f(i, *op);
    }
    /// The first free op of this kind that reads the value and fits, or −1.
    template <class O, class F>
    int reader(ValueId id, const F& fits) const {
        for (const int i : flow_.readers(id))
            if (const auto* op = as<O>(i); op != nullptr && is_free(i) && fits(*op)) return i;
        return -1;
    }
    void add(std::vector<int> ops, const FusedOp& op) {
        for (const int i : ops) taken_[static_cast<size_t>(i)] = true;
        found_.push_back({std::move(ops), op});
    }

    /// The forward norm whose output a backward op can recompute from x, with the same statistics, given what the
    /// activation saved.
    template <class Sums>
    const ops::BatchNorm* norm_behind(const ops::ActivationBackward& op, const Sums& sums, int at) const {
        ValueId normal = op.saved;
        if (derivative_from_output(op.kind)) {
            const auto* activation = as<ops::Activation>(flow_.writer(op.saved));
            if (activation == nullptr || activation->kind != op.kind || activation->alpha != op.alpha)
                return nullptr;
            normal = activation->x;
        }
        const int forward = flow_.writer(normal);
        const auto* norm = as<ops::BatchNorm>(forward);
        if (norm == nullptr || norm->x != sums.x || norm->mean != sums.mean ||
            norm->variance != sums.variance || norm->eps != sums.eps)
            return nullptr;
        for (const ValueId id : {norm->x, norm->mean, norm->variance, norm->weight, norm->bias})
            if (id && !flow_.unchanged(id, forward, at)) return nullptr;
        return norm;
    }

    /// ActivationBackward and both sums; then the input's gradient by itself, from the same values.
    void backward_of_activated_norm(int i, const ops::ActivationBackward& op) {
        using Reduce = ops::BatchNormBackwardReduce;
        using Input = ops::BatchNormBackwardInput;
        const int reduce = reader<Reduce>(op.dx, [&](const Reduce& r) { return r.dy == op.dx; });
        const auto* sums = as<Reduce>(reduce);
        const std::vector<int> group{i, reduce};
        if (sums == nullptr || sums->x == op.dx || !flow_.may_go_together(group)) return;
        const auto* norm = norm_behind(op, *sums, reduce);
        if (norm == nullptr) return;
        replaced_.insert({i, op.saved.index});
        replaced_.insert({reduce, op.dx.index});
        add(group, fused::NormSums{sums->x, op.dy, sums->mean, sums->variance, norm->weight, norm->bias,
                                   op.dx, sums->dweight, sums->dbias, activation_of(op), sums->eps});

        const int input = reader<Input>(op.dx, [&](const Input& b) { return b.dy == op.dx; });
        const auto* gradient = as<Input>(input);
        if (gradient == nullptr || gradient->x == op.dx || gradient->weight != norm->weight ||
            norm_behind(op, *gradient, input) != norm || !flow_.unchanged(op.dy, i, input))
            return;
        fused::NormInputGradient both = input_gradient(*gradient);
        both.dy = op.dy;
        both.bias = norm->bias;
        both.activation = activation_of(op);
        const std::vector<int> ops = with_pool(input, *gradient, both);
        // The activation's gradient is recomputed elsewhere than at its op: all that it reads must be there.
        if (!(norm_behind(op, *gradient, ops.back()) == norm && flow_.unchanged(op.dy, i, ops.back())))
            return;
        replaced_.insert({input, op.dx.index});
        add_input_gradient(ops, both);
    }

    static fused::NormInputGradient input_gradient(const ops::BatchNormBackwardInput& op) {
        fused::NormInputGradient found;
        found.x = op.x;
        found.dy = op.dy;
        found.mean = op.mean;
        found.variance = op.variance;
        found.weight = op.weight;
        found.dweight = op.dweight;
        found.dbias = op.dbias;
        found.dx = op.dx;
        found.eps = op.eps;
        return found;
    }

    /// Adds to `fused` the backward pass of the max pool before the norm, if its windows do not overlap. Returns the
    /// ops.
    std::vector<int> with_pool(int i, const ops::BatchNormBackwardInput& op,
                               fused::NormInputGradient& fused) const {
        using Pool = ops::MaxPool2dBackward;
        const ImageShape windows(program_.shape(op.dx));
        const int back = reader<Pool>(
            op.dx, [&](const Pool& p) { return p.dy == op.dx && windows_are_apart(p.window, windows); });
        const auto* pool = as<Pool>(back);
        if (pool == nullptr || !flow_.may_go_together(std::vector<int>{i, back})) return {i};
        fused.pools = true;
        fused.window = pool->window;
        fused.argmax = pool->argmax;
        fused.dpooled = op.dx;
        fused.dx = pool->dx;
        return {i, back};
    }

    void backward_of_pooled_norm(int i, const ops::BatchNormBackwardInput& op) {
        fused::NormInputGradient both = input_gradient(op);
        if (const auto group = with_pool(i, op, both); group.size() > 1) add_input_gradient(group, both);
    }

    void add_input_gradient(const std::vector<int>& group, const fused::NormInputGradient& op) {
        if (op.dpooled) replaced_.insert({group.back(), op.dpooled.index});
        add(group, op);
    }

    /// ActivationBackward and the gradient of a bias alone (the weight is frozen).
    void bias_in_front(int i, const ops::ActivationBackward& op) {
        using Conv = ops::Conv2dBackwardWeight;
        const int bias = reader<Conv>(
            op.dx, [&](const Conv& c) { return c.dy == op.dx && c.x != op.dx && !c.dweight && c.dbias; });
        const auto* sums = as<Conv>(bias);
        const std::vector<int> group{i, bias};
        if (sums == nullptr || !flow_.may_go_together(group)) return;
        replaced_.insert({bias, op.dx.index});
        add(group, fused::BiasSums{op.saved, op.dy, op.dx, sums->dbias, activation_of(op)});
    }

    void statistics_of_pooled(int i, const ops::BatchNormStatistics& op) {
        const int before = flow_.writer(op.x);
        const auto* pool = as<ops::MaxPool2d>(before);
        const std::vector<int> group{before, i};
        if (pool == nullptr || before > i || !is_free(before) || !flow_.may_go_together(group)) return;
        add(group, fused::PoolStatistics{*pool, op});
    }

    /// Max pool (unless statistics have taken it), norm, activation.
    void normalise(int i, const ops::BatchNorm& op) {
        fused::Normalise found;
        found.x = op.x;
        found.mean = op.mean;
        found.variance = op.variance;
        found.weight = op.weight;
        found.bias = op.bias;
        found.y = op.y;
        found.eps = op.eps;
        std::vector<int> group{i};
        const int behind = reader<ops::Activation>(op.y, [](const auto&) { return true; });
        if (behind > i && flow_.may_go_together(std::vector<int>{i, behind})) {
            const auto& activation = *as<ops::Activation>(behind);
            group.push_back(behind);
            found.activation = activation_of(activation);
            found.normal = op.y;
            found.y = activation.y;
            replaced_.insert({behind, op.y.index});
        }
        const int before = flow_.writer(op.x);
        const auto* pool = as<ops::MaxPool2d>(before);
        if (pool != nullptr && before < i && is_free(before)) {
            std::vector<int> all{before};
            all.insert(all.end(), group.begin(), group.end());
            if (flow_.may_go_together(all)) {
                group = all;
                found.pools = true;
                found.window = pool->window;
                found.x = pool->x;
                found.pooled = op.x;
                found.argmax = pool->argmax;
                replaced_.insert({i, op.x.index});
            }
        }
        if (group.size() > 1) add(group, found);
    }

    /// Whether any op outside the groups that recompute the value needs it in memory.
    bool is_read(ValueId id) const {
        if (flow_.is_kept(id)) return true;
        const auto& readers = flow_.readers(id);
        return std::any_of(readers.begin(), readers.end(), [&](int op) {
            return !replaced_.contains({op, id.index});
        });
    }
    void forget(ValueId& id) const {
        if (id && !is_read(id)) id = {};
    }
    void forget_unread(fused::PoolStatistics& op) const { forget(op.pool.argmax); }
    void forget_unread(fused::Normalise& op) const {
        forget(op.pooled);
        forget(op.argmax);
        forget(op.normal);
    }
    void forget_unread(fused::NormSums& op) const { forget(op.dnormal); }
    void forget_unread(fused::NormInputGradient& op) const { forget(op.dpooled); }
    void forget_unread(fused::BiasSums& op) const { forget(op.dx); }

    const Program& program_;
    Dataflow flow_;
    std::vector<bool> taken_;
    std::set<std::pair<int, int32_t>> replaced_;  ///< (op, value): this read is no longer needed
    std::vector<Fusion> found_;
};

}  // namespace

Operands Fusion::operands() const {
    struct Collect {
        Operands found;
        void in(ValueId id) {
            if (id) found.reads.push_back(id);
        }
        void out(ValueId id) {
            if (id) found.writes.push_back(id);
        }
        void inout(ValueId id) { in(id), out(id); }
    } collect;
    std::visit([&](const auto& o) { o.operands(o, collect); }, op);
    return collect.found;
}

std::vector<Fusion> find_fusions(const Program& program) { return Finder(program).find(); }

}  // namespace cnnlab::cuda
