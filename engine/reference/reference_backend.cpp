#include "engine/reference/reference_backend.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <xtensor/xmath.hpp>

#include "engine/reference/kernels.hpp"

namespace cnnlab {

namespace {

using reference::Array;
using reference::Context;
using reference::DeviceSplit;

/// A Program with memory for its values.
class ReferenceExecutable : public Executable {
  public:
    explicit ReferenceExecutable(const Program& program) : Executable(program) {
        for (const ValueInfo& info : program.values) {
            std::vector<size_t> extents(info.shape.begin(), info.shape.end());
            if (info.per_image()) {
                const ImageShape s(info.shape);
                extents = {static_cast<size_t>(program.batch), static_cast<size_t>(s.height),
                           static_cast<size_t>(s.width), static_cast<size_t>(s.channels)};
            }
            values.push_back(info.persistent >= 0 ? Array() : xt::zeros<double>(extents));
        }
    }

    std::vector<Array> values;
};

HostTensor to_host(const Array& array, const Shape& shape) {
    HostTensor tensor(shape);
    std::transform(array.begin(), array.end(), tensor.data(), [](double v) { return static_cast<float>(v); });
    return tensor;
}

class ReferenceBackend : public Backend {
  public:
    [[nodiscard]] BackendInfo info() const override { return {"reference", "xtensor, double precision"}; }
    void synchronize() override {}

  protected:
    void do_allocate(std::span<const PersistentInfo> tensors) override {
        persistents_.clear();
        for (const auto& info : tensors)
            persistents_.emplace_back(
                xt::zeros<double>(std::vector<size_t>(info.shape.begin(), info.shape.end())));
    }

    void do_upload(int persistent, const HostTensor& tensor) override {
        std::copy(tensor.span().begin(), tensor.span().end(),
                  persistents_[static_cast<size_t>(persistent)].begin());
    }

    [[nodiscard]] HostTensor do_download(int persistent) override {
        return to_host(persistents_[static_cast<size_t>(persistent)], persistent_info(persistent).shape);
    }

    void do_upload_split(SplitName name, const ImageShape& image, const Split& split) override {
        DeviceSplit& mine = splits_[static_cast<size_t>(name)];
        mine = {image, split, std::vector<uint32_t>(static_cast<size_t>(split.count()))};
        std::iota(mine.order.begin(), mine.order.end(), 0U);
    }

    void do_upload_order(SplitName name, std::span<const uint32_t> order) override {
        splits_[static_cast<size_t>(name)].order.assign(order.begin(), order.end());
    }

    [[nodiscard]] std::unique_ptr<Executable> do_prepare(const Program& program) override {
        return std::make_unique<ReferenceExecutable>(program);
    }

    RunOutput do_run(Executable& executable, const RunInput& input) override {
        auto& mine = static_cast<ReferenceExecutable&>(executable);
        const Program& program = mine.program();
        Context context{program,     input,        splits_[static_cast<size_t>(input.split)],
                        mine.values, persistents_, {}};
        for (const Op& op : program.ops) {
            std::visit([&](const auto& o) { reference::run(o, context); }, op);
            for (const ValueId id : operands_of(op).writes)
                if (program.info(id).role == Role::persistent)
                    context[id] = Array(xt::cast<float>(context[id]));
        }
        return context.output;
    }

    [[nodiscard]] HostTensor do_download(Executable& executable, ValueId value) override {
        const auto& mine = static_cast<const ReferenceExecutable&>(executable);
        return to_host(mine.values[static_cast<size_t>(value.index)], mine.program().host_shape(value));
    }

  private:
    std::vector<Array> persistents_;
    std::array<DeviceSplit, 3> splits_;
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend() { return std::make_unique<ReferenceBackend>(); }

}  // namespace cnnlab
