#include <emscripten/bind.h>

#include <limits>
#include <map>

#include "engine/model/model_file.hpp"
#include "web/bindings/messages.hpp"
#include "web/bindings/page_card.hpp"
#include "web/bindings/training.hpp"
#include "web/bindings/values.hpp"

/// Images and sessions, which are held here, under numbers.
namespace cnnlab::web {

namespace {

std::map<int, std::unique_ptr<SlicedTraining>> sessions;
std::map<int, std::shared_ptr<Dataset>> loaded;
int next_number = 1;

SlicedTraining& session_of(int id) {
    const auto found = sessions.find(id);
    if (found == sessions.end())
        throw Error(ErrorCode::unknown_name, "session " + std::to_string(id), say("session.not_open"),
                    say("session.open_new"));
    return *found->second;
}

SplitName split_name(const std::string& name) { return name == "train" ? SplitName::train : SplitName::test; }

val tensors_value(const std::vector<std::pair<std::string, HostTensor>>& tensors) {
    val result = val::object();
    for (const auto& [name, tensor] : tensors) result.set(name, tensor_value(tensor));
    return result;
}

val images_new(const std::string& card) {
    return guarded([&] {
        auto images = std::make_shared<Dataset>();
        images->card = card_of_page(card);
        const int id = next_number++;
        loaded[id] = std::move(images);
        return val(id);
    });
}

val images_add(int id, const std::string& split, const val& pixels, const val& labels) {
    return guarded([&] {
        Dataset& images = *loaded.at(id);
        const Split more = split_of(pixels, labels, images.card.image);
        check_split(more, images.card, "images");
        Split& mine = split_name(split) == SplitName::train ? images.train : images.test;
        mine.images.insert(mine.images.end(), more.images.begin(), more.images.end());
        mine.labels.insert(mine.labels.end(), more.labels.begin(), more.labels.end());
        return val(static_cast<double>(mine.count()));
    });
}

/// Sessions that use the images keep them.
val images_drop(int id) {
    return guarded([&] {
        loaded.erase(id);
        return val::undefined();
    });
}

val open_session(const std::string& text, int images, double evaluated) {
    return guarded([&] {
        Experiment e = Experiment::parse(parse_json(text, "experiment"));
        std::shared_ptr<const Dataset> data = images > 0 ? loaded.at(images) : lines_images(e.dataset);
        auto session = std::make_unique<SlicedTraining>(std::move(e), std::move(data));
        if (evaluated >= 0) session->set_evaluated(static_cast<int64_t>(evaluated));
        Json info = session->info();
        const int id = next_number++;
        info["id"] = id;
        sessions[id] = std::move(session);
        return json_value(info);
    });
}

val set_test(int id, int images) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        session.set_test(loaded.at(images));
        return val(static_cast<double>(session.split(SplitName::test).count()));
    });
}

val close_session(int id) {
    return guarded([&] {
        sessions.erase(id);
        return val::undefined();
    });
}

val run(int id, double steps, double milliseconds) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        const auto limit = static_cast<int64_t>(std::min(steps, 1e15));
        const Progress progress =
            session.run(limit, std::chrono::milliseconds(static_cast<int64_t>(milliseconds)));
        val result = val::object();
        result.set("more", progress.more);
        result.set("begun", static_cast<double>(progress.begun));
        result.set("mid_step", session.mid_step());
        result.set("step", static_cast<double>(session.trainer().steps_done()));
        result.set("batches", copy_out("Float64Array", std::span<const double>(progress.batches)));
        result.set("events", progress.events.empty() ? val::array() : json_value(Json(progress.events)));
        return result;
    });
}

val begin_evaluation(int id, const std::string& split, double count) {
    return guarded([&] {
        session_of(id).begin_evaluation(
            split_name(split), count < 0 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(count));
        return val::undefined();
    });
}

val evaluation_slice(int id, double milliseconds) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        Evaluator& evaluation = session.evaluation();
        val result = val::object();
        const bool complete =
            evaluation.run_part(std::chrono::milliseconds(static_cast<int64_t>(milliseconds)));
        result.set("done", static_cast<double>(evaluation.done()));
        result.set("count", static_cast<double>(evaluation.count()));
        if (complete) {
            result.set("evaluation", json_value(evaluation_json(evaluation.result())));
            result.set("predicted", copy_out("Int32Array", std::span<const int32_t>(evaluation.predicted())));
            result.set("probabilities", tensor_value(evaluation.probabilities()));
            session.end_evaluation();
        }
        return result;
    });
}

