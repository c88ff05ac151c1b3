#include "engine/exchange/network_builder.hpp"

#include "engine/core/messages.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/model/experiment.hpp"

namespace cnnlab {

std::string NetworkBuilder::add(const AnyLayer& kind, const std::string& wanted,
                                const std::vector<std::string>& from, bool trainable) {
    if (layers_.size() == ModelSpec::most_layers)
        throw Error(ErrorCode::out_of_range, "model.layers", say("experiment.layers", layers_.size() + 1),
                    say("experiment.fewer_layers", ModelSpec::most_layers));
    LayerSpec spec;
    spec.kind = kind;
    spec.trainable = trainable;
    const std::string type(spec.type());
    spec.name = wanted;
    while (spec.name.empty() || !names_.insert(spec.name).second)
        spec.name = type + "_" + std::to_string(++counts_[type]);
    const std::string before = layers_.empty() ? "input" : layers_.back().name;
    if (from.size() != 1 || from[0] != before) spec.from = from;
    layers_.push_back(std::move(spec));
    return layers_.back().name;
}

void NetworkBuilder::reserve(uint64_t values) {
    bytes_ += values * sizeof(float);
    if (bytes_ > most_bytes_)
        throw Error(ErrorCode::bad_file, "model.layers", say_import("import.weights_large", bytes_),
                    say_import("import.smaller"));
}

void NetworkBuilder::set(const std::string& layer, const std::string& suffix, HostTensor tensor) {
    tensors_.insert_or_assign(layer + "." + suffix, std::move(tensor));
}

Traced NetworkBuilder::same(const Traced& x, const AnyLayer& kind, const std::string& wanted) {
    Traced y = x;
    y.layer = add(kind, wanted, {x.layer});
    return y;
}

Traced NetworkBuilder::affine(const Traced& x, const std::vector<float>& factors,
                              const std::vector<float>& summands, const std::string& wanted) {
    layers::Conv2d conv;
    conv.out_channels = conv.groups = 0;
    conv.kernel = Pair(1);
    conv.bias = !summands.empty();
    reserve(factors.size() + summands.size());
    Traced y = x;
    y.layer = add(conv, wanted, {x.layer}, false);
    y.row = false;
    const auto channels = static_cast<int64_t>(factors.size());
    set(y.layer, "weight", HostTensor(Shape{channels, 1, 1, 1}, factors));
    if (conv.bias) set(y.layer, "bias", HostTensor(Shape{channels}, summands));
    return y;
}

Traced NetworkBuilder::affine(const Traced& x, double factor, double summand, const std::string& wanted) {
    constexpr double largest_scale = 1e6;  // of the layer
    if (factor == 1 && summand == 0) return x;
    if (summand == 0 && factor >= -largest_scale && factor <= largest_scale) {
        Traced y = x;
        y.layer = add(layers::Scale{static_cast<float>(factor)}, wanted, {x.layer});
        return y;
    }
    const auto channels = static_cast<size_t>(x.shape.channels);
    return affine(x, std::vector<float>(channels, static_cast<float>(factor)),
                  std::vector<float>(channels, static_cast<float>(summand)), wanted);
}

Traced NetworkBuilder::settled(const Traced& x) {
    if (x.pads == std::array<int64_t, 4>{}) return x;
    const auto [top, left, bottom, right] = x.pads;
    layers::Conv2d conv;
    conv.out_channels = conv.groups = 0;
    conv.kernel = Pair(1);
    conv.bias = false;
    conv.padding.amounts = {static_cast<int>(top), static_cast<int>(left), static_cast<int>(bottom),
                            static_cast<int>(right)};
    reserve(static_cast<uint64_t>(x.shape.channels));
    const std::string layer = add(conv, "", {x.layer}, false);
    set(layer, "weight", HostTensor(Shape{x.shape.channels, 1, 1, 1}, 1.0F));
    return x.resized(layer, x.shape.height + static_cast<int>(top + bottom),
                     x.shape.width + static_cast<int>(left + right));
}

Traced NetworkBuilder::flat(const Traced& x) {
    if (x.row) return x;
    return x.flattened(add(layers::Flatten{}, "", {x.layer}));
}

void NetworkBuilder::drop_last() {
    names_.erase(layers_.back().name);
    layers_.pop_back();
}

}  // namespace cnnlab
