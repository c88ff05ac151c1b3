#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// One class of an answer.
struct ClassAnswer {
    std::string name;
    size_t index = 0;
    double probability = 0;

    static constexpr auto fields() {
        using A = ClassAnswer;
        return std::tuple{field("class", &A::name, "its name"),
                          field("index", &A::index, "its number, from 0"),
                          field("probability", &A::probability, "from 0 to 1")};
    }
};

/// What `predict` and the prediction service say of an image.
struct Prediction {
    std::string image;
    std::vector<ClassAnswer> top;

    static constexpr auto fields() {
        using P = Prediction;
        return std::tuple{field("image", &P::image, "its file's name"),
                          field("top", &P::top, "classes, the most probable first")};
    }
};

/// How many classes are shown unless somebody asks for more.
constexpr size_t shown_classes = 3;

/// The `count` most probable classes, all where there are fewer; of equals the first comes first.
[[nodiscard]] std::vector<ClassAnswer> top_classes(std::span<const double> probabilities,
                                                   const std::vector<std::string>& names, size_t count);

}  // namespace cnnlab
