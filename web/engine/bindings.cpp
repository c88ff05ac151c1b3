#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <cmath>
#include <limits>
#include <map>
#include <new>

#include "engine/data/card.hpp"
#include "engine/data/lines.hpp"
#include "engine/io/safetensors.hpp"
#include "web/engine/catalog.hpp"
#include "web/engine/convolution.hpp"
#include "web/engine/session.hpp"
#include "web/engine/threads.hpp"

/// What the worker calls. Every function gives {value} or {error: {code, place, problem, remedy}}; no exception crosses into JavaScript.
/// Numbers are copied out of the module's memory, so nothing that JavaScript holds can move or has to be freed. Sessions and images are
/// held here, under numbers.
namespace cnnlab::web {

namespace {

using emscripten::val;

std::map<int, std::unique_ptr<LabSession>> sessions;
std::map<int, std::shared_ptr<Images>> loaded;
int next_number = 1;

// ---- values ----------------------------------------------------------------------------------------

std::string_view code_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::unknown_name:
            return "unknown_name";
        case ErrorCode::wrong_type:
            return "wrong_type";
        case ErrorCode::out_of_range:
            return "out_of_range";
        case ErrorCode::shape_mismatch:
            return "shape_mismatch";
        case ErrorCode::bad_file:
            return "bad_file";
        case ErrorCode::missing_data:
            return "missing_data";
        case ErrorCode::io:
            return "io";
        case ErrorCode::checkpoint:
            return "checkpoint";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::diverged:
            return "diverged";
    }
    return "internal";
}

val failure(std::string_view code, const std::string& place, const std::string& problem,
            const std::string& remedy) {
    val error = val::object();
    error.set("code", std::string(code));
    error.set("place", place);
    error.set("problem", problem);
    error.set("remedy", remedy);
    val result = val::object();
    result.set("error", error);
    return result;
}

/// Runs a call and turns whatever it throws into a value.
template <class Call>
val guarded(Call&& call) {
    try {
        val result = val::object();
        result.set("value", call());
        return result;
    } catch (const Error& e) {
        return failure(code_name(e.code()), e.place(), e.problem(), e.remedy());
    } catch (const std::bad_alloc&) {
        return failure("out_of_memory", "engine", "there is not enough memory",
                       "use a smaller network, a smaller batch or fewer images");
    } catch (const std::exception& e) {
        return failure("internal", "engine", e.what(), "report this as a bug");
    }
}

val json_value(const Json& json) { return val::global("JSON").call<val>("parse", json.dump()); }

/// A typed array with a copy of the numbers.
template <class T>
val copy_out(const char* type, std::span<const T> numbers) {
    return val::global(type).new_(val(emscripten::typed_memory_view(numbers.size(), numbers.data())));
}

template <class T>
std::vector<T> copy_in(const val& array) {
    std::vector<T> numbers(array["length"].as<size_t>());
    val(emscripten::typed_memory_view(numbers.size(), numbers.data())).call<void>("set", array);
    return numbers;
}

val tensor_value(const HostTensor& tensor) {
    val result = val::object();
    val shape = val::array();
    for (const int64_t extent : tensor.shape()) shape.call<void>("push", static_cast<double>(extent));
    result.set("shape", shape);
    result.set("data", copy_out("Float32Array", tensor.span()));
    return result;
}

HostTensor tensor_of(const val& value, const std::string& place) {
    const auto extents = copy_in<double>(val::global("Float64Array").call<val>("from", value["shape"]));
    if (extents.empty() || extents.size() > Shape::max_rank)
        throw Error(ErrorCode::shape_mismatch, place, "has " + std::to_string(extents.size()) + " axes",
                    "give one to four");
    int64_t count = 1;
    for (const double extent : extents) {
        if (!(extent >= 1 && extent <= 1e8))
            throw Error(ErrorCode::shape_mismatch, place, "has an axis of " + number_text(extent),
                        "give at least 1");
        count *= static_cast<int64_t>(extent);
    }
    auto data = copy_in<float>(val::global("Float32Array").call<val>("from", value["data"]));
    if (count != static_cast<int64_t>(data.size()))
        throw Error(
            ErrorCode::shape_mismatch, place,
            "has " + std::to_string(data.size()) + " numbers for " + std::to_string(count) + " places",
            "give as many as the shape says");
    Shape shape;
    switch (extents.size()) {
        case 1:
            shape = {static_cast<int64_t>(extents[0])};
            break;
        case 2:
            shape = {static_cast<int64_t>(extents[0]), static_cast<int64_t>(extents[1])};
            break;
        case 3:
            shape = {static_cast<int64_t>(extents[0]), static_cast<int64_t>(extents[1]),
                     static_cast<int64_t>(extents[2])};
            break;
        default:
            shape = {static_cast<int64_t>(extents[0]), static_cast<int64_t>(extents[1]),
                     static_cast<int64_t>(extents[2]), static_cast<int64_t>(extents[3])};
    }
    return {shape, std::move(data)};
}

