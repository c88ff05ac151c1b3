#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/tensor.hpp"
#include "engine/exchange/traced.hpp"
#include "engine/layers/layer.hpp"

namespace cnnlab {

/// Layers and their tensors, as an importer puts them one after the other.
class NetworkBuilder {
  public:
    /// The weights of all layers may take so many bytes.
    explicit NetworkBuilder(uint64_t most_bytes) : most_bytes_(most_bytes) {}

    /// Adds a layer and gives its name: `wanted`, or one that is free.
    std::string add(const AnyLayer& kind, const std::string& wanted, const std::vector<std::string>& from,
                    bool trainable = true);
    /// Enters "LAYER.suffix". Throws Error (bad_file) where weights become too large. Call reserve() before making it.
    void set(const std::string& layer, const std::string& suffix, HostTensor tensor);
    /// Counts values that will be made. Throws Error (bad_file).
    void reserve(uint64_t values);

    /// factor · x + summand, for each channel of ours; no summands: none. Made of layers that do not learn.
    [[nodiscard]] Traced affine(const Traced& x, const std::vector<float>& factors,
                                const std::vector<float>& summands, const std::string& wanted = {});
    [[nodiscard]] Traced affine(const Traced& x, double factor, double summand,
                                const std::string& wanted = {});
    /// The same with the zeros around it that are still wanted.
    [[nodiscard]] Traced settled(const Traced& x);
    /// As a row.
    [[nodiscard]] Traced flat(const Traced& x);
    /// The same axes through a layer that leaves the shape as it is.
    [[nodiscard]] Traced same(const Traced& x, const AnyLayer& kind, const std::string& wanted);

    /// Takes the last layer away again.
    void drop_last();

    [[nodiscard]] std::vector<LayerSpec>& layers() { return layers_; }
    [[nodiscard]] std::map<std::string, HostTensor>& tensors() { return tensors_; }

  private:
    uint64_t most_bytes_, bytes_ = 0;
    std::vector<LayerSpec> layers_;
    std::map<std::string, HostTensor> tensors_;
    std::set<std::string> names_{"input"};
    std::map<std::string, int> counts_;
};

}  // namespace cnnlab
