#include "engine/core/init.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/core/philox.hpp"

namespace cnnlab {

namespace {

void fill_uniform(HostTensor& tensor, const Philox& random, double bound) {
    Philox::Words words{};
    for (int64_t i = 0; i < tensor.count(); ++i) {
        const auto number = static_cast<uint64_t>(i);
        if (number % 4 == 0) words = random(number / 4);
        tensor[i] = static_cast<float>((2.0 * unit_float(words[number % 4]) - 1.0) * bound);
    }
}

void fill_normal(HostTensor& tensor, const Philox& random, double sigma) {
    for (int64_t i = 0; i < tensor.count(); ++i) {
        const auto words = random(static_cast<uint64_t>(i));
        tensor[i] = static_cast<float>(normal_float(words[0], words[1]) * sigma);
    }
}

/// Weights [K, Kh, Kw, C]: filter k < C is the unit impulse at the centre tap of channel k.
void fill_identity(HostTensor& tensor) {
    const Shape& s = tensor.shape();
    if (s.rank() != 4) return;
    const int64_t filter = s[1] * s[2] * s[3];
    for (int64_t k = 0; k < std::min(s[0], s[3]); ++k) {
        std::fill_n(tensor.data() + k * filter, filter, 0.0F);
        tensor[k * filter + ((s[1] / 2) * s[2] + s[2] / 2) * s[3] + k] = 1.0F;
    }
}

void scale_to_stddev(HostTensor& tensor, double stddev) {
    const auto values = tensor.span();
    // Equal values have no standard deviation to scale.
    if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>{}) == values.end()) return;
    double mean = 0, squares = 0;
    for (const float v : values) mean += v / static_cast<double>(tensor.count());
    for (const float v : values) squares += (v - mean) * (v - mean);
    const double factor = stddev / std::sqrt(squares / static_cast<double>(tensor.count() - 1));
    for (float& v : values) v = static_cast<float>(v * factor);
}

}  // namespace

HostTensor initial_values(const std::string& name, const Shape& shape, const InitSpec& init, Fan fan,
                          uint64_t seed) {
    HostTensor tensor(shape);
    const Philox random{seed, stream_of(name.c_str()), 0};
    const double in = static_cast<double>(fan.in), both = static_cast<double>(fan.in + fan.out);
    const double gain = std::sqrt(2.0 / (1.0 + double{init.a} * init.a));
    switch (init.type) {
        case InitKind::kaiming_uniform:
            fill_uniform(tensor, random, gain * std::sqrt(3.0 / in));
            break;
        case InitKind::kaiming_normal:
            fill_normal(tensor, random, gain / std::sqrt(in));
            break;
        case InitKind::xavier_uniform:
            fill_uniform(tensor, random, std::sqrt(6.0 / both));
            break;
        case InitKind::xavier_normal:
            fill_normal(tensor, random, std::sqrt(2.0 / both));
            break;
        case InitKind::normal:
            fill_normal(tensor, random, init.scale);
            break;
        case InitKind::uniform:
            fill_uniform(tensor, random, init.scale);
            break;
        case InitKind::zeros:
            break;
        case InitKind::ones:
            std::fill_n(tensor.data(), tensor.count(), 1.0F);
            break;
        case InitKind::identity:
            fill_uniform(tensor, random, std::sqrt(1.0 / in));
            fill_identity(tensor);
            break;
        case InitKind::whitening:
            break;
    }
    if (init.stddev > 0) scale_to_stddev(tensor, init.stddev);
    return tensor;
}

}  // namespace cnnlab
