#include "web/bindings/convolution.hpp"

#include <vector>

#include "engine/core/error.hpp"
#include "web/bindings/messages.hpp"
#include "web/bindings/threads.hpp"

namespace cnnlab::web {

namespace {

/// A Program written by hand. Numbers come in as persistent tensors. Activations are spread from them by a 1×1
/// convolution of a single white pixel: one image with the value 1 times as many weights as there are numbers.
class Sketch {
  public:
    Sketch() {
        program.phase = Phase::train;
        program.images = value("white", {1, 1, 1});
        program.targets = value("target", {1}, Role::target, DType::i32);
        program.ops.emplace_back(ops::LoadBatch{program.images, program.targets, {}, {0.0F}, {1.0F}, 0});
    }

    ValueId value(const std::string& name, Shape shape, Role role = Role::activation,
                  DType dtype = DType::f32) {
        program.values.push_back({name, shape, dtype, role, -1});
        return {static_cast<int32_t>(program.values.size() - 1)};
    }
    ValueId tensor(const std::string& name, HostTensor numbers) {
        const ValueId id = value(name, numbers.shape(), Role::persistent);
        program.values.back().persistent = static_cast<int32_t>(tensors_.size());
        infos_.push_back({name, numbers.shape()});
        tensors_.push_back(std::move(numbers));
        return id;
    }
    ValueId activation(const std::string& name, const HostTensor& numbers) {
        const std::vector<float> copy(numbers.span().begin(), numbers.span().end());
        const ValueId weight = tensor(name + ".numbers", {{numbers.count(), 1, 1, 1}, copy});
        const ValueId row = value(name + ".row", {1, 1, numbers.count()}), y = value(name, numbers.shape());
        program.ops.emplace_back(ops::Conv2d{program.images, weight, {}, row, {}, 1});
        program.ops.emplace_back(ops::Reshape{row, y});
        return y;
    }
    [[nodiscard]] Shape shape(ValueId id) const { return program.shape(id); }

    void run() {
        program.layer_of_op.assign(program.ops.size(), -1);
        for (size_t i = 0; i < program.values.size(); ++i) {
            const Role role = program.values[i].role;
            if (role == Role::activation || role == Role::gradient)
                program.kept.push_back({static_cast<int32_t>(i)});
        }
        backend_ = make_backend();
        backend_->allocate(infos_);
        for (size_t i = 0; i < tensors_.size(); ++i) backend_->upload(static_cast<int>(i), tensors_[i]);
        const Split white{{255}, {0}};
        backend_->upload_split(SplitName::input, {1, 1, 1}, white);
        executable_ = backend_->prepare(program);
        backend_->run(*executable_, {SplitName::input, 0, 1});
    }
    /// Without the batch axis.
    [[nodiscard]] HostTensor result(ValueId id) {
        const HostTensor with_batch = backend_->download(*executable_, id);
        return {program.shape(id), std::vector<float>(with_batch.span().begin(),
                                                      with_batch.span().begin() + program.shape(id).count())};
    }

    Program program;

