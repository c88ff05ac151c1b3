#include "engine/model/features.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace cnnlab {

FeatureMaker::FeatureMaker(Model& model, const FrozenPart& part, SplitName name, const Split& images,
                           int largest_batch)
    : model_(&model), name_(name), count_(images.count()) {
    const int64_t batch = std::min<int64_t>({count_, largest_batch, model.experiment().train.eval_batch});
    const Compiled compiled =
        model.compile_for(Phase::evaluate, static_cast<int>(std::max<int64_t>(batch, 1)), {part.name});
    value_ = compiled.layers[static_cast<size_t>(part.layers) - 1].value;
    executable_ = model.backend().prepare(compiled.program);
    features_.floats = true;
    features_.labels = images.labels;
    features_.images.resize(static_cast<size_t>(part.bytes(count_)));
    if (count_ == 0) return;
    std::vector<uint32_t> order(static_cast<size_t>(count_));
    std::iota(order.begin(), order.end(), 0U);
    model.backend().upload_order(name, order);
}

bool FeatureMaker::step() {
    if (cursor_ == count_) return false;
    Backend& backend = model_->backend();
    const int n = static_cast<int>(std::min<int64_t>(executable_->program().batch, count_ - cursor_));
    (void)backend.run(*executable_, {name_, cursor_, n});
    const HostTensor values = backend.download(*executable_, value_);
    const size_t bytes = features_.images.size() / static_cast<size_t>(count_);
    std::memcpy(features_.images.data() + static_cast<size_t>(cursor_) * bytes, values.data(),
                static_cast<size_t>(n) * bytes);
    cursor_ += n;
    return true;
}

}  // namespace cnnlab