val tensors_value(const std::vector<std::pair<std::string, HostTensor>>& tensors) {
    val result = val::object();
    for (const auto& [name, tensor] : tensors) result.set(name, tensor_value(tensor));
    return result;
}

val split_value(const Split& split, const ImageShape& image) {
    val result = val::object(), shape = val::array();
    for (const int extent : {image.height, image.width, image.channels}) shape.call<void>("push", extent);
    result.set("count", static_cast<double>(split.count()));
    result.set("shape", shape);
    result.set("pixels", copy_out("Uint8Array", std::span<const uint8_t>(split.images)));
    result.set("labels", copy_out("Int32Array", std::span<const int32_t>(split.labels)));
    return result;
}

Split split_of(const val& pixels, const val& labels, const ImageShape& image) {
    Split split{copy_in<uint8_t>(pixels), {}};
    const int64_t count = static_cast<int64_t>(split.images.size()) / std::max<int64_t>(1, image.count());
    if (labels.isNull() || labels.isUndefined())
        split.labels.assign(static_cast<size_t>(count), 0);
    else
        split.labels = copy_in<int32_t>(labels);
    return split;
}

/// A card as the page has it, made into one as data sets have it.
DatasetCard card_of_page(const std::string& text) {
    Json json = parse_json(text, "card");
    if (!json.is_object()) wrong_type("card", json, "an object");
    if (json.contains("std")) {
        json["stddev"] = json["std"];
        json.erase("std");
    }
    if (json.contains("image") && json["image"].is_array() && json["image"].size() == 3)
        json["image"] =
            Json{{"height", json["image"][0]}, {"width", json["image"][1]}, {"channels", json["image"][2]}};
    for (const char* key : {"licence", "source", "title"})
        if (!json.contains(key)) json[key] = "";
    if (!json.contains("format")) json["format"] = "folder";
    if (!json.contains("files")) json["files"] = Json::array();
    if (!json.contains("name")) json["name"] = "folder";
    return parse_card(json.dump(), "card");
}

Json card_json(const DatasetCard& card) {
    return {{"name", card.name},
            {"title", card.title},
            {"image", {card.image.height, card.image.width, card.image.channels}},
            {"classes", card.classes},
            {"mean", card.mean},
            {"std", card.stddev},
            {"licence", card.licence},
            {"source", card.source}};
}

LabSession& session_of(int id) {
    const auto found = sessions.find(id);
    if (found == sessions.end())
        throw Error(ErrorCode::unknown_name, "session " + std::to_string(id), "is not open",
                    "open a new one");
    return *found->second;
}

SplitName split_name(const std::string& name) { return name == "train" ? SplitName::train : SplitName::test; }

const Split& split_of_session(LabSession& session, const std::string& name) {
    return split_name(name) == SplitName::train ? session.images().training.train : session.images().test;
}

// ---- without a session -----------------------------------------------------------------------------

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
        return json_value(describe(e, card.empty() ? card_of(e.dataset) : card_of_page(card)));
    });
}

val lines(const std::string& options) {
    return guarded([&] {
        DataSpec spec;
        spec.name = "lines";
        spec.options = parse_json(options, "lines");
        const auto images = lines_images(spec);
        const DatasetCard& card = images->training.card;
        val result = val::object();
        result.set("card", json_value(card_json(card)));
        result.set("train", split_value(images->training.train, card.image));
        result.set("test", split_value(images->test, card.image));
        result.set("unit", std::round(255.0 * static_cast<double>(card.stddev[0])));
        return result;
    });
}

