#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/ops/program.hpp"
#include "native/cuda/device/memory.hpp"
#include "native/cuda/fused_ops.hpp"
#include "native/cuda/kernels/batch_norm.hpp"
#include "native/cuda/kernels/conv2d.hpp"
#include "native/cuda/kernels/site.hpp"
#include "native/cuda/libraries/libraries.hpp"

namespace cnnlab::cuda {

/// Where the values of a launch lie.
struct Binding {
    const Site& site;
    std::span<std::byte* const> addresses;  ///< by value of the Program
    std::span<std::byte* const>
        weights;  ///< by value: a parameter in site.element, where a launch asked for it
    std::byte* scratch = nullptr;

    template <class T = void>
    [[nodiscard]] T* at(ValueId id) const {
        return id ? reinterpret_cast<T*>(addresses[static_cast<size_t>(id.index)]) : nullptr;
    }
    [[nodiscard]] float* floats(ValueId id) const { return at<float>(id); }
    [[nodiscard]] const void* weight(ValueId id) const { return weights[static_cast<size_t>(id.index)]; }
};

/// One op, or several fused ones, ready to be launched any number of times.
struct Launch {
    std::vector<int> ops;             ///< numbers in the Program
    std::optional<Operands> touches;  ///< the values it reads and writes, if these are not those of its ops
    std::string how = "own";    ///< whose kernels: "own", "own, fused", "cuDNN", "cuBLASLt", "cuBLASLt, bf16"
    int64_t scratch_bytes = 0;  ///< memory of its own while it runs
    std::function<void(const Binding&)>
        bind;  ///< called once before the first launch, when addresses are known; may be empty
    std::function<void(const Binding&)> run;
};

/// State of the makers while a Program is prepared.
class Maker {
  public:
    Maker(const Program& program, Element element, float gradient_scale, Libraries& libraries,
          cudaStream_t stream)
        : program_(&program),
          element_(element),
          gradient_scale_(gradient_scale),
          libraries_(&libraries),
          stream_(stream),
          wanted_weights_(program.values.size()) {}

    [[nodiscard]] const Program& program() const { return *program_; }
    [[nodiscard]] Element element() const { return element_; }
    [[nodiscard]] float gradient_scale() const { return gradient_scale_; }
    [[nodiscard]] Libraries& libraries() const { return *libraries_; }
    [[nodiscard]] cudaStream_t stream() const { return stream_; }
    [[nodiscard]] int batch() const { return program_->batch; }
    [[nodiscard]] ImageShape image(ValueId id) const { return ImageShape(program_->shape(id)); }
    /// Elements of an activation, over the whole batch.
    [[nodiscard]] uint32_t elements(ValueId id) const;
    /// Rows of an activation as [rows, C].
    [[nodiscard]] uint32_t rows(ValueId id) const;
    [[nodiscard]] NormShape norm_shape(ValueId id) const;
    [[nodiscard]] WindowMap window_map(const Window& window, ValueId in, ValueId out) const;
    [[nodiscard]] ConvShape conv_shape(const Window& window, ValueId in, ValueId out, int groups) const;

    /// Asks for this parameter in site.element: Binding::weight().
    void want_weight(ValueId id) { wanted_weights_[static_cast<size_t>(id.index)] = true; }
    [[nodiscard]] bool wants_weight(size_t value) const { return wanted_weights_[value]; }

    /// A table on the device that lives as long as the executable.
    template <class T>
    [[nodiscard]] const T* table(std::span<const T> rows) {
        tables_.push_back(device_copy(rows, "a table", stream_));
        return tables_.back().template as<const T>();
    }
    template <class T>
    [[nodiscard]] const T* table(const std::vector<T>& rows) {
        return table(std::span<const T>(rows));
    }

  private:
    const Program* program_;
    Element element_;
    float gradient_scale_;
    Libraries* libraries_;
    cudaStream_t stream_;
    std::vector<bool> wanted_weights_;
    std::vector<DeviceBuffer> tables_;
};

/// One maker for each op of the instruction set. The docstring of the op is its specification.
[[nodiscard]] Launch make(const ops::LoadBatch& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Conv2d& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Conv2dBackwardInput& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Conv2dBackwardWeight& op, Maker& maker);
[[nodiscard]] Launch make(const ops::BatchNormStatistics& op, Maker& maker);
[[nodiscard]] Launch make(const ops::BatchNorm& op, Maker& maker);
[[nodiscard]] Launch make(const ops::BatchNormBackwardReduce& op, Maker& maker);
[[nodiscard]] Launch make(const ops::BatchNormBackwardInput& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Activation& op, Maker& maker);
[[nodiscard]] Launch make(const ops::ActivationBackward& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Softmax& op, Maker& maker);
[[nodiscard]] Launch make(const ops::SoftmaxBackward& op, Maker& maker);
[[nodiscard]] Launch make(const ops::MaxPool2d& op, Maker& maker);
[[nodiscard]] Launch make(const ops::MaxPool2dBackward& op, Maker& maker);
[[nodiscard]] Launch make(const ops::AvgPool2d& op, Maker& maker);
[[nodiscard]] Launch make(const ops::AvgPool2dBackward& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Dropout& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Add& op, Maker& maker);
[[nodiscard]] Launch make(const ops::WeightedSum& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Concat& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Slice& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Reshape& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Shift& op, Maker& maker);
[[nodiscard]] Launch make(const ops::Resize& op, Maker& maker);
[[nodiscard]] Launch make(const ops::CrossEntropy& op, Maker& maker);
[[nodiscard]] Launch make(const ops::BinaryCrossEntropy& op, Maker& maker);
[[nodiscard]] Launch make(const ops::MeanSquaredError& op, Maker& maker);
[[nodiscard]] Launch make(const ops::GradientNorm& op, Maker& maker);
[[nodiscard]] Launch make(const ops::SgdUpdate& op, Maker& maker);
[[nodiscard]] Launch make(const ops::AdamUpdate& op, Maker& maker);
[[nodiscard]] Launch make(const ops::RmsPropUpdate& op, Maker& maker);
[[nodiscard]] Launch make(const ops::MuonUpdate& op, Maker& maker);
[[nodiscard]] Launch make(const ops::AverageUpdate& op, Maker& maker);
[[nodiscard]] Launch make(const ops::LookaheadUpdate& op, Maker& maker);

/// Makers of fused ops (fused_ops.hpp).
[[nodiscard]] Launch make(const fused::PoolStatistics& op, Maker& maker);
[[nodiscard]] Launch make(const fused::Normalise& op, Maker& maker);
[[nodiscard]] Launch make(const fused::NormSums& op, Maker& maker);
[[nodiscard]] Launch make(const fused::NormInputGradient& op, Maker& maker);
[[nodiscard]] Launch make(const fused::BiasSums& op, Maker& maker);

/// Whether an op updates a parameter elementwise: make_updates() takes it.
[[nodiscard]] bool is_elementwise_update(const Op& op);
/// One launch for such updates that follow each other in the Program.
[[nodiscard]] Launch make_updates(std::span<const Op> updates, Maker& maker);
/// Muon for several parameters. Those of one shape share their launches.
[[nodiscard]] Launch make_muon(std::span<const ops::MuonUpdate> updates, Maker& maker);

/// Copies of the parameters in site.element, made at the start of each run.
[[nodiscard]] Launch make_weight_copies(const Maker& maker);

}  // namespace cnnlab::cuda
