#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/network_builder.hpp"
#include "engine/exchange/onnx_import.hpp"

namespace cnnlab::onnx {

/// Thrown for a node that is not understood; the importer goes on with the others, so that all are told at once.
struct Refused {
    Message reason;
};

/// The places of a window's attributes, of the opset's defaults.
struct WindowAttributes {
    Pair kernel{1}, stride{1}, dilation{1};
    Padding padding;
    std::array<int64_t, 4> pads{};  ///< top, left, bottom, right, worked out
    std::array<int64_t, 2>
        overhang{};             ///< how far the last windows reach over padding: down, right (ceil_mode)
    int height = 0, width = 0;  ///< of the output
};

/// Makes layers of the nodes of a graph, one handler an operator (onnx_import_*.cpp).
class Importer {
  public:
    Importer(const ReadModel& model, const std::string& output, const std::string& place,
             uint64_t most_bytes);

    /// Follows the graph from the images, [N, C, H, W] or whatever the axes of `input` say, to the output.
    /// Throws Error (unsupported) with all nodes that are not understood.
    Traced run(const std::string& input_name, Traced input, int64_t batch);

    /// A tensor that does not depend on the images by its name, or null.
    [[nodiscard]] const StoredTensor* find_constant(const std::string& name) const;

    NetworkBuilder network;
    std::vector<Message> notes;
    bool own = false;               ///< the file is one of ours
    bool names_are_layers = false;  ///< as GraphForm says
    bool normalised =
        false;  ///< the graph begins with pixels that it normalises itself, which a card does here
    bool log_softmax = false;  ///< the last node was one, which the loss does here

  private:
    using Handler = void (Importer::*)(const ReadNode& node);
    static constexpr size_t most_numbers = 64;  ///< of a shape, or what becomes one
    static const std::map<std::string, Handler>& handlers();

    // ---- the graph (onnx_importer.cpp) ----
    void find_live();
    void step(const ReadNode& node);
    [[noreturn]] void fail() const;
    /// A value that depends on the images. Zeros that are still to be put around it have become a layer.
    [[nodiscard]] Traced data(const ReadNode& node, size_t i);
    /// The same; the caller takes care of the zeros.
    [[nodiscard]] const Traced& padded(const ReadNode& node, size_t i) const;
    [[nodiscard]] bool is_data(const ReadNode& node, size_t i) const;
    /// Numbers that do not depend on the images; null where they do, or where there is no input `i`.
    [[nodiscard]] const StoredTensor* constant(const ReadNode& node, size_t i) const;
    [[nodiscard]] const StoredTensor& weights(const ReadNode& node, size_t i) const;
    [[nodiscard]] std::vector<float> floats(const ReadNode& node, size_t i) const;
    /// A list that stands as an attribute before some opset, as an input from then on.
    [[nodiscard]] std::optional<std::vector<int64_t>> list(const ReadNode& node, const char* attribute,
                                                           size_t i) const;
    /// A single number, whatever the shape; none where there are several or it depends on the images.
    [[nodiscard]] std::optional<float> number(const ReadNode& node, size_t i) const;
    /// The only node that reads this value; null where there are several, or where it is the output.
    [[nodiscard]] const ReadNode* reader(const std::string& value) const;
    [[nodiscard]] const ReadNode* reader(const std::string& value, const char* op_type) const;
    void give(const ReadNode& node, Traced value);
    void give(const ReadNode& node, StoredTensor value);
    void give_whole(const ReadNode& node, std::vector<int64_t> values, std::vector<int64_t> shape);
    /// `node` is part of what another one has become.
    void fused(const ReadNode& node) { fused_.insert(&node); }
    [[nodiscard]] std::string name_of(const ReadNode& node, const std::string& weight = {}) const;
    [[nodiscard]] int axis_of(const Traced& value, int64_t axis) const;
    /// Where all numbers of an image stand on the second axis, they are channels: made a row of, if they were none.
    [[nodiscard]] Traced as_channels(const Traced& x);
    void check_size(const Traced& value, int64_t height, int64_t width, int64_t channels) const;

