#include "native/cuda/kernels/muon.hpp"

#include <map>
#include <memory>
#include <tuple>

#include "native/cuda/step.hpp"

namespace cnnlab::cuda {

namespace {

MuonMatrix matrix_of(const ops::MuonUpdate& op, const Launch& l) {
    return {l.floats(op.parameter),
            l.floats(op.gradient),
            l.floats(op.velocity),
            l.floats(op.clip),
            op.clip_value,
            op.lr_scale,
            op.weight_decay,
            op.momentum,
            op.rate,
            op.nesterov,
            op.norm_every,
            op.norm_slowing};
}

/// Matrices that go through the same launches, and their table once the places are known.
struct Batch {
    MuonShape shape;
    std::vector<ops::MuonUpdate> ops;
    DeviceBuffer table;
};

}  // namespace

Step make_muon(std::span<const ops::MuonUpdate> updates, Maker& maker) {
    const auto batches = std::make_shared<std::vector<Batch>>();
    for (const ops::MuonUpdate& op : updates) {
        const Shape& shape = maker.program().shape(op.parameter);
        MuonShape wanted{static_cast<int>(shape[0]),
                         static_cast<int>(shape.count() / shape[0]),
                         0,
                         op.newton_steps,
                         op.coefficients[0],
                         op.coefficients[1],
                         op.coefficients[2]};
        const auto key = [](const MuonShape& s) {
            return std::tuple(s.rows, s.columns, s.newton_steps, s.a, s.b, s.c);
        };
        auto found = std::find_if(batches->begin(), batches->end(),
                                  [&](const Batch& b) { return key(b.shape) == key(wanted); });
        if (found == batches->end()) {
            batches->push_back({wanted, {}, {}});
            found = batches->end() - 1;
        }
        found->ops.push_back(op);
        ++found->shape.matrices;
    }
    Step step;
    for (const Batch& batch : *batches)
        step.scratch_bytes = std::max(step.scratch_bytes, muon_scratch(batch.shape) * int64_t{sizeof(float)});
    step.bind = [=](const Launch& l) {
        for (Batch& batch : *batches) {
            std::vector<MuonMatrix> rows;
            for (const ops::MuonUpdate& op : batch.ops) rows.push_back(matrix_of(op, l));
            batch.table = device_copy(std::span<const MuonMatrix>(rows), "Muon", l.site.stream);
        }
    };
    step.run = [=](const Launch& l) {
        for (const Batch& batch : *batches)
            run_muon(l.site, batch.shape, batch.table.as<const MuonMatrix>(),
                     reinterpret_cast<float*>(l.scratch));
    };
    return step;
}

Step make(const ops::MuonUpdate& op, Maker& maker) { return make_muon(std::span(&op, 1), maker); }

}  // namespace cnnlab::cuda
