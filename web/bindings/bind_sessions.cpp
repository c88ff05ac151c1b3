#include <algorithm>
#include <limits>
#include <map>

#include "engine/cpu/peak.hpp"
#include "engine/model/model_file.hpp"
#include "web/bindings/function.hpp"
#include "web/bindings/messages.hpp"
#include "web/bindings/threads.hpp"
#include "web/bindings/training.hpp"

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

/// A function of the module whose first argument is a session's number.
template <class F, class Signature = decltype(&F::operator())>
struct OfSession;
template <class F, class Result, class... Arguments>
struct OfSession<F, Result (F::*)(SlicedTraining&, Arguments...) const> {
    static auto with_number() {
        return [](int id, Arguments... arguments) { return F{}(session_of(id), arguments...); };
    }
};
template <class F>
void session_function(const char* name, F /*lambda*/) {
    function(name, OfSession<F>::with_number());
}
template <auto Function>
void session_function(const char* name) {
    session_function(name, AsLambda<Function>::make());
}

SplitName split_name(const std::string& name) { return name == "train" ? SplitName::train : SplitName::test; }

std::chrono::milliseconds budget_of(double milliseconds) {
    return std::chrono::milliseconds(static_cast<int64_t>(milliseconds));
}

val tensors_value(const std::vector<std::pair<std::string, HostTensor>>& tensors) {
    val result = val::object();
    for (const auto& [name, tensor] : tensors) result.set(name, tensor_value(tensor));
    return result;
}

void register_images() {
    function("imagesNew", [](const std::string& card) {
        auto images = std::make_shared<Dataset>();
        images->card = given_card(card);
        const int id = next_number++;
        loaded[id] = std::move(images);
        return id;
    });
    function("imagesAdd", [](int id, const std::string& split, const val& pixels, const val& labels) {
        Dataset& images = *loaded.at(id);
        const Split more = split_of(pixels, labels, images.card.image);
        check_split(more, images.card, "images");
        Split& mine = split_name(split) == SplitName::train ? images.train : images.test;
        mine.images.insert(mine.images.end(), more.images.begin(), more.images.end());
        mine.labels.insert(mine.labels.end(), more.labels.begin(), more.labels.end());
        return mine.count();
    });
    // Sessions that use the images keep them.
    function("imagesDrop", [](int id) { loaded.erase(id); });
}

/// `weights`: of the experiment's base (null: it has none, or a checkpoint will bring them); `network`: its network's
/// card as JSON, empty where the weights have it.
SessionInfo open_session(const std::string& text, int images, double evaluated, const val& weights,
                         const std::string& network) {
    Experiment e = Experiment::parse(parse_json(text, "experiment"));
    std::shared_ptr<const Dataset> data = images > 0 ? loaded.at(images) : lines_images(e.dataset);
    std::shared_ptr<const BaseNetwork> base;
    if (e.base && !weights.isNull()) {
        const std::string& place = e.base->file;
        std::optional<NetworkCard> card;
        if (!network.empty()) card = NetworkCard::parse(parse_json(network, place), place);
        base = std::make_shared<const BaseNetwork>(
            read_base(copy_in<uint8_t>(weights), place, card ? &*card : nullptr));
        e = with_base(std::move(e), *base);
    }
    auto session = std::make_unique<SlicedTraining>(std::move(e), std::move(data), std::move(base));
    if (evaluated >= 0) session->set_evaluated(static_cast<int64_t>(evaluated));
    SessionInfo info = session->info();
    check(info.description.concerns);
    check(info.concerns);
    info.id = next_number++;
    sessions[info.id] = std::move(session);
    return info;
}

val run(SlicedTraining& session, double steps, double milliseconds) {
    const Progress progress =
        session.run(static_cast<int64_t>(std::min(steps, 1e15)), budget_of(milliseconds));
    val result = val::object();
    result.set("more", progress.more);
    result.set("trained", progress.trained);
    result.set("begun", static_cast<double>(progress.begun));
    result.set("mid_step", session.mid_step());
    result.set("step", static_cast<double>(session.trainer().steps_done()));
    result.set("batches", copy_out("Float64Array", std::span<const double>(progress.batches)));
    result.set("events", progress.events.empty() ? val::array() : json_value(Json(progress.events)));
    return result;
}

val evaluation_slice(SlicedTraining& session, double milliseconds) {
    Evaluator& evaluation = session.evaluation();
    val result = val::object();
    const bool complete = evaluation.run_part(budget_of(milliseconds));
    result.set("done", static_cast<double>(evaluation.done()));
    result.set("count", static_cast<double>(evaluation.count()));
    if (complete) {
        result.set("evaluation", value_of(evaluation.result()));
        result.set("predicted", copy_out("Int32Array", std::span<const int32_t>(evaluation.predicted())));
        result.set("probabilities", tensor_value(evaluation.probabilities()));
        session.end_evaluation();
    }
    return result;
}

