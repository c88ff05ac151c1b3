#include <algorithm>
#include <memory>
#include <numeric>

#include "engine/core/names.hpp"
#include "engine/model/explain.hpp"
#include "engine/model/outputs.hpp"
#include "native/commands/commands.hpp"
#include "native/report/explain_report.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/model_file.hpp"
#include "native/run/picture_split.hpp"
#include "native/run/predictions.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr size_t shown_tests = 8;
constexpr int images_at_once = 8;

struct ExplainArguments {
    std::string run, label, layer, unit_layer, out, data;
    std::vector<std::string> images;
    int64_t units = 16;
    bool wants_units = false;
    BackendChoice backend;
    bool as_json = false;
};

/// The number of a class, by its name or by itself.
int32_t class_named(const std::string& text, const std::vector<std::string>& classes) {
    const auto found = std::find(classes.begin(), classes.end(), text);
    if (found != classes.end()) return static_cast<int32_t>(found - classes.begin());
    for (size_t c = 0; c < classes.size(); ++c)
        if (text == std::to_string(c)) return static_cast<int32_t>(c);
    throw Error(ErrorCode::unknown_name, "--class " + text, "is none of the network's classes",
                suggest(text, classes));
}

fs::path report_file(const ExplainArguments& options, const fs::path& model_file) {
    if (options.out.empty()) {
        if (model_file == options.run)
            throw Error(ErrorCode::missing_data, "--out",
                        "is not given, and " + options.run + " is no run's folder",
                        "name the page to write, as in --out explain.html");
        return model_file.parent_path() / "explain.html";
    }
    const std::string ending = fs::path(options.out).extension().string();
    if (ending != ".html" && ending != ".htm")
        throw Error(ErrorCode::unsupported, "--out " + options.out, "is no name for a page of HTML",
                    "let it end in .html");
    return options.out;
}

/// Answers to the pictures, and what speaks for the class that is asked for, or for the most probable one.
Json explain_pictures(const ExplainArguments& options, Model& model, ExplainReport& report,
                      std::vector<UnreadPicture>& unread) {
    std::vector<std::string> paths = options.images;
    report.images = read_pictures(paths, model, unread);
    Json pictures = Json::array();
    if (paths.empty()) return pictures;
    check_evaluation_memory(model, report.images.count(), options.backend);
    const std::vector<std::string>& classes = model.card().classes;
    const HostTensor outputs = model.predict(report.images);
    const auto width = static_cast<size_t>(outputs.shape()[1]);
    for (size_t i = 0; i < paths.size(); ++i) {
        const std::vector<double> all =
            class_probabilities(outputs.span().subspan(i * width, width), classes.size());
        const std::vector<ClassAnswer> top = top_classes(all, classes, shown_classes);
        const auto label =
            options.label.empty() ? static_cast<int32_t>(top[0].index) : class_named(options.label, classes);
        // one output stands for the second of two classes
        report.images.labels[i] = width == 1 ? 0 : label;
        std::string answer;
        for (const ClassAnswer& one : top)
            answer += (answer.empty() ? "" : ", ") + one.name + " " + percent_text(one.probability);
        const std::string& explained = classes[width == 1 ? classes.size() - 1 : static_cast<size_t>(label)];
        report.pictures.push_back({paths[i], answer, explained});
        pictures.push_back({{"image", paths[i]},
                            {"class", top[0].name},
                            {"probability", top[0].probability},
                            {"explained", explained}});
    }
    report.explanation =
        Explainer(model, report.map_layer, std::min<int>(images_at_once, static_cast<int>(paths.size())))
            .explain(report.images);
    const HostTensor& map = report.explanation.map;
    for (size_t i = 0; i < paths.size() && map.count() > 0; ++i) {
        const auto rows = map.shape()[1], columns = map.shape()[2];
        Json grid = Json::array();
        for (int64_t y = 0; y < rows; ++y) {
            const float* row = map.data() + (static_cast<int64_t>(i) * rows + y) * columns;
            grid.push_back(std::vector<float>(row, row + columns));
        }
        pictures[i]["map"] = grid;
    }
    return pictures;
}

/// Test images and made images of the first units of a layer.
Json explain_units(const ExplainArguments& options, Model& model, ExplainReport& report, const Split& tests) {
    report.tests = &tests;
    model.backend().upload_split(SplitName::test, model.card().image, tests);
    report.exciting = exciting_images(model, report.unit_layer, SplitName::test, tests.count(), shown_tests);
    const auto count = std::min<int64_t>(options.units, static_cast<int64_t>(report.exciting.images.size()));
    report.units.resize(static_cast<size_t>(count));
    std::iota(report.units.begin(), report.units.end(), 0);
    report.preferred = preferred_images(model, report.unit_layer, report.units, {});
    Json units = Json::array();
    for (const int unit : report.units) {
        const auto u = static_cast<size_t>(unit);
        units.push_back({{"unit", unit},
                         {"images", report.exciting.images[u]},
                         {"values", report.exciting.values[u]},
                         {"made", {report.preferred.before[u], report.preferred.after[u]}}});
    }
    return units;
}