    // ---- windows (onnx_import_windows.cpp) ----
    void conv(const ReadNode& node);
    void max_pool(const ReadNode& node);
    void average_pool(const ReadNode& node);
    void global_pool(const ReadNode& node);
    void reduce(const ReadNode& node);
    void pad(const ReadNode& node);
    void resize(const ReadNode& node);
    [[nodiscard]] WindowAttributes window(const ReadNode& node, Traced& x, Pair kernel, bool pool);
    [[nodiscard]] Traced mean_of_taps(const ReadNode& node, const Traced& x, const WindowAttributes& w);
    void pool_positions(const ReadNode& node, const Traced& x, bool largest);

    // ---- channels (onnx_import_channels.cpp) ----
    void gemm(const ReadNode& node);
    void mat_mul(const ReadNode& node);
    void batch_norm(const ReadNode& node);
    void softmax(const ReadNode& node);
    void concat(const ReadNode& node);
    void dense(const ReadNode& node, const ReadNode& last, const Traced& x, std::span<const float> matrix,
               bool transposed, int64_t outputs, const std::vector<float>& bias, const std::string& weight);
    /// The bias that the only reader of this value adds, which is then part of it; empty: none.
    [[nodiscard]] std::pair<const ReadNode*, std::vector<float>> added_bias(const ReadNode& node, int rank,
                                                                            int axis, int64_t outputs);

    // ---- values one by one (onnx_import_values.cpp) ----
    void relu(const ReadNode& node);
    void leaky_relu(const ReadNode& node);
    void sigmoid(const ReadNode& node);
    void tanh(const ReadNode& node);
    void gelu(const ReadNode& node);
    void erf(const ReadNode& node);
    void hard_sigmoid(const ReadNode& node);
    void hard_swish(const ReadNode& node);
    /// Gives `node` the hard sigmoid of x, which is the value `source`; with a product by it: the hard swish.
    void give_hard_sigmoid(const ReadNode& node, const Traced& x, const std::string& source);
    void clip(const ReadNode& node);
    void bound(const ReadNode& node);
    void arithmetic(const ReadNode& node);
    void add_values(const ReadNode& node, const std::vector<Traced>& values);
    void sum(const ReadNode& node);
    void negate(const ReadNode& node);
    void dropout(const ReadNode& node);
    void cast(const ReadNode& node);
    /// The bounds of a Clip; infinite where it has none.
    [[nodiscard]] std::pair<double, double> bounds(const ReadNode& node) const;
    [[nodiscard]] Traced bounded(const ReadNode& node, const Traced& x, double low, double high);
    /// factor · x + summand by constants of a node, as broadcasting has them.
    [[nodiscard]] Traced scaled(const ReadNode& node, const Traced& x, const StoredTensor& constant,
                                bool summand, const std::vector<float>& values);

    // ---- axes and numbers about shapes (onnx_import_axes.cpp) ----
    void identity(const ReadNode& node);
    void transpose(const ReadNode& node);
    void reshape(const ReadNode& node);
    void flatten(const ReadNode& node);
    void squeeze(const ReadNode& node);
    void unsqueeze(const ReadNode& node);
    void constant_node(const ReadNode& node);
    void shape_of(const ReadNode& node);
    void gather(const ReadNode& node);
    void slice(const ReadNode& node);
    [[nodiscard]] bool all_constant(const ReadNode& node) const;
    /// Whether a tensor may be a shape, or what becomes one.
    [[nodiscard]] static bool is_short(const StoredTensor& tensor);

    const ReadModel& model_;
    const std::string& output_;
    const std::string& place_;
    int64_t batch_ = -1;
    std::map<std::string, Traced> values_;
    std::map<std::string, StoredTensor> constants_;
    std::map<std::string, std::array<int64_t, 4>> lowest_pads_;  ///< a max pool's, by the value that it reads
    std::set<std::string> unknown_;  ///< values of nodes that were refused, and what comes of them
    std::vector<char> live_;         ///< whether the output depends on a node
    std::map<std::string, const ReadNode*> makers_;  ///< of each node's first value
    std::map<std::string, std::vector<const ReadNode*>> readers_;
    std::set<const ReadNode*> fused_;
    std::vector<std::pair<const ReadNode*, Message>> refused_;
};

}  // namespace cnnlab::onnx
