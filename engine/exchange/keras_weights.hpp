#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/exchange/stored_tensor.hpp"

namespace cnnlab::keras {

/// The weights of a model by the names that its layers give them, "conv2d/kernel", or by their numbers at the places
/// that layers have in Keras 3's files, "layers/conv2d_1/vars/0".
class Weights {
  public:
    bool are_numbered = false;

    Weights() = default;
    Weights(Weights&&) = default;  // a copy would have the names of the other's tensors
    Weights& operator=(Weights&&) = default;

    /// Takes one. "conv2d/kernel:0" is "conv2d/kernel". False where the name is there already.
    bool add(std::string name, StoredTensor tensor);
    /// "kernel" of a layer that stands in others, whose names come first; null where it is not there, or where several
    /// could be meant. Files leave names out, or put more of them in between.
    [[nodiscard]] const StoredTensor* find(const std::vector<std::string>& path,
                                           const std::string& weight) const;
    /// Weight number `index` of a layer at a place in Keras 3's files, "layers/conv2d_1".
    [[nodiscard]] const StoredTensor* find(const std::string& place, size_t index) const;
    /// Bytes that they take as float.
    [[nodiscard]] uint64_t float_bytes() const { return float_bytes_; }

  private:
    std::map<std::string, StoredTensor> tensors_;
    std::map<std::string, std::vector<const StoredTensor*>>
        short_names_;  ///< by the last two parts of their names
    uint64_t float_bytes_ = 0;
};

}  // namespace cnnlab::keras