val convolve(const val& request) {
    return guarded([&] {
        ConvolutionRequest r;
        r.input = tensor_of(request["input"], "input");
        r.kernel = tensor_of(request["kernel"], "kernel");
        const auto given = [](const val& value) { return !value.isUndefined() && !value.isNull(); };
        const auto number = [&](const val& value, const std::string& place, int otherwise, int low) {
            if (!given(value)) return otherwise;
            const auto n = value.as<double>();
            check_range(n, low, 1024, place);
            return static_cast<int>(n);
        };
        if (given(request["bias"])) {
            auto bias = copy_in<float>(val::global("Float32Array").call<val>("from", request["bias"]));
            const auto count = static_cast<int64_t>(bias.size());
            r.bias = HostTensor({count}, std::move(bias));
        }
        r.window.stride = number(request["stride"], "stride", 1, 1);
        r.window.dilation = number(request["dilation"], "dilation", 1, 1);
        const val padding = request["padding"];
        if (given(padding) && padding.isNumber()) {
            r.window.before = r.window.after = number(padding, "padding", 0, 0);
        } else if (given(padding)) {
            r.window.before = {number(padding[0], "padding", 0, 0), number(padding[1], "padding", 0, 0)};
            r.window.after = {number(padding[2], "padding", 0, 0), number(padding[3], "padding", 0, 0)};
        }
        if (given(request["activation"]) && request["activation"].as<std::string>() != "none") {
            ActivationKind kind{};
            read_json(Json(request["activation"].as<std::string>()), kind, "activation");
            r.activation = kind;
        }
        const val pool = request["pool"];
        const std::string pooling = given(pool) ? pool["type"].as<std::string>() : "none";
        if (pooling == "max") r.pool = ConvolutionRequest::Pool::max;
        if (pooling == "avg") r.pool = ConvolutionRequest::Pool::avg;
        if (given(pool)) {
            r.pool_window.kernel = number(pool["size"], "pool.size", 2, 1);
            r.pool_window.stride = number(pool["stride"], "pool.stride", r.pool_window.kernel.height, 1);
        }
        if (given(request["outputGradient"]))
            r.output_gradient = tensor_of(request["outputGradient"], "outputGradient");

        const ConvolutionResult out = convolution(r);
        val result = val::object(), gradients = val::object();
        result.set("map", tensor_value(out.map));
        result.set("activated", tensor_value(out.activated));
        result.set("pooled", tensor_value(out.pooled));
        result.set("winners", out.winners ? tensor_value(*out.winners) : val::null());
        gradients.set("pooled", tensor_value(out.d_pooled));
        gradients.set("activated", tensor_value(out.d_activated));
        gradients.set("map", tensor_value(out.d_map));
        gradients.set("input", tensor_value(out.d_input));
        gradients.set("kernel", tensor_value(out.d_kernel));
        gradients.set("bias", tensor_value(out.d_bias));
        result.set("gradients", gradients);
        return result;
    });
}

// ---- images ----------------------------------------------------------------------------------------

val images_new(const std::string& card) {
    return guarded([&] {
        auto images = std::make_shared<Images>();
        images->training.card = card_of_page(card);
        const int id = next_number++;
        loaded[id] = std::move(images);
        return val(id);
    });
}

