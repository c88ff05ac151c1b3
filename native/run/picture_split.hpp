#pragma once

#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/model/model.hpp"

namespace cnnlab {

/// A picture that cannot be read.
struct UnreadPicture {
    std::string image, problem;

    static constexpr auto fields() {
        using U = UnreadPicture;
        return std::tuple{field("image", &U::image), field("problem", &U::problem)};
    }
};

/// Pictures as the model was trained on them, permuted pixels included, each with the label 0. Those that cannot be
/// read leave `paths` for `unread`.
[[nodiscard]] Split read_pictures(std::vector<std::string>& paths, const Model& model,
                                  std::vector<UnreadPicture>& unread);

}  // namespace cnnlab