void explain(const ExplainArguments& options) {
    const fs::path model_file = model_named(options.run);
    const bool is_alone = model_file == options.run;
    const fs::path folder = model_file.parent_path(), described = folder / "experiment.json",
                   file = report_file(options, model_file);
    const auto backend = make_backend(options.backend);
    Model model = read_model(model_file, *backend);
    ExplainReport report;
    report.title = "What " + (is_alone ? model_file.filename() : folder.filename()).string() + " looks at";
    report.card = model.card();
    report.map_layer = options.layer.empty() ? last_map(model.layers()) : options.layer;

    std::vector<UnreadPicture> unread;
    const Json pictures = explain_pictures(options, model, report, unread);
    Json units = Json::array();
    Dataset data;
    std::vector<std::string> lines;
    if (options.wants_units) {
        report.unit_layer = options.unit_layer.empty() ? last_map(model.layers()) : options.unit_layer;
        if (report.unit_layer.empty())
            throw Error(ErrorCode::unsupported, "--units",
                        "is given without a layer, and this network has no maps",
                        "name a layer, as `" + command_name() + " describe` lists them");
        const ExperimentFile experiment = !is_alone && fs::exists(described)
                                              ? read_experiment(described.string(), {{}, options.data})
                                              : experiment_of_model(model.experiment(), options.data);
        data = load_images(experiment, {.classes = {}, .run = &model.card()});
        data.train = {};
        lines = data_lines(data);
        if (data.test.count() == 0)
            throw Error(ErrorCode::missing_data, data.origin, "has no test images",
                        "keep some with dataset.test_share");
        units = explain_units(options, model, report, data.test);
    }
    const bool has_something = !report.pictures.empty() || !report.unit_layer.empty();
    if (has_something) write_file(file, explain_html(report));
    if (options.as_json) {
        Json json{{"run", (is_alone ? model_file : folder).string()},
                  {"report", has_something ? Json(file.string()) : Json()},
                  {"layer", report.map_layer},
                  {"pictures", pictures},
                  {"unread", write_json(unread)}};
        if (options.wants_units) {
            json["unit_layer"] = report.unit_layer;
            json["units"] = units;
            json["data"] = data_facts(data);
        }
        print_json(json);
    } else if (has_something) {
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        Table table({{"image"}, {"answer"}, {"explained"}});
        for (const ExplainedPicture& one : report.pictures) table.add({one.name, one.answer, one.explained});
        if (!report.pictures.empty()) text += table.str();
        print_text(text + "\n" + file.string() + "\n");
    }
    for (const UnreadPicture& one : unread) complain(one.problem);
    if (!unread.empty()) throw ExitWith{1};
}

}  // namespace

void add_explain(CLI::App& app) {
    const auto o = std::make_shared<ExplainArguments>();
    CLI::App* verb = app.add_subcommand("explain", "Where a network looks, as a page of pictures");
    verb->add_option("run", o->run, "Folder of the run, its name in runs/, or a model.safetensors")
        ->type_name("")
        ->required();
    verb->add_option("images", o->images,
                     "PNG, JPEG, WebP, BMP or GIF files; they are cropped and resized to the network's input")
        ->type_name("");
    CLI::Option* label =
        verb->add_option(
                "--class", o->label,
                "The class that is explained, by name or number; by default each picture's most probable one")
            ->type_name("CLASS");
    CLI::Option* layer = verb->add_option("--layer", o->layer,
                                          "The layer whose map is read (Grad-CAM); by default the last one")
                             ->type_name("LAYER");
    CLI::Option* units =
        verb->add_option(
                "--units", o->unit_layer,
                "What excites the units of a layer, the last one with a map by default: test images, and "
                "images made for them")
            ->type_name("[LAYER]")
            ->expected(0, 1);
    add_whole_number(*verb, "--count", o->units, "Units that are shown (16)")
        ->check(at_least_one())
        ->needs(units);
    verb->add_option("--data", o->data, "Folder with the test images of --units, where they have moved")
        ->type_name("DIR")
        ->needs(units);
    verb->add_option("--out", o->out, "The page to write (explain.html in the run's folder)")
        ->type_name("FILE");
    add_backend_options(*verb, o->backend);
    verb->add_flag("--json", o->as_json, "One line of JSON");
    verb->callback([=] {
        o->wants_units = units->count() > 0;
        if (o->images.empty() && !o->wants_units) throw CLI::RequiredError("IMAGE or --units");
        for (const CLI::Option* of_pictures : {label, layer})
            if (o->images.empty() && !of_pictures->empty())
                throw CLI::RequiredError("IMAGE, which " + of_pictures->get_name() + " is for,");
        explain(*o);
    });
}

}  // namespace cnnlab