  private:
    std::vector<PersistentInfo> infos_;
    std::vector<HostTensor> tensors_;
    std::unique_ptr<Backend> backend_;
    std::unique_ptr<Executable> executable_;
};

Shape output_shape(const Window& window, const Shape& in, int64_t channels, const std::string& place) {
    const Shape out{window.output_height(static_cast<int>(in[0])),
                    window.output_width(static_cast<int>(in[1])), channels};
    if (out[0] < 1 || out[1] < 1)
        throw Error(
            ErrorCode::shape_mismatch, place,
            say("convolution.large", Shape{window.kernel.height, window.kernel.width}.str(), in[0], in[1]),
            say("convolution.smaller_or_padding"));
    return out;
}

}  // namespace

ConvolutionResult convolution(const ConvolutionRequest& r) {
    const Shape &in = r.input.shape(), &k = r.kernel.shape();
    if (in.rank() != 3)
        throw Error(ErrorCode::shape_mismatch, "input", say("convolution.shape", in.str()),
                    say("convolution.give_input"));
    if (k.rank() != 4 || k[3] != in[2])
        throw Error(ErrorCode::shape_mismatch, "kernel", say("convolution.kernel", k.str(), in.str()),
                    say("convolution.give_kernel"));
    if (in.count() < 1 || in.count() > 1000000 || k.count() < 1 || k.count() > 1000000)
        throw Error(ErrorCode::out_of_range, "input", say("convolution.size"), say("convolution.smaller"));
    Window window = r.window;
    window.kernel = {static_cast<int>(k[1]), static_cast<int>(k[2])};
    const Shape map_shape = output_shape(window, in, k[0], "kernel");
    const bool pools = r.pool != ConvolutionRequest::Pool::none,
               max = r.pool == ConvolutionRequest::Pool::max;
    const Shape pooled_shape = pools ? output_shape(r.pool_window, map_shape, k[0], "pool") : map_shape;
    if (r.bias && r.bias->count() != k[0])
        throw Error(ErrorCode::shape_mismatch, "bias", say("convolution.bias", r.bias->count()),
                    say("convolution.give_bias"));
    if (r.output_gradient && r.output_gradient->shape() != pooled_shape)
        throw Error(ErrorCode::shape_mismatch, "outputGradient",
                    say("convolution.shape", r.output_gradient->shape().str()),
                    say("convolution.give_shape", pooled_shape.str()));

    Sketch s;
    std::vector<Op>& ops = s.program.ops;
    const ValueId x = s.activation("input", r.input), weight = s.tensor("kernel", r.kernel);
    const ValueId bias = s.tensor("bias", r.bias ? *r.bias : HostTensor({k[0]}));
    const ValueId map = s.value("map", map_shape);
    ops.emplace_back(ops::Conv2d{x, weight, bias, map, window, 1});
    ValueId activated = map;
    if (r.activation) {
        activated = s.value("activated", map_shape);
        ops.emplace_back(ops::Activation{map, activated, *r.activation, 0.01F});
    }
    ValueId pooled = activated, winners;
    if (pools) {
        pooled = s.value("pooled", pooled_shape);
        if (max) {
            winners = s.value("winners", pooled_shape, Role::activation, DType::u16);
            ops.emplace_back(ops::MaxPool2d{activated, pooled, winners, r.pool_window});
        } else {
            ops.emplace_back(ops::AvgPool2d{activated, pooled, r.pool_window, true});
        }
    }
    s.program.logits = pooled;

    const ValueId d_pooled =
        s.activation("d_pooled", r.output_gradient ? *r.output_gradient : HostTensor(pooled_shape, 1.0F));
    ValueId d_activated = d_pooled;
    if (pools) {
        d_activated = s.value("d_activated", map_shape);
        if (max)
            ops.emplace_back(ops::MaxPool2dBackward{d_pooled, winners, d_activated, r.pool_window});
        else
            ops.emplace_back(ops::AvgPool2dBackward{d_pooled, d_activated, r.pool_window, true});
    }
    ValueId d_map = d_activated;
    if (r.activation) {
        d_map = s.value("d_map", map_shape);
        ops.emplace_back(ops::ActivationBackward{derivative_from_output(*r.activation) ? activated : map,
                                                 d_activated, d_map, *r.activation, 0.01F});
    }
    const ValueId d_weight = s.value("d_kernel", k, Role::gradient),
                  d_bias = s.value("d_bias", {k[0]}, Role::gradient), d_x = s.value("d_input", in);
    ops.emplace_back(ops::Conv2dBackwardWeight{x, d_map, d_weight, d_bias, window, 1});
    ops.emplace_back(ops::Conv2dBackwardInput{d_map, weight, d_x, window, 1});
    s.run();

    ConvolutionResult result{s.result(map),      s.result(activated),   s.result(pooled), {},
                             s.result(d_pooled), s.result(d_activated), s.result(d_map),  s.result(d_x),
                             s.result(d_weight), s.result(d_bias)};
    if (max) result.winners = s.result(winners);
    return result;
}

}  // namespace cnnlab::web