val images_add(int id, const std::string& split, const val& pixels, const val& labels) {
    return guarded([&] {
        Images& images = *loaded.at(id);
        const Split more = split_of(pixels, labels, images.training.card.image);
        check_split(more, images.training.card, "images");
        Split& mine = split_name(split) == SplitName::train ? images.training.train : images.test;
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

// ---- sessions --------------------------------------------------------------------------------------

val open_session(const std::string& text, int images, double evaluated) {
    return guarded([&] {
        Experiment e = Experiment::parse(parse_json(text, "experiment"));
        std::shared_ptr<const Images> data = images > 0 ? loaded.at(images) : lines_images(e.dataset);
        auto session = std::make_unique<LabSession>(std::move(e), std::move(data));
        if (evaluated >= 0) session->set_evaluated(static_cast<int64_t>(evaluated));
        Json info = session->info();
        const int id = next_number++;
        info["id"] = id;
        sessions[id] = std::move(session);
        return json_value(info);
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
        LabSession& session = session_of(id);
        const auto limit = static_cast<int64_t>(std::min(steps, 1e15));
        const Progress progress =
            session.run(limit, std::chrono::milliseconds(static_cast<int64_t>(milliseconds)));
        val result = val::object();
        result.set("more", progress.more);
        result.set("begun", static_cast<double>(progress.begun));
        result.set("between", session.between_steps());
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
        LabSession& session = session_of(id);
        SlicedEvaluation& evaluation = session.evaluation();
        val result = val::object();
        if (evaluation.run_for(std::chrono::milliseconds(static_cast<int64_t>(milliseconds)))) {
            result.set("evaluation", json_value(evaluation_json(evaluation.result())));
            result.set("logits",
                       tensor_value({{evaluation.count(), evaluation.outputs()}, evaluation.logits()}));
            session.end_evaluation();
        }
        return result;
    });
}

val predict(int id, const val& pixels) {
    return guarded([&] {
        LabSession& session = session_of(id);
        const Split images = split_of(pixels, val::null(), session.model().card().image);
        check_split(images, session.model().card(), "predict");
        if (images.count() < 1)
            throw Error(ErrorCode::missing_data, "predict", "was given no images", "choose at least one");
        return tensor_value(session.model().predict(images));
    });
}

val session_images(int id, const std::string& split, const val& indices) {
    return guarded([&] {
        LabSession& session = session_of(id);
        const Split& all = split_of_session(session, split);
        const ImageShape image = session.model().card().image;
        Split chosen;
        for (const double index : copy_in<double>(val::global("Float64Array").call<val>("from", indices))) {
            if (!(index >= 0 && index < static_cast<double>(all.count())))
                throw Error(ErrorCode::out_of_range, "images", "has no image " + number_text(index),
                            "there are " + std::to_string(all.count()));
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

val tap(int id, const val& pixels, const val& labels, const std::string& layers, bool gradients) {
    return guarded([&] {
        LabSession& session = session_of(id);
        const Split images = split_of(pixels, labels, session.model().card().image);
        const Tap found =
            session.tap(images, parse_json(layers, "layers").get<std::vector<std::string>>(), gradients);
        val result = val::object();
        result.set("activations", tensors_value(found.activations));
        result.set("gradients", tensors_value(found.gradients));
        result.set("probabilities", tensor_value(found.probabilities));
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
        LabSession& session = session_of(id);
        session.restore(copy_in<uint8_t>(bytes));
        return val(static_cast<double>(session.trainer().steps_done()));
    });
}

val weights(int id) {
    return guarded([&] {
        LabSession& session = session_of(id);
        TensorFile file;
        for (auto& [name, tensor] : session.model().weights()) file.tensors.push_back({name, tensor});
        file.metadata = {{"format", "cnnlab-model-1"},
                         {"experiment", session.model().experiment().to_json().dump()}};
        const std::vector<uint8_t> bytes = write_safetensors(file);
        return copy_out("Uint8Array", std::span<const uint8_t>(bytes));
    });
}

val reset(int id) {
    return guarded([&] {
        session_of(id).reset();
        return val(0);
    });
}

std::string backend() {
    const BackendInfo info = make_backend()->info();
    return info.name + " (" + info.detail + ")";
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab) {
    using emscripten::function;
    function("backend", &backend);
    function("setThreads", &set_threads);
    function("experiments", &experiments);
    function("experiment", &experiment);
    function("catalog", &all_fields);
    function("describe", &describe_text);
    function("lines", &lines);
    function("convolution", &convolve);
    function("imagesNew", &images_new);
    function("imagesAdd", &images_add);
    function("imagesDrop", &images_drop);
    function("open", &open_session);
    function("close", &close_session);
    function("run", &run);
    function("beginEvaluation", &begin_evaluation);
    function("evaluationSlice", &evaluation_slice);
    function("predict", &predict);
    function("images", &session_images);
    function("tensor", &get_tensor);
    function("setTensor", &set_tensor);
    function("tap", &tap);
    function("setLearningRateScale", &set_learning_rate_scale);
    function("checkpoint", &checkpoint);
    function("restore", &restore);
    function("weights", &weights);
    function("reset", &reset);
}

}  // namespace cnnlab::web