val session_images(SlicedTraining& session, const std::string& split, const val& indices) {
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
}

val tap_slice(SlicedTraining& session, double milliseconds) {
    SlicedTap& tap = session.tap();
    if (!tap.run_for(budget_of(milliseconds))) return val::null();
    val result = val::object();
    result.set("activations", tensors_value(tap.activations()));
    result.set("gradients", tensors_value(tap.gradients()));
    result.set("probabilities", tensor_value(tap.probabilities()));
    session.end_tap();
    return result;
}

/// All tensors where none are named.
val tensors(SlicedTraining& session, const val& names) {
    std::vector<std::string> wanted;
    if (names.isUndefined() || names.isNull())
        for (const PersistentSpec& spec : session.model().persistents()) wanted.push_back(spec.name);
    else
        read_json(json_of(names), wanted, "tensors");
    val list = val::array();
    for (const std::string& name : wanted) {
        val tensor = tensor_value(session.model().get(name));
        tensor.set("name", name);
        list.call<void>("push", tensor);
    }
    return list;
}

/// Of one thread; the best of what was measured so far, as other programs may have held the core.
double peak_of_thread = 0;
bool measure_peak = true;

Profile profile(SlicedTraining& session) {
    if (measure_peak) {
        constexpr double first = 0.3, again = 0.1;
        peak_of_thread =
            std::max(peak_of_thread, cpu_peak_gflops("", 1, peak_of_thread == 0 ? first : again));
    }
    measure_peak = false;
    Profile profile = session.profile();
    profile.peak_gflops = peak_of_thread * thread_count();
    return profile;
}

/// What is read and changed as soon as no step is under way.
void register_settled() {
    session_function<&tensors>("tensors");
    session_function("setTensor", [](SlicedTraining& session, const val& tensor) {
        const auto name = tensor["name"].as<std::string>();
        session.model().set(name, tensor_of(tensor, name));
        session.weights_changed();
    });
    session_function("checkpoint", [](SlicedTraining& session) { return session.trainer().checkpoint(); });
    session_function("weights", [](SlicedTraining& session) { return model_file(session.model()); });
    session_function("setLearningRateScale", [](SlicedTraining& session, double scale) {
        check_range(scale, 0, 1e6, "learning rate scale");
        session.set_learning_rate_scale(static_cast<float>(scale));
    });
    session_function("setProfiling", [](SlicedTraining& session, bool on) {
        session.set_profiling(on);
        measure_peak |= on;
    });
    session_function<&profile>("profile");
}

void register_sessions() {
    function<&open_session>("open");
    function("close", [](int id) { sessions.erase(id); });
    session_function("setTest", [](SlicedTraining& session, int images) {
        session.set_test(loaded.at(images));
        return session.split(SplitName::test).count();
    });
    session_function<&run>("run");
    session_function<&session_images>("images");
    session_function("beginEvaluation", [](SlicedTraining& session, const std::string& split, double count) {
        session.begin_evaluation(
            split_name(split), count < 0 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(count));
    });
    session_function<&evaluation_slice>("evaluationSlice");
    session_function("beginTap", [](SlicedTraining& session, const val& pixels, const val& labels,
                                    const std::string& layers, bool gradients) {
        session.begin_tap(split_of(pixels, labels, session.model().card().image),
                          parse_json(layers, "layers").get<std::vector<std::string>>(), gradients);
    });
    session_function<&tap_slice>("tapSlice");
    session_function("explain", [](SlicedTraining& session, const val& pixels, const val& outputs,
                                   const std::string& layer) {
        const Explanation found =
            session.explain(split_of(pixels, outputs, session.model().card().image), layer);
        val result = val::object();
        result.set("map", found.map.count() > 0 ? tensor_value(found.map) : val::null());
        result.set("saliency", tensor_value(found.saliency));
        return result;
    });
    session_function("beginUpdates", [](SlicedTraining& session) { session.begin_updates(); });
    session_function("updatesSlice", [](SlicedTraining& session, double milliseconds) {
        if (!session.updates().run_for(budget_of(milliseconds))) return val::null();
        const val result = value_of(session.updates().result());
        session.end_updates();
        return result;
    });
    session_function("restore", [](SlicedTraining& session, const val& bytes) {
        session.restore(copy_in<uint8_t>(bytes));
        return session.trainer().steps_done();
    });
    session_function("reset", [](SlicedTraining& session) {
        session.reset();
        return session.trainer().steps_done();
    });
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_sessions) {
    register_images();
    register_settled();
    register_sessions();
}

}  // namespace cnnlab::web