val session_images(int id, const std::string& split, const val& indices) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        const Split& all = session.split(split_name(split));
        const ImageShape image = session.model().card().image;
        Split chosen;
        for (const double index : copy_in<double>(val::global("Float64Array").call<val>("from", indices))) {
            if (!(index >= 0 && index < static_cast<double>(all.count())))
                throw Error(ErrorCode::out_of_range, "images", say("images.none", number_text(index)),
                            say("images.count", all.count()));
            const auto n = static_cast<int64_t>(index);
            const auto begin = all.images.begin() + n * image.count();
            chosen.images.insert(chosen.images.end(), begin, begin + image.count());
            chosen.labels.push_back(all.labels[static_cast<size_t>(n)]);
        }
        return split_value(chosen, image);
    });
}

val get_tensor(int id, const std::string& name) {
    return guarded([&] { return tensor_value(session_of(id).model().get(name)); });
}

val set_tensor(int id, const std::string& name, const val& tensor) {
    return guarded([&] {
        session_of(id).model().set(name, tensor_of(tensor, name));
        return val::undefined();
    });
}

val begin_updates(int id) {
    return guarded([&] {
        session_of(id).begin_updates();
        return val::undefined();
    });
}

/// [{parameter, weight, update}]; null while it is not complete.
val updates_slice(int id, double milliseconds) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        if (!session.updates().run_for(std::chrono::milliseconds(static_cast<int64_t>(milliseconds))))
            return val::null();
        const val result = json_value(write_json(session.updates().result()));
        session.end_updates();
        return result;
    });
}

val begin_tap(int id, const val& pixels, const val& labels, const std::string& layers, bool gradients) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        session.begin_tap(split_of(pixels, labels, session.model().card().image),
                          parse_json(layers, "layers").get<std::vector<std::string>>(), gradients);
        return val::undefined();
    });
}

val tap_slice(int id, double milliseconds) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        SlicedTap& tap = session.tap();
        const auto budget = std::chrono::milliseconds(static_cast<int64_t>(milliseconds));
        if (!tap.run_for(budget)) return val::null();
        val result = val::object();
        result.set("activations", tensors_value(tap.activations()));
        result.set("gradients", tensors_value(tap.gradients()));
        result.set("probabilities", tensor_value(tap.probabilities()));
        session.end_tap();
        return result;
    });
}

val set_learning_rate_scale(int id, double scale) {
    return guarded([&] {
        check_range(scale, 0, 1e6, "learning rate scale");
        session_of(id).set_learning_rate_scale(static_cast<float>(scale));
        return val::undefined();
    });
}

val checkpoint(int id) {
    return guarded([&] {
        const std::vector<uint8_t> bytes = session_of(id).trainer().checkpoint();
        return copy_out("Uint8Array", std::span<const uint8_t>(bytes));
    });
}

val restore(int id, const val& bytes) {
    return guarded([&] {
        SlicedTraining& session = session_of(id);
        session.restore(copy_in<uint8_t>(bytes));
        return val(static_cast<double>(session.trainer().steps_done()));
    });
}

val weights(int id) {
    return guarded([&] {
        const std::vector<uint8_t> bytes = model_file(session_of(id).model());
        return copy_out("Uint8Array", std::span<const uint8_t>(bytes));
    });
}

val reset(int id) {
    return guarded([&] {
        session_of(id).reset();
        return val(0);
    });
}

val set_profiling(int id, bool on) {
    return guarded([&] {
        session_of(id).set_profiling(on);
        return val::undefined();
    });
}

val profile(int id) {
    return guarded([&] { return json_value(session_of(id).profile()); });
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_sessions) {
    using emscripten::function;
    function("imagesNew", &images_new);
    function("imagesAdd", &images_add);
    function("imagesDrop", &images_drop);
    function("open", &open_session);
    function("setTest", &set_test);
    function("close", &close_session);
    function("run", &run);
    function("beginEvaluation", &begin_evaluation);
    function("evaluationSlice", &evaluation_slice);
    function("images", &session_images);
    function("tensor", &get_tensor);
    function("setTensor", &set_tensor);
    function("beginUpdates", &begin_updates);
    function("updatesSlice", &updates_slice);
    function("beginTap", &begin_tap);
    function("tapSlice", &tap_slice);
    function("setLearningRateScale", &set_learning_rate_scale);
    function("checkpoint", &checkpoint);
    function("restore", &restore);
    function("weights", &weights);
    function("reset", &reset);
    function("setProfiling", &set_profiling);
    function("profile", &profile);
}

}  // namespace cnnlab::web
