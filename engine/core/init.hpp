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

/// How a tensor starts. With gain² = 2 / (1 + a²): Kaiming (He et al. 2015) uniform ±gain √(3 / fan_in), normal with σ = gain / √fan_in;
/// Xavier (Glorot and Bengio 2010) uniform ±√(6 / (fan_in + fan_out)), normal with σ = √(2 / (fan_in + fan_out));
/// normal(mean 0, `scale`), uniform(−scale, scale). kaiming_uniform with a = √5 is what PyTorch gives its layers: ±1 / √fan_in.
/// identity: output channel k < Cin passes input channel k through the window's centre, the other filters are kaiming_uniform.
/// whitening: filters that make the patches of the first `images` training images white (engine/data/whitening.hpp), for a conv2d that reads
/// the images. `stddev` > 0 divides what was drawn by its standard deviation (with n − 1) and multiplies it by this.
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

/// The starting values of the tensor called `name`: Philox words with stream_of(name), so that they do not depend on the other layers.
/// Zeros for whitening, which takes images.
[[nodiscard]] HostTensor initial_values(const std::string& name, const Shape& shape, const InitSpec& init,
                                        Fan fan, uint64_t seed);

}  // namespace cnnlab
