#include "engine/study/results.hpp"
#include "engine/study/settings.hpp"
#include "web/bindings/function.hpp"

/// Studies: their definitions and what comes out. The page trains what they ask for.
namespace cnnlab::web {

namespace {

std::vector<StudyRecord> records_in(const val& given) {
    std::vector<StudyRecord> records;
    read_json(json_of(given), records, "records");
    return records;
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_studies) {
    function("studies", [] {
        Json list = Json::array();
        for (const std::string& name : study_names()) list.push_back(study_json(name));
        return list;
    });
    // {study, experiments}: all variants written out, and the experiment of each.
    function("studyPlan", [](const val& json) {
        const Study study = Study::parse(json_of(json));
        Json experiments = Json::array();
        for (size_t v = 0; v < study.variants.size(); ++v)
            experiments.push_back(variant_experiment(study, v).to_json());
        return Json{{"study", study.to_json()}, {"experiments", experiments}};
    });
    function("studyResults", [](const val& study, const val& records) {
        return study_results(Study::parse(json_of(study)), records_in(records));
    });
    function("studyCsv", [](const val& study, const val& records) {
        return Json(study_csv(Study::parse(json_of(study)), records_in(records)));
    });
    function("differences", [](const val& experiments) {
        return differences(json_of(experiments).get<std::vector<Json>>());
    });
}

}  // namespace cnnlab::web
