#pragma once

#include <array>
#include <string_view>
#include <tuple>

#include "engine/core/spec.hpp"
#include "engine/core/tensor.hpp"

namespace cnnlab {

enum class InitKind : uint8_t {
    kaiming_uniform,
    kaiming_normal,
    xavier_uniform,
    xavier_normal,
    normal,
    uniform,
    zeros,
    ones,
    identity,
    whitening
};
template <>
struct EnumNames<InitKind> {
    static constexpr std::array<std::string_view, 10> names{
        "kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal", "normal",
        "uniform",         "zeros",          "ones",           "identity",      "whitening"};
};

/// How a tensor starts. Let gain² = 2 / (1 + a²).
///   kaiming_uniform ±gain √(3 / fan_in)                 (He et al., 2015)
///   kaiming_normal  σ = gain / √fan_in
///   xavier_uniform  ±√(6 / (fan_in + fan_out))          (Glorot and Bengio, 2010)
///   xavier_normal   σ = √(2 / (fan_in + fan_out))
///   normal          mean 0, σ = `scale`
///   uniform         from −scale to scale
///   identity        output channel k < Cin passes input channel k through the centre of the window; the other
///                   filters are kaiming_uniform
///   whitening       filters that whiten the patches of the first `images` training images
///                   (engine/data/whitening.hpp), for a conv2d that reads the images
/// kaiming_uniform with a = √5 is PyTorch's default: ±1 / √fan_in.
/// `stddev` > 0 divides what was drawn by its standard deviation (with n − 1) and multiplies it by this.
struct InitSpec {
    InitKind type = InitKind::kaiming_uniform;
    float a = 2.236067977F;
    float scale = 0.1F;
    float stddev = 0;
    int images = 5000;
    float eps = 5e-4F;

    static constexpr auto fields() {
        return std::tuple{
            field("type", &InitSpec::type, "the distribution"),
            field("a", &InitSpec::a,
                  "kaiming: negative slope of the following leaky ReLU; √5 gives ±1/√fan_in"),
            field("scale", &InitSpec::scale, "normal: standard deviation; uniform: half the range", 0, 1e6),
            field("deviation", &InitSpec::stddev,
                  "scale what was drawn to this standard deviation; 0: leave it", 0, 1e6),
            field("images", &InitSpec::images, "whitening: from how many training images", 1, 1e9),
            field("eps", &InitSpec::eps, "whitening: added to the variances", 1e-12, 1e6)};
    }
};

/// Connections into and out of one unit: for a convolution Cin / groups · Kh · Kw and Cout / groups · Kh · Kw.
struct Fan {
    int64_t in = 1, out = 1;
};

/// The starting values of the tensor called `name`: Philox words with stream_of(name), so independent of other
/// layers. Zeros for whitening, which needs images.
[[nodiscard]] HostTensor initial_values(const std::string& name, const Shape& shape, const InitSpec& init,
                                        Fan fan, uint64_t seed);

}  // namespace cnnlab
