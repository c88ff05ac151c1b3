#include "native/cuda/kernels/muon.hpp"

#include <algorithm>
#include <memory>
#include <tuple>

#include "native/cuda/launch.hpp"
#include "native/cuda/launches/muon_products.hpp"

namespace cnnlab::cuda {

namespace {

MuonMatrix matrix_of(const ops::MuonUpdate& op, const Binding& bound) {
    return {bound.floats(op.parameter),
            bound.floats(op.gradient),
            bound.floats(op.velocity),
            bound.floats(op.clip),
            op.clip_value,
            op.lr_scale,
            op.weight_decay,
            op.momentum,
            op.rate,
            op.nesterov,
            op.norm_every,
            op.norm_slowing};
}

/// Matrices that share their launches, and their table once addresses are known.
struct Batch {
    MuonShape shape;
    std::vector<ops::MuonUpdate> ops;
    MuonPlans plans;
    DeviceBuffer table;
};

/// Whose kernels the products of all batches are.
std::string how_of(const std::vector<Batch>& batches) {
    const auto planned = std::ranges::count_if(batches, [](const Batch& b) { return bool(b.plans); });
    std::string how = planned == 0 ? "own" : "cuBLASLt";
    if (planned > 0 && planned < std::ssize(batches)) how += " and own";
    return batches.front().shape.bf16 ? how + ", bf16" : how;
}

}  // namespace

void run_muon(const Site& site, const MuonShape& shape, const MuonMatrix* matrices, const MuonPlans& plans,
              std::byte* scratch) {
    const MuonScratch at(shape);
    std::byte *x = scratch + at.x, *next = scratch + at.next, *a = scratch + at.a, *b = scratch + at.b;
    std::byte* workspace = scratch + at.bytes;
    run_muon_begin(site, shape, matrices, scratch);
    for (int i = 0; i < shape.newton_steps; ++i) {
        if (plans) {
            plans.a->run(site.stream, x, x, a, workspace);
            plans.b->run(site.stream, a, a, b, workspace);
            plans.next->run(site.stream, x, b, next, workspace);
        } else {
            run_muon_products(site, shape, x, a, b, next);
        }
        std::swap(x, next);
    }
    run_muon_end(site, shape, matrices, x, scratch + at.squares);
}

Launch make_muon(std::span<const ops::MuonUpdate> updates, Maker& maker) {
    const auto batches = std::make_shared<std::vector<Batch>>();
    for (const ops::MuonUpdate& op : updates) {
        const Shape& shape = maker.program().shape(op.parameter);
        MuonShape wanted{static_cast<int>(shape[0]),
                         static_cast<int>(shape.count() / shape[0]),
                         0,
                         op.newton_steps,
                         op.coefficients[0],
                         op.coefficients[1],
                         op.coefficients[2],
                         maker.element() != Element::f32};
        const auto key = [](const MuonShape& s) {
            return std::tuple(s.rows, s.columns, s.newton_steps, s.a, s.b, s.c);
        };
        auto found = std::find_if(batches->begin(), batches->end(),
                                  [&](const Batch& b) { return key(b.shape) == key(wanted); });
        if (found == batches->end()) {
            batches->push_back({wanted, {}, {}, {}});
            found = batches->end() - 1;
        }
        found->ops.push_back(op);
        ++found->shape.matrices;
    }
    Launch launch;
    for (Batch& batch : *batches) {
        if (batch.shape.bf16) {  // fp32 is computed in fp32: tensor cores bring it nothing
            const MuonProducts products(batch.shape);
            const auto plan = [&](const BlasProduct& product) {
                return maker.libraries().product(product, maker.stream());
            };
            batch.plans = {plan(products.a), plan(products.b), plan(products.next)};
        }
        const int64_t bytes = MuonScratch(batch.shape).bytes + batch.plans.workspace();
        launch.scratch_bytes = std::max(launch.scratch_bytes, bytes);
    }
    launch.how = how_of(*batches);
    launch.bind = [=](const Binding& bound) {
        for (Batch& batch : *batches) {
            std::vector<MuonMatrix> rows;
            for (const ops::MuonUpdate& op : batch.ops) rows.push_back(matrix_of(op, bound));
            batch.table = device_copy(std::span<const MuonMatrix>(rows), "Muon", bound.site.stream);
        }
    };
    launch.run = [=](const Binding& bound) {
        for (const Batch& batch : *batches)
            run_muon(bound.site, batch.shape, batch.table.as<const MuonMatrix>(), batch.plans, bound.scratch);
    };
    return launch;
}

Launch make(const ops::MuonUpdate& op, Maker& maker) { return make_muon(std::span(&op, 1), maker); }

}  // namespace cnnlab::cuda
