#include <emscripten/bind.h>

#include <algorithm>
#include <cmath>

#include "engine/cpu/peak.hpp"
#include "engine/data/lines.hpp"
#include "web/bindings/catalog.hpp"
#include "web/bindings/page_card.hpp"
#include "web/bindings/threads.hpp"
#include "web/bindings/training.hpp"
#include "web/bindings/values.hpp"

/// Calls that need no session: what there is, and what an experiment would be.
namespace cnnlab::web {

namespace {

val experiments() {
    return guarded([] {
        Json list = Json::array();
        for (const std::string& name : experiment_names()) {
            const Experiment e = Experiment::parse(experiment_json(name));
            list.push_back({{"name", e.name}, {"title", e.title}, {"dataset", e.dataset.name}});
        }
        return json_value(list);
    });
}

val experiment(const std::string& name) {
    return guarded([&] { return json_value(experiment_json(name)); });
}

val all_fields() {
    return guarded([] { return json_value(catalog()); });
}

val describe_text(const std::string& text, const std::string& card) {
    return guarded([&] {
        const Experiment e = Experiment::parse(parse_json(text, "experiment"));
        return json_value(web::describe(e, card.empty() ? card_of(e.dataset) : card_of_page(card)));
    });
}

val lines(const std::string& options) {
    return guarded([&] {
        Json json = parse_json(options, "lines");
        if (json.is_object()) json["name"] = "lines";
        const DataSpec spec = DataSpec::from_json(json, "lines");
        const auto images = lines_images(spec);
        const DatasetCard& card = images->card;
        val result = val::object();
        result.set("card", json_value(card_for_page(card)));
        result.set("train", split_value(images->train, card.image));
        result.set("test", split_value(images->test, card.image));
        result.set("unit", std::round(255.0 * static_cast<double>(card.stddev[0])));
        return result;
    });
}

/// GFLOP a second of multiply-adds in registers: one thread's, measured for about half a second, times the threads.
val peak() {
    return guarded([] {
        // A browser compiles well only what has been called before: a loop goes on as it was begun.
        const double cold = cpu_peak_gflops("", 1, 0.05), warm = cpu_peak_gflops("", 1, 0.3);
        return val(std::max(cold, warm) * thread_count());
    });
}

std::string backend() {
    const BackendInfo info = make_backend()->info();
    return info.name + " (" + info.detail + ")";
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_lab) {
    using emscripten::function;
    function("backend", &backend);
    function("peak", &peak);
    function("setThreads", &set_threads);
    function("experiments", &experiments);
    function("experiment", &experiment);
    function("catalog", &all_fields);
    function("describe", &describe_text);
    function("lines", &lines);
}

}  // namespace cnnlab::web
