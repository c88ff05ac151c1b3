#include "native/cuda/kernels/update.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "native/cuda/launch.hpp"

/// The end of a training step: the norm of the gradients and the updates.
namespace cnnlab::cuda {

namespace {

/// The operands common to all updates.
Update with_operands(UpdateKind kind, const ops::UpdateOperands& op, const Binding& bound) {
    Update update;
    update.kind = kind;
    update.parameter = bound.floats(op.parameter);
    update.gradient = bound.floats(op.gradient);
    update.clip = bound.floats(op.clip);
    update.clip_value = op.clip_value;
    update.lr_scale = op.lr_scale;
    update.weight_decay = op.weight_decay;
    update.rate = op.rate;
    return update;
}

Update update_of(const ops::SgdUpdate& op, const Binding& bound) {
    Update update = with_operands(UpdateKind::sgd, op, bound);
    update.first = bound.floats(op.velocity);
    update.a = op.momentum;
    update.flag = op.nesterov;
    return update;
}
Update update_of(const ops::AdamUpdate& op, const Binding& bound) {
    Update update = with_operands(UpdateKind::adam, op, bound);
    update.first = bound.floats(op.first);
    update.second = bound.floats(op.second);
    update.a = op.beta1;
    update.b = op.beta2;
    update.eps = op.eps;
    update.flag = op.decoupled;
    return update;
}
Update update_of(const ops::RmsPropUpdate& op, const Binding& bound) {
    Update update = with_operands(UpdateKind::rmsprop, op, bound);
    update.first = bound.floats(op.square);
    update.second = bound.floats(op.velocity);
    update.a = op.alpha;
    update.b = op.momentum;
    update.eps = op.eps;
    return update;
}
Update update_of(const ops::AverageUpdate& op, const Binding& bound) {
    Update update;
    update.kind = UpdateKind::average;
    update.parameter = bound.floats(op.parameter);
    update.first = bound.floats(op.average);
    update.a = op.decay;
    return update;
}

Update update_of(const ops::LookaheadUpdate& op, const Binding& bound) {
    Update update;
    update.kind = UpdateKind::lookahead;
    update.parameter = bound.floats(op.parameter);
    update.first = bound.floats(op.slow);
    update.every = op.every;
    update.a = op.decay;
    update.b = op.power;
    update.start = op.start;
    return update;
}

template <class O>
concept ElementwiseUpdate = requires(const O& op, const Binding& bound) {
    update_of(op, bound);
};

ValueId parameter_of(const Op& op) {
    return std::visit(
        [](const auto& o) {
            if constexpr (requires { o.parameter; })
                return o.parameter;
            else
                return ValueId{};
        },
        op);
}

/// What the launch reads, once addresses are known.
struct Tables {
    DeviceBuffer updates, chunks;
    int count = 0;
};

/// The updates, grouped by parameter in their order, cut into chunks.
void fill(Tables& tables, const std::vector<Op>& ops, const std::vector<int64_t>& sizes,
          const Binding& bound) {
    std::map<int32_t, std::vector<size_t>> by_parameter;
    for (size_t i = 0; i < ops.size(); ++i) by_parameter[parameter_of(ops[i]).index].push_back(i);
    std::vector<Update> updates;
    std::vector<UpdateChunk> chunks;
    for (const auto& [parameter, numbers] : by_parameter) {
        const auto first = static_cast<int32_t>(updates.size());
        for (const size_t i : numbers)
            std::visit(
                [&](const auto& op) {
                    if constexpr (ElementwiseUpdate<std::decay_t<decltype(op)>>)
                        updates.push_back(update_of(op, bound));
                },
                ops[i]);
        const int64_t count = sizes[numbers.front()];
        for (int64_t begin = 0; begin < count; begin += chunk_elements)
            chunks.push_back({first, static_cast<int32_t>(updates.size()), begin,
                              std::min(begin + chunk_elements, count)});
    }
    tables.updates = device_copy(std::span<const Update>(updates), "the updates", bound.site.stream);
    tables.chunks = device_copy(std::span<const UpdateChunk>(chunks), "the updates", bound.site.stream);
    tables.count = static_cast<int>(chunks.size());
}

}  // namespace

bool is_elementwise_update(const Op& op) {
    return std::visit([](const auto& o) { return ElementwiseUpdate<std::decay_t<decltype(o)>>; }, op);
}

Launch make_updates(std::span<const Op> updates, Maker& maker) {
    const std::vector<Op> ops(updates.begin(), updates.end());
    std::vector<int64_t> sizes;
    for (const Op& op : ops) sizes.push_back(maker.program().shape(parameter_of(op)).count());
    const auto tables = std::make_shared<Tables>();
    Launch launch;
    launch.bind = [=](const Binding& bound) { fill(*tables, ops, sizes, bound); };
    launch.run = [=](const Binding& bound) {
        run_updates(bound.site, tables->updates.as<const Update>(), tables->chunks.as<const UpdateChunk>(),
                    tables->count);
    };
    return launch;
}

Launch make(const ops::SgdUpdate& op, Maker& maker) { return make_updates(std::vector<Op>{op}, maker); }
Launch make(const ops::AdamUpdate& op, Maker& maker) { return make_updates(std::vector<Op>{op}, maker); }
Launch make(const ops::RmsPropUpdate& op, Maker& maker) { return make_updates(std::vector<Op>{op}, maker); }
Launch make(const ops::AverageUpdate& op, Maker& maker) { return make_updates(std::vector<Op>{op}, maker); }

Launch make(const ops::LookaheadUpdate& op, Maker& maker) { return make_updates(std::vector<Op>{op}, maker); }

Launch make(const ops::GradientNorm& op, Maker& maker) {
    std::vector<int64_t> sizes;
    int64_t count = 0;
    for (const ValueId gradient : op.gradients) {
        sizes.push_back(maker.program().shape(gradient).count());
        count += (sizes.back() + chunk_elements - 1) / chunk_elements;
    }
    const auto chunks = std::make_shared<DeviceBuffer>();
    Launch launch;
    launch.scratch_bytes = count * int64_t{sizeof(double)};
    launch.bind = [=](const Binding& bound) {
        std::vector<NormChunk> all;
        for (size_t i = 0; i < sizes.size(); ++i)
            for (int64_t begin = 0; begin < sizes[i]; begin += chunk_elements)
                all.push_back(
                    {bound.floats(op.gradients[i]) + begin, std::min(chunk_elements, sizes[i] - begin)});
        *chunks = device_copy(std::span<const NormChunk>(all), "the gradients' norm", bound.site.stream);
    };
    launch.run = [=](const Binding& bound) {
        run_gradient_norm(bound.site, chunks->as<const NormChunk>(), static_cast<int>(count), op.max_norm,
                          bound.floats(op.clip), reinterpret_cast<double*>(bound.scratch));
    };
    return launch;
}

Launch make_weight_copies(const Maker& maker) {
    std::vector<std::pair<ValueId, int64_t>> wanted;
    const Program& program = maker.program();
    int64_t count = 0;
    for (size_t i = 0; i < program.values.size(); ++i) {
        if (!maker.wants_weight(i)) continue;
        wanted.emplace_back(ValueId{static_cast<int32_t>(i)}, program.values[i].shape.count());
        count += (wanted.back().second + chunk_elements - 1) / chunk_elements;
    }
    const auto chunks = std::make_shared<DeviceBuffer>();
    const int size = size_of(maker.element());
    Launch launch;
    launch.bind = [=](const Binding& bound) {
        std::vector<CastChunk> all;
        for (const auto& [id, elements] : wanted)
            for (int64_t begin = 0; begin < elements; begin += chunk_elements)
                all.push_back({bound.floats(id) + begin,
                               bound.weights[static_cast<size_t>(id.index)] + begin * size,
                               std::min(chunk_elements, elements - begin)});
        *chunks = device_copy(std::span<const CastChunk>(all), "the weights' copies", bound.site.stream);
    };
    launch.run = [=](const Binding& bound) {
        if (count > 0) run_casts(bound.site, chunks->as<const CastChunk>(), static_cast<int>(count));
    };
    return launch;
}

}  // namespace cnnlab::cuda
