#include "engine/model/description.hpp"

namespace cnnlab {

Description describe(const Experiment& experiment, const DatasetCard& card) {
    CompileOptions options;
    options.phase = Phase::train;
    options.batch = 1;  // no number of a Description depends on it
    options.input = card.image;
    options.classes = static_cast<int>(card.classes.size());
    options.mean = card.mean;
    options.stddev = card.stddev;
    Compiled compiled = compile(experiment, options);

    Description d;
    d.experiment = experiment;
    d.input = card.image;
    d.classes = card.classes;
    for (const LayerInfo& layer : compiled.layers) {
        d.parameters += layer.parameters;
        d.multiply_adds += layer.multiply_adds;
        d.output_bytes += layer.output_bytes;
    }
    for (const Op& op : compiled.program.ops) d.training_multiply_adds += multiply_adds(op, compiled.program);
    d.layers = std::move(compiled.layers);
    d.tensors = std::move(compiled.persistents);
    d.output = output_kind(experiment);
    d.concerns = design_concerns(d);
    return d;
}

}  // namespace cnnlab
