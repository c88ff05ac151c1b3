#include "engine/exchange/channels_first.hpp"

#include "engine/model/model_file.hpp"

namespace cnnlab {

HostTensor channels_first(const HostTensor& weight) {
    const Shape& s = weight.shape();
    HostTensor turned(Shape{s[0], s[3], s[1], s[2]});
    int64_t to = 0;
    for (int64_t k = 0; k < s[0]; ++k)
        for (int64_t c = 0; c < s[3]; ++c)
            for (int64_t tap = 0; tap < s[1] * s[2]; ++tap)
                turned[to++] = weight[(k * s[1] * s[2] + tap) * s[3] + c];
    return turned;
}

HostTensor rows_channels_first(const HostTensor& weight) {
    const Shape& s = weight.shape();
    const HostTensor turned = channels_first(weight);
    return {Shape{s[0], s[1] * s[2] * s[3]}, {turned.span().begin(), turned.span().end()}};
}

HostTensor channels_last(const HostTensor& weight, const Shape& ours) {
    HostTensor turned(ours);
    const int64_t area = ours[1] * ours[2];
    for (int64_t k = 0; k < ours[0]; ++k)
        for (int64_t c = 0; c < ours[3]; ++c)
            for (int64_t tap = 0; tap < area; ++tap)
                turned[(k * area + tap) * ours[3] + c] = weight[(k * ours[3] + c) * area + tap];
    return turned;
}

std::set<std::string> linear_weights(const Program& program) {
    std::set<std::string> rows;
    for (const Op& op : program.ops)
        if (const auto* conv = std::get_if<ops::Conv2d>(&op))
            if (program.shape(conv->y).rank() == 1) rows.insert(program.info(conv->weight).name);
    return rows;
}

TensorFile torch_tensors(const SavedModel& model) {
    const Compiled compiled = model.compiled();
    const std::set<std::string> rows = linear_weights(compiled.program);
    TensorFile file;
    for (const PersistentSpec& spec : compiled.persistents) {
        const HostTensor& tensor = model.weights.at(spec.name);
        const bool is_rows = rows.contains(spec.name);
        file.tensors.push_back({spec.name, is_rows                  ? rows_channels_first(tensor)
                                           : spec.shape.rank() == 4 ? channels_first(tensor)
                                                                    : tensor});
    }
    file.metadata["format"] = "pt";
    file.metadata[classes_key] = classes_text(model.card.classes);
    return file;
}

}  // namespace cnnlab
