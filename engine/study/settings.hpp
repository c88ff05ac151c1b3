#pragma once

#include <string>
#include <vector>

#include "engine/model/experiment.hpp"

namespace cnnlab {

/// Changes fields of an experiment's JSON, each as "optimizer.lr=0.01" (set_by_path), in order. Throws Error
/// (wrong_type) for a text without a path and a value.
void apply_settings(Json& json, const std::vector<std::string>& settings);

/// The fields of descriptions that are not the same in all of them, "model.layers.0.kernel", with the value that each
/// has. Names and titles do not count.
struct FieldDifference {
    std::string path;
    std::vector<std::optional<std::string>> values;  ///< one for each; none: it has no such field

    static constexpr auto fields() {
        using D = FieldDifference;
        return std::tuple{field("path", &D::path, "as \"model.layers.0.kernel\""),
                          field("values", &D::values, "one for each experiment; null: it has no such field")};
    }
};
[[nodiscard]] std::vector<FieldDifference> differences(const std::vector<Json>& experiments);

}  // namespace cnnlab
