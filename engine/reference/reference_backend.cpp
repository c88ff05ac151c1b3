#include "engine/reference/reference_backend.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <xtensor/xmath.hpp>

#include "engine/core/error.hpp"
#include "engine/reference/kernels.hpp"

namespace cnnlab {

namespace {

using reference::Array;
using reference::Context;
using reference::DeviceSplit;

/// A Program with memory for its values.
class ReferenceExecutable : public Executable {
  public:
    ReferenceExecutable(Program program_, int generation_)
        : program(std::move(program_)), generation(generation_) {
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

    Program program;
    int generation;  ///< of the backend's memory; an older one is gone
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

    void allocate(std::span<const PersistentInfo> tensors) override {
        infos_.assign(tensors.begin(), tensors.end());
        persistents_.clear();
        for (const auto& info : infos_)
            persistents_.emplace_back(
                xt::zeros<double>(std::vector<size_t>(info.shape.begin(), info.shape.end())));
        ++generation_;
    }

    void upload(int persistent, const HostTensor& tensor) override {
        const auto& info = infos_.at(static_cast<size_t>(persistent));
        if (tensor.shape() != info.shape)
            throw Error(ErrorCode::shape_mismatch, info.name,
                        "is " + tensor.shape().str() + ", not " + info.shape.str());
        std::copy(tensor.span().begin(), tensor.span().end(),
                  persistents_[static_cast<size_t>(persistent)].begin());
    }

    [[nodiscard]] HostTensor download(int persistent) override {
        return to_host(persistents_.at(static_cast<size_t>(persistent)),
                       infos_.at(static_cast<size_t>(persistent)).shape);
    }

    void upload_split(SplitName name, const ImageShape& image, const Split& split) override {
        DeviceSplit& mine = splits_[static_cast<size_t>(name)];
        mine = {image, split, std::vector<uint32_t>(static_cast<size_t>(split.count()))};
        std::iota(mine.order.begin(), mine.order.end(), 0U);
    }

    void upload_order(SplitName name, std::span<const uint32_t> order) override {
        DeviceSplit& split = splits_[static_cast<size_t>(name)];
        for (const uint32_t number : order)
            if (number >= split.data.labels.size())
                throw Error(
                    ErrorCode::out_of_range, "order",
                    "names image " + std::to_string(number) + " of " + std::to_string(split.data.count()));
        split.order.assign(order.begin(), order.end());
    }

    [[nodiscard]] std::unique_ptr<Executable> prepare(const Program& program) override {
        for (const ValueInfo& info : program.values)
            if (info.role == Role::persistent &&
                (info.persistent < 0 || static_cast<size_t>(info.persistent) >= infos_.size() ||
                 infos_[static_cast<size_t>(info.persistent)].shape != info.shape))
                throw Error(ErrorCode::shape_mismatch, info.name, "is not what was allocated",
                            "allocate this Program's tensors first");
        return std::make_unique<ReferenceExecutable>(program, generation_);
    }

    RunOutput run(Executable& executable, const RunInput& input) override {
        auto& mine = dynamic_cast<ReferenceExecutable&>(executable);
        const DeviceSplit& split = splits_[static_cast<size_t>(input.split)];
        check(mine, input, split);
        Context context{mine.program, input, split, mine.values, persistents_, {}};
        for (const Op& op : mine.program.ops) {
            std::visit([&](const auto& o) { reference::run(o, context); }, op);
            for (const ValueId id : operands_of(op).writes)
                if (mine.program.info(id).role == Role::persistent)
                    context[id] = Array(xt::cast<float>(context[id]));
        }
        return context.output;
    }

    [[nodiscard]] HostTensor download(Executable& executable, ValueId value) override {
        auto& mine = dynamic_cast<ReferenceExecutable&>(executable);
        const auto& kept = mine.program.kept;
        const ValueInfo& info = mine.program.info(value);
        if (std::find(kept.begin(), kept.end(), value) == kept.end())
            throw Error(ErrorCode::unknown_name, info.name, "is not kept by this Program",
                        "name it in CompileOptions::keep");
        Shape shape = info.shape;
        if (info.per_image()) {
            shape = info.shape.rank() == 1
                        ? Shape{mine.program.batch, info.shape[0]}
                        : Shape{mine.program.batch, info.shape[0], info.shape[1], info.shape[2]};
        }
        return to_host(mine.values[static_cast<size_t>(value.index)], shape);
    }

    void synchronize() override {}

  private:
    void check(const ReferenceExecutable& executable, const RunInput& input, const DeviceSplit& split) const {
        if (executable.generation != generation_)
            throw Error(ErrorCode::unsupported, "run", "the Program was prepared before the last allocate()");
        const ImageShape wanted(executable.program.shape(executable.program.images));
        if (split.image.height != wanted.height || split.image.width != wanted.width ||
            split.image.channels != wanted.channels)
            throw Error(ErrorCode::shape_mismatch, "run",
                        "the split's images do not have the Program's shape");
        if (input.count < 1 || input.count > executable.program.batch || input.cursor < 0 ||
            input.cursor + input.count > static_cast<int64_t>(split.order.size()))
            throw Error(ErrorCode::out_of_range, "run", "the batch reaches outside the split");
    }

    std::vector<PersistentInfo> infos_;
    std::vector<Array> persistents_;
    std::array<DeviceSplit, 3> splits_;
    int generation_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend() { return std::make_unique<ReferenceBackend>(); }

}  // namespace cnnlab
