#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/spec.hpp"
#include "native/answer/batch_queue.hpp"

/// Requests and answers of the Open Inference Protocol (KServe's version 2).
/// Source: https://github.com/kserve/open-inference-protocol, and for bytes behind the JSON Triton's "binary tensor
/// data" extension.
namespace cnnlab {

/// What a tensor is called, and how large it is.
struct TensorFacts {
    std::string name, datatype;
    std::vector<int64_t> shape;

    static constexpr auto fields() {
        using T = TensorFacts;
        return std::tuple{field("name", &T::name, "its name"),
                          field("datatype", &T::datatype, "UINT8, FP32, BYTES and the like"),
                          field("shape", &T::shape, "its extents; -1: any number of images")};
    }
};

/// What a client may ask of a model.
struct ModelFacts {
    std::string name;
    std::vector<std::string> versions;
    std::string platform;
    std::vector<TensorFacts> inputs, outputs;

    static constexpr auto fields() {
        using M = ModelFacts;
        return std::tuple{
            field("name", &M::name, "its name"), field("versions", &M::versions, "there is one"),
            field("platform", &M::platform, "what it was made with"),
            field("inputs", &M::inputs, "what it takes"), field("outputs", &M::outputs, "what it answers")};
    }
};

constexpr auto model_version = "1";
/// The input is pixels from 0 to 255, [images, H, W, C]; outputs are a probability for each class, and the names of
/// the most probable ones.
[[nodiscard]] ModelFacts model_facts(const std::string& name, const ImageShape& image, size_t classes);

/// What a client wants to know.
struct InferRequest {
    std::string id;
    std::vector<Pixels> images;
    std::vector<std::string> outputs;  ///< names; empty: all
};

/// Reads the body of an infer request: JSON, of which the first `json_bytes` bytes are where a tensor's bytes follow.
/// There are at most `most_images` images. Throws Error that names the field ("inputs[0].data[17]").
[[nodiscard]] InferRequest read_infer(std::string_view body, std::optional<size_t> json_bytes,
                                      const ModelFacts& model, size_t most_images);

/// The answer: the outputs that the request wants.
[[nodiscard]] Json infer_answer(const InferRequest& request, const ModelFacts& model,
                                const std::vector<std::string>& classes, std::span<const Row> rows);

}  // namespace cnnlab
