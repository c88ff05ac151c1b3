#include "engine/model/help.hpp"

#include "engine/model/experiment.hpp"

namespace cnnlab {

namespace {

template <class... T>
void add_help_of_all(std::vector<FieldHelp>& list, const std::variant<T...>* /*type*/) {
    (add_help<T>(list), ...);
}

template <class Variant>
void add_help_of_all(std::vector<FieldHelp>& list) {
    add_help_of_all(list, static_cast<const Variant*>(nullptr));
}

}  // namespace

std::vector<FieldHelp> all_help() {
    std::vector<FieldHelp> list;
    add_help<Experiment>(list);
    add_help<BaseSpec>(list);
    add_help<ModelSpec>(list);
    add_help_of_all<AnyLayer>(list);
    add_help_of_all<AnyLoss>(list);
    add_help_of_all<AnyOptimizer>(list);
    add_help<ParameterGroup>(list);
    add_help_of_all<AnySchedule>(list);
    add_help<Augmentation>(list);
    add_help<TrainSpec>(list);
    add_help<ResolutionSpec>(list);
    add_help<DataSpec>(list);
    add_help_of_all<AnyDataset>(list);
    add_help<DatasetCard>(list);
    add_help<DatasetFile>(list);
    add_help<ImageShape>(list);
    return list;
}

}  // namespace cnnlab
