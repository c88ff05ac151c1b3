#pragma once

#include <cstdint>
#include <string>

#include "engine/core/shape.hpp"

namespace cnnlab {

enum class DType : uint8_t { f32, u16, i32 };

[[nodiscard]] constexpr int64_t size_of(DType type) { return type == DType::u16 ? 2 : 4; }

/// What a value is for. It decides how long it lives and whether it has a batch axis.
enum class Role : uint8_t {
    activation,  ///< one per image: features, logits and their gradients, pooling indices
    target,      ///< one class index per image, int32
    persistent,  ///< outlives the Program: parameters, running statistics, optimizer state
    gradient,    ///< of a parameter: lives from the backward pass to the update
    batch,       ///< one per batch: batch-norm statistics, the clipping factor
};

/// A value's number in its Program.
struct ValueId {
    int32_t index = -1;
    constexpr explicit operator bool() const { return index >= 0; }
    constexpr bool operator==(const ValueId&) const = default;
};

/// What a Program knows of one of its values. `shape` is per image for activations and targets.
struct ValueInfo {
    std::string name;
    Shape shape;
    DType dtype = DType::f32;
    Role role = Role::activation;
    int32_t persistent = -1;  ///< its index among the model's persistent tensors, or −1

    [[nodiscard]] bool per_image() const { return role == Role::activation || role == Role::target; }
    [[nodiscard]] int64_t bytes(int batch) const {
        return shape.count() * size_of(dtype) * (per_image() ? batch : 1);
    }
};

}  // namespace cnnlab
