#include <cmath>

#include "engine/data/card.hpp"
#include "engine/data/data_spec.hpp"
#include "engine/data/lines.hpp"
#include "web/bindings/function.hpp"
#include "web/bindings/threads.hpp"
#include "web/bindings/training.hpp"

/// Calls that need no session: what there is, and what an experiment would be.
namespace cnnlab::web {

namespace {

val lines(const val& options) {
    Json json = json_of(options, Json::object());
    if (json.is_object()) json["name"] = "lines";
    const DataSpec spec = DataSpec::from_json(json, "lines");
    const auto images = lines_images(spec);
    const DatasetCard& card = images->card;
    val result = val::object();
    result.set("card", value_of(card));
    result.set("train", split_value(images->train, card.image));
    result.set("test", split_value(images->test, card.image));
    result.set("unit", std::round(255.0 * static_cast<double>(card.stddev[0])));
    return result;
}

std::string backend() {
    const BackendInfo info = make_backend()->info();
    return info.name + " (" + info.detail + ")";
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_lab) {
    emscripten::function("backend", &backend);
    emscripten::function("setThreads", &set_threads);
    emscripten::function("fitThreads", &fit_threads);
    function("experiments", [] { return experiment_infos(); });
    function("experiment", [](const std::string& name) { return experiment_json(name); });
    function("describe", [](const std::string& text, const std::string& card) {
        const Experiment e = Experiment::parse(parse_json(text, "experiment"));
        Description description = describe(e, card.empty() ? card_of(e.dataset) : given_card(card));
        check(description.concerns);
        return description;
    });
    function<&lines>("lines");
    function("limitedImages", [](const val& labels, int limit) {
        const std::vector<int32_t> all = copy_in<int32_t>(labels);
        const std::vector<size_t> images = limited_images(all, limit);
        const std::vector<int32_t> indices(images.begin(), images.end());
        return copy_out("Int32Array", std::span<const int32_t>(indices));
    });
}

}  // namespace cnnlab::web
