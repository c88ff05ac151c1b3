#include "web/bindings/convolution.hpp"
#include "web/bindings/function.hpp"

/// The numbers of the convolution station.
namespace cnnlab::web {

namespace {

val convolve(const val& request) {
    ConvolutionRequest r;
    r.input = tensor_of(request["input"], "input");
    r.kernel = tensor_of(request["kernel"], "kernel");
    const auto given = [](const val& value) { return !value.isUndefined() && !value.isNull(); };
    const auto number = [&](const val& value, const std::string& place, int otherwise, int low) {
        if (!given(value)) return otherwise;
        const auto n = value.as<double>();
        check_range(n, low, 1024, place);
        return static_cast<int>(n);
    };
    if (given(request["bias"])) {
        auto bias = copy_in<float>(val::global("Float32Array").call<val>("from", request["bias"]));
        const auto count = static_cast<int64_t>(bias.size());
        r.bias = HostTensor({count}, std::move(bias));
    }
    r.window.stride = number(request["stride"], "stride", 1, 1);
    r.window.dilation = number(request["dilation"], "dilation", 1, 1);
    const val padding = request["padding"];
    if (given(padding) && padding.isNumber()) {
        r.window.before = r.window.after = number(padding, "padding", 0, 0);
    } else if (given(padding)) {
        r.window.before = {number(padding[0], "padding", 0, 0), number(padding[1], "padding", 0, 0)};
        r.window.after = {number(padding[2], "padding", 0, 0), number(padding[3], "padding", 0, 0)};
    }
    if (given(request["activation"]) && request["activation"].as<std::string>() != "none") {
        ActivationKind kind{};
        read_json(Json(request["activation"].as<std::string>()), kind, "activation");
        r.activation = kind;
    }
    const val pool = request["pool"];
    const std::string pooling = given(pool) ? pool["type"].as<std::string>() : "none";
    if (pooling == "max") r.pool = ConvolutionRequest::Pool::max;
    if (pooling == "avg") r.pool = ConvolutionRequest::Pool::avg;
    if (given(pool)) {
        r.pool_window.kernel = number(pool["size"], "pool.size", 2, 1);
        r.pool_window.stride = number(pool["stride"], "pool.stride", r.pool_window.kernel.height, 1);
    }
    if (given(request["outputGradient"]))
        r.output_gradient = tensor_of(request["outputGradient"], "outputGradient");

    const ConvolutionResult out = convolution(r);
    val result = val::object(), gradients = val::object();
    result.set("map", tensor_value(out.map));
    result.set("activated", tensor_value(out.activated));
    result.set("pooled", tensor_value(out.pooled));
    result.set("winners", out.winners ? tensor_value(*out.winners) : val::null());
    gradients.set("pooled", tensor_value(out.d_pooled));
    gradients.set("activated", tensor_value(out.d_activated));
    gradients.set("map", tensor_value(out.d_map));
    gradients.set("input", tensor_value(out.d_input));
    gradients.set("kernel", tensor_value(out.d_kernel));
    gradients.set("bias", tensor_value(out.d_bias));
    result.set("gradients", gradients);
    return result;
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_convolution) { function<&convolve>("convolution"); }

}  // namespace cnnlab::web
