#include <memory>

#include "engine/drawing/network_svg.hpp"
#include "engine/drawing/svg.hpp"
#include "engine/model/description.hpp"
#include "native/commands/commands.hpp"
#include "native/report/text.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/unused_fields.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

std::string words(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

template <class Spec>
Json defaults_of(const Json& spec) {
    Spec defaults;
    read_json(spec["type"], defaults, "");
    return write_json(defaults);
}

/// The fields of a spec that are not as they would be anyway: "sgd, lr 0.1, momentum 0.9, nesterov".
std::string plain_line(const Json& spec, const Json& defaults) {
    std::string text = spec.contains("type") ? words(spec["type"].get<std::string>()) : "";
    for (const auto& [key, value] : spec.items()) {
        // a learning rate is always worth knowing; a group's −1 stands for none
        const bool is_rate = key == "lr" && spec.contains("type");
        if (key == "type" || (!is_rate && defaults.contains(key) && defaults[key] == value)) continue;
        std::string part = words(key) + " " + (value.is_string() ? value.get<std::string>() : value.dump());
        if (value.is_boolean()) part = (value.get<bool>() ? "" : "no ") + words(key);
        if (value.is_object())
            part = words(key) + " (" +
                   plain_line(value, value.contains("type") ? defaults_of<OptimizerSpec>(value)
                                                            : defaults.value(key, Json::object())) +
                   ")";
        if (key == "groups") {
            part.clear();
            for (const Json& group : value) {
                part += (part.empty() ? "" : "; ") + group.value("match", "") + ": " +
                        plain_line(group, write_json(ParameterGroup{group.value("match", "")}));
            }
            part = "except " + part;
        }
        text += (text.empty() ? "" : ", ") + part;
    }
    return text.empty() ? "none" : text;
}

std::string recipe(const Experiment& e) {
    const Json json = e.to_json();
    const TrainSpec& train = e.train;
    std::string sizes, views;
    for (const ResolutionSpec& r : train.resolutions)
        sizes += ", " + std::to_string(r.size.height) + "×" + std::to_string(r.size.width) +
                 " pixels from epoch " + std::to_string(r.epoch + 1);
    if (train.eval_views != EvalViews::none)
        views = ", evaluated with " + write_json(train.eval_views).get<std::string>() + " views";
    return "loss       " + plain_line(json["loss"], defaults_of<AnyLoss>(json["loss"])) + "\n" +
           "optimizer  " + plain_line(json["optimizer"], defaults_of<OptimizerSpec>(json["optimizer"])) +
           "\n" + "schedule   " + plain_line(json["schedule"], defaults_of<ScheduleSpec>(json["schedule"])) +
           "\n" + "augment    " + plain_line(json["augment"], write_json(Augmentation{})) + "\n" +
           "train      " + amount_text(train.epochs, "epoch") + ", batches of " +
           std::to_string(train.batch) + ", seed " + std::to_string(train.seed) +
           (train.shuffle ? "" : ", not shuffled") + (train.drop_last ? ", whole batches only" : "") + sizes +
           views + "\n";
}

std::string table(const Description& description) {
    constexpr auto right = Table::Align::right;
    Table table({{"layer"},
                 {"type"},
                 {"input"},
                 {"output"},
                 {"parameters", right},
                 {"multiply-adds", right},
                 {"output bytes", right}});
    const auto number = [](int64_t value) { return value == 0 ? std::string("–") : grouped_number(value); };
    for (const LayerInfo& layer : description.layers) {
        std::string input = layer.input.str();
        if (layer.from.size() > 1) input += " and " + std::to_string(layer.from.size() - 1) + " more";
        table.add({layer.name, layer.type, input, layer.output.str(), number(layer.parameters),
                   number(layer.multiply_adds), grouped_number(layer.output_bytes)});
    }
    table.rule();
    table.add({"total", "", "", "", grouped_number(description.parameters),
               grouped_number(description.multiply_adds), grouped_number(description.output_bytes)});
    return table.str();
}

void draw(const Experiment& experiment, const DatasetCard& card, const Description& description,
          const std::string& file) {
    const std::string ending = std::filesystem::path(file).extension().string();
    if (ending != ".svg")
        throw Error(ErrorCode::unsupported, "--svg " + file, "is no name for an SVG picture",
                    "let it end in .svg");
    const Shape input{card.image.height, card.image.width, card.image.channels};
    write_file(file, network_svg(description.layers, input, experiment.name), MissingFolder::is_an_error);
}

void print_description(const std::string& name, const std::vector<std::string>& settings,
                       const std::string& svg, bool as_json) {
    note_namesake(name, name + ".json", experiment_names());
    const ExperimentFile file = read_experiment(name, {settings, {}});
    const Experiment& experiment = file.experiment;
    const DatasetCard card = card_of(experiment.dataset);
    Description description = describe(experiment, card);
    for (Concern& concern : unused_fields(description)) description.concerns.push_back(std::move(concern));
    if (!svg.empty()) draw(experiment, card, description, svg);
    if (as_json) {
        Json json{{"name", experiment.name}, {"title", experiment.title}};
        write_fields(description, json);
        json["experiment"] = file.to_json();  // with where its data lie
        if (!svg.empty()) json["svg"] = svg;
        print_json(json);
        return;
    }
    std::string images = experiment.dataset.name + ", " +
                         Shape{card.image.height, card.image.width, card.image.channels}.str();
    if (!card.classes.empty()) images += ", " + std::to_string(card.classes.size()) + " classes";
    print_text(experiment.name + (experiment.title.empty() ? "" : ": " + experiment.title) + "\n\n" +
               table(description) + "\nBytes and multiply-adds are of one image, forward. Training takes " +
               grouped_number(description.training_multiply_adds) +
               " multiply-adds an image.\nThe weights take " +
               bytes_text(description.parameters * static_cast<int64_t>(sizeof(float))) + ".\n\n" +
               "images     " + images + "\n" + recipe(experiment));
    for (const Concern& concern : description.concerns)
        print_text((concern.severity == Severity::refuse ? "\nrefused: " : "\nwarning: ") + english(concern) +
                   "\n");
    if (!svg.empty()) print_text("\n" + svg + "\n");
}

}  // namespace

void add_describe(CLI::App& app) {
    struct DescribeArguments {
        std::string name;
        std::vector<std::string> settings;
        std::string svg;
        bool as_json = false;
    };
    const auto options = std::make_shared<DescribeArguments>();
    CLI::App* verb = app.add_subcommand("describe", "An experiment's layers, shapes, parameters and cost");
    verb->add_option("experiment", options->name, "NAME or FILE.json")->type_name("")->required();
    verb->add_option("--set", options->settings, "Change any field, as in --set model.layers[0].kernel=5")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--svg", options->svg, "Also draw the network, as this file")->type_name("FILE.svg");
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback(
        [options] { print_description(options->name, options->settings, options->svg, options->as_json); });
}

}  // namespace cnnlab
