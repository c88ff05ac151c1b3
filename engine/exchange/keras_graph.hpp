#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/exchange/keras_config.hpp"
#include "engine/exchange/keras_weights.hpp"
#include "engine/exchange/onnx_read.hpp"

namespace cnnlab::keras {

/// How far a value has come on its way through five layers of ours that resize images; keras::network_of() says why.
struct ResizeSteps {
    std::string source;  ///< the images before them
    int done = 0;        ///< layers
    std::array<int64_t, 2> from{}, to{};
    bool plain = true, antialias = true;  ///< how both matrices can have been made
};

/// A value of the graph. Images stand as [N, C, H, W] in it, whatever Keras' layers say; others as in Keras.
struct Value {
    std::string name;
    int rank = 4;                    ///< with the batch
    bool known = true;               ///< false: of a layer that was refused, or what comes of one
    bool positive = false;           ///< no number is below zero
    std::string unpadded;            ///< the value that a ZeroPadding2D made this one of; empty: none did
    std::array<int64_t, 4> zeros{};  ///< that it put around: top, left, bottom, right
    std::optional<ResizeSteps> resize;
};

/// A layer at a place where it is called.
struct Call {
    std::string type, name;  ///< name: of its output in the graph
    std::vector<std::string> path;
    std::string place;  ///< in Keras 3's files
    Config config;
    std::vector<Value> inputs;
};

/// Makes nodes of ONNX of Keras' layers, one handler a class (keras_graph_*.cpp). import_graph() makes layers of
/// them, as of other graphs: a layer that has no node stands there with the reason, and is told with all others.
class Translator {
  public:
    /// `version`: of Keras. In 3 the function hard_sigmoid is another.
    Translator(const Weights& weights, int version, std::string place);

    /// The graph of {"class_name": "Sequential", "config": …} or "Functional" ("Model"). Throws Error (bad_file) for a
    /// structure that is none of a model.
    [[nodiscard]] onnx::ReadModel run(const Json& json);

  private:
    using Handler = Value (Translator::*)(Call& call);
    using Values = std::vector<Value>;
    static const std::map<std::string, Handler>& handlers();

    // ---- models (keras_graph.cpp) ----
    Values model(const Json& json, const Values& inputs, const std::vector<std::string>& path);
    Values sequential(const Json& config, Values values, const std::vector<std::string>& path);
    Values functional(const Json& config, const Values& inputs, const std::vector<std::string>& path);
    Values layer(const Json& json, const Values& inputs, const std::vector<std::string>& path);
    [[nodiscard]] Value image_input(const std::string& name, const Json& shape);
    [[noreturn]] void fail(const std::string& what) const;
    std::string free_name(const std::vector<std::string>& path);
    /// Where Keras 3 keeps the weights of these layers, which stand in the model at `model`.
    void find_places(const Json& layers, const std::string& model);

    // ---- nodes (keras_graph_nodes.cpp) ----
    onnx::ReadNode& node(const std::string& op_type, std::vector<std::string> inputs);
    /// Adds a node and gives its output.
    std::string add(const std::string& op_type, std::vector<std::string> inputs);
    std::string constant(const std::string& name, std::vector<int64_t> shape,
                         const std::vector<float>& values);
    std::string whole_constant(const std::vector<int64_t>& values);
    std::string channels_last(const Value& x);
    std::string channels_first(const std::string& x);
    Value activated(const Call& call, const Value& x, const std::string& function);

    // ---- weights ----
    [[nodiscard]] const StoredTensor* find_weight(const Call& call, const char* weight) const;
    [[nodiscard]] const StoredTensor& weight(const Call& call, const char* weight, size_t rank) const;
    [[nodiscard]] std::vector<float> floats(const Call& call, const char* name, size_t rank) const;
    /// [Kh, Kw, C, K] as [K, C, Kh, Kw]; of a depthwise layer [Kh, Kw, C, M] as [C · M, 1, Kh, Kw].
    std::string kernel(const Call& call, const char* name, const std::string& made, bool depthwise);
    /// The name of the bias in the graph, where the layer has one.
    std::vector<std::string> bias(const Call& call);

    // ---- layers (keras_graph_windows.cpp, keras_graph_values.cpp, keras_graph_axes.cpp) ----
    static void check_layout(const Call& call);
    void window(const Call& call, onnx::ReadNode& node, const char* kernel, bool pool);
    Value conv(Call& call);
    Value depthwise(Call& call);
    Value separable(Call& call);
    Value dense(Call& call);
    Value batch_norm(Call& call);
    Value activation(Call& call);
    Value relu(Call& call);
    Value leaky_relu(Call& call);
    Value softmax(Call& call);
    Value pool(Call& call);
    Value global_pool(Call& call);
    Value zero_padding(Call& call);
    Value rescaling(Call& call);
    Value flatten(Call& call);
    Value reshape(Call& call);
    Value permute(Call& call);
    Value dropout(Call& call);
    Value training_only(Call& call);
    Value merge(Call& call);
    Value concatenate(Call& call);
    Value resizing(Call& call);
    [[nodiscard]] std::optional<ResizeSteps> resize_step(const Call& call,
                                                         const std::vector<int64_t>& dims) const;
    [[nodiscard]] std::optional<ResizeSteps> resize_step(const Call& call, const StoredTensor& matrix) const;
    Value resized(const ResizeSteps& steps);

    const Weights& weights_;
    int version_;
    std::map<const Json*, std::string> places_;  ///< of layers in Keras 3's files
    std::string place_;
    onnx::ReadModel graph_;
    std::set<std::string> names_{"input"};
    std::string layer_type_, layer_name_;  ///< of the layer whose nodes are added
    std::map<std::string, int> counts_;    ///< of layers that share a name
    uint64_t made_bytes_ = 0;              ///< of constants
    size_t values_ = 0, calls_ = 0;        ///< values that layers have inside; calls of layers
};

}  // namespace cnnlab::keras
