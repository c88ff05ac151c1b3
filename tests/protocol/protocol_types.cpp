#include "engine/data/card.hpp"
#include "engine/look/classes.hpp"
#include "engine/look/flaws.hpp"
#include "engine/look/near_duplicates.hpp"
#include "engine/look/neighbours.hpp"
#include "engine/model/description.hpp"
#include "engine/study/results.hpp"
#include "engine/study/settings.hpp"
#include "engine/train/events.hpp"
#include "engine/train/update_size.hpp"
#include "tests/protocol/typescript.hpp"
#include "web/bindings/catalog.hpp"
#include "web/bindings/profile.hpp"
#include "web/bindings/session_info.hpp"

namespace cnnlab::protocol {

std::string pascal_case(std::string_view name) {
    std::string text;
    bool is_start = true;
    for (const char c : name) {
        if (c == '_' || c == '-') {
            is_start = true;
            continue;
        }
        text += is_start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        is_start = false;
    }
    return text;
}

std::string one_of(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "'" : " | '") + word + "'";
    return text;
}

namespace {

void specs(TypeScript& ts) {
    ts.section("what an experiment holds");
    ts.alias<Pair>("Pair", "number | [number, number]");
    ts.alias<Padding>("Padding",
                      "number | [number, number] | [number, number, number, number] | 'valid' | 'same' | "
                      "'same_upper'");
    ts.enumeration<InitKind>("InitKind");
    ts.spec<InitSpec>("InitSpec");
    ts.enumeration<ActivationKind>("ActivationKind");
    ts.variant<AnyLayer>("AnyLayer", "Layer", true);
    ts.enumeration<Reduction>("Reduction");
    ts.variant<AnyLoss>("AnyLoss", "Loss", true);
    ts.variant<AnyOptimizer>("AnyOptimizer", "Optimizer", true);
    ts.spec<ParameterGroup>("ParameterGroup");
    ts.spec<LookaheadSpec>("LookaheadSpec");
    ts.variant<AnySchedule>("AnySchedule", "Schedule", true);
    ts.enumeration<CropPadding>("CropPadding");
    ts.spec<Augmentation>("Augmentation");
    ts.spec<ResolutionSpec>("ResolutionSpec");
    ts.enumeration<EvalViews>("EvalViews");
    ts.enumeration<FrozenFeatures>("FrozenFeatures");
    ts.spec<TrainSpec>("TrainSpec");
    ts.enumeration<datasets::FolderMeaning>("FolderMeaning");
    ts.enumeration<datasets::ValidationUse>("ValidationUse");
    ts.variant<AnyDataset>("AnyDataset", "Dataset", true);

    ts.section("an experiment as a person writes it");
    ts.open<LayerSpec>("LayerSpec");
    ts.open<OptimizerSpec>("OptimizerSpec");
    ts.open<ScheduleSpec>("ScheduleSpec");
    ts.open<DataSpec>("DataSpec");
    ts.spec<BaseSpec>("BaseSpec");
    ts.spec<ModelSpec>("ModelSpec");
    ts.spec<Experiment>("Experiment");
}

void columns(TypeScript& ts) {
    std::string list;
    for (const std::string& name : field_names<BatchEnd>()) list += (list.empty() ? "'" : ", '") + name + "'";
    ts.line("/** The numbers of a step, in the order of a row. */");
    ts.line("export const stepColumns = [" + list + "] as const;");
    ts.line("export type StepColumn = (typeof stepColumns)[number];");
}

}  // namespace

std::string protocol_types() {
    TypeScript ts;
    ts.line(
        "/** Generated from the engine's lists of fields by `./lab generate`: change those, not this file. "
        "*/");
    ts.line("export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };");
    ts.line("import type { Message } from './sentence.js';");
    ts.declared<Message>("Message");
    ts.section("errors");
    ts.enumeration<ErrorCode>("EngineErrorCode");
    specs(ts);

    ts.section("data");
    ts.enumeration<SplitName>("EngineSplit");
    ts.record<ImageShape>("ImageShape");
    ts.record<DatasetFile>("DatasetFile");
    ts.record<DatasetCard>("DatasetCard");

    ts.section("a look at data");
    ts.record<ClassFigures>("ClassFigures");
    ts.record<FlawedClass>("FlawedClass");
    ts.record<Neighbour>("Neighbour");
    ts.record<NearDuplicate>("NearDuplicate");

    ts.section("models");
    ts.enumeration<OutputKind>("OutputKind");
    ts.record<LayerInfo>("LayerInfo");
    ts.record<PersistentSpec>("ParameterInfo");
    ts.record<ExperimentInfo>("ExperimentInfo");
    ts.enumeration<Severity>("Severity");
    ts.record<Concern>("Concern");
    ts.record<Description>("Description");
    ts.record<Evaluation>("Evaluation");

    ts.section("training");
    ts.variant<TrainEvent>("TrainEvent", "", false);
    columns(ts);
    ts.record<UpdateSize>("UpdateSize");
    ts.record<web::SessionInfo>("SessionInfo");
    ts.record<web::OpCost>("OpCost");
    ts.record<web::Profile>("Profile");

    ts.section("studies");
    ts.spec<StudyVariant>("StudyVariant");
    ts.spec<Study>("Study");
    ts.record<RunRecord>("RunRecord");
    ts.record<StudyRecord>("StudyRecord");
    ts.record<Spread>("Spread");
    ts.record<PairedDifference>("PairedDifference");
    ts.record<VariantResult>("VariantResult");
    ts.record<FieldDifference>("FieldDifference");

    ts.section("forms");
    ts.enumeration<web::FieldKind>("FieldKind");
    ts.record<web::FieldInfo>("FieldInfo");
    ts.record<web::SpecInfo>("SpecInfo");
    ts.record<web::Catalog>("Catalog");
    return ts.text();
}

}  // namespace cnnlab::protocol
