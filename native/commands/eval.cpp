#include <algorithm>
#include <memory>
#include <optional>

#include "engine/drawing/svg.hpp"
#include "native/commands/commands.hpp"
#include "native/data/own_files.hpp"
#include "native/distributed/launch.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/image_checksum.hpp"
#include "native/run/members.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/model_file.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

constexpr size_t largest_matrix = 20;  ///< classes that fit side by side on a screen

struct EvalArguments {
    std::string run, data;
    BackendChoice backend;
    bool as_json = false;
};

std::string class_table(const Evaluation& result, const std::vector<std::string>& classes) {
    constexpr auto right = Table::Align::right;
    Table table({{"", right}, {"class"}, {"images", right}, {"right", right}, {"accuracy", right}});
    for (size_t c = 0; c < classes.size(); ++c) {
        int64_t images = 0;
        for (const int64_t n : result.confusion[c]) images += n;
        table.add({std::to_string(c), classes[c], grouped_number(images),
                   grouped_number(result.confusion[c][c]),
                   images > 0 ? percent_text(result.class_accuracy[c]) : "–"});
    }
    return table.str();
}

/// Rows are the true classes, columns the predicted ones, by number.
std::string confusion_table(const Evaluation& result, const std::vector<std::string>& classes) {
    std::vector<Table::Column> columns{{"", Table::Align::right}, {"true class"}};
    for (size_t c = 0; c < classes.size(); ++c) columns.push_back({std::to_string(c), Table::Align::right});
    Table table(columns);
    for (size_t t = 0; t < classes.size(); ++t) {
        std::vector<std::string> row{std::to_string(t), classes[t]};
        for (const int64_t n : result.confusion[t]) row.push_back(n == 0 ? "·" : std::to_string(n));
        table.add(std::move(row));
    }
    return table.str();
}

/// The pairs of classes that are mistaken for each other most often.
std::string mistakes(const Evaluation& result, const std::vector<std::string>& classes) {
    struct Mistake {
        int64_t count;
        size_t truth, answer;
    };
    std::vector<Mistake> all;
    for (size_t t = 0; t < classes.size(); ++t) {
        for (size_t a = 0; a < classes.size(); ++a) {
            if (t != a && result.confusion[t][a] > 0) all.push_back({result.confusion[t][a], t, a});
        }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Mistake& a, const Mistake& b) { return a.count > b.count; });
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(all.size(), 3); ++i) {
        text += (i > 0 ? "; " : "") + classes[all[i].truth] + " taken for " + classes[all[i].answer] + " (" +
                grouped_number(all[i].count) + ")";
    }
    return text.empty() ? "" : "most frequent mistakes: " + text + "\n";
}

/// The test images. Those that a person has named are all of them, where their names say that they are for tests;
/// but not where they are what the run was trained on, of which a share is the test.
Dataset test_images(const ExperimentFile& file, const DatasetCard& run, const Json& kept, bool are_named) {
    if (are_named && says_tests(file.data.directory)) {
        std::optional<Dataset> divided;
        try {
            if (!kept.is_null()) divided = load_images(file, {.classes = {}, .run = &run});
        } catch (const Error&) {
            // too few to be divided, or nothing to train on
        }
        if (!divided || !other_tests(kept, *divided).empty())
            return load_images(file, {.classes = {}, .run = &run, .tests_alone = true});
        return *std::move(divided);
    }
    return load_images(file, {.classes = {}, .run = &run});
}

void evaluate(const EvalArguments& options) {
    const std::filesystem::path model_file = model_named(options.run);
    const bool is_alone = model_file == options.run;
    const std::filesystem::path folder = model_file.parent_path(), described = folder / "experiment.json";
    BackendChoice choice = options.backend;
    choice.group = join_processes();
    const auto backend = make_backend(choice);
    Model model = read_model(model_file, *backend);
    const ExperimentFile file = !is_alone && std::filesystem::exists(described)
                                    ? read_experiment(described.string(), {{}, options.data})
                                    : experiment_of_model(model.experiment(), options.data);
    std::optional<Members> members;
    if (choice.group) members.emplace(choice.group, false, 0);
    // rank 0 may have to download them
    if (members && members->rank() > 0) members->wait();
    const Json kept = is_alone ? Json() : read_data_facts(folder);
    Dataset images = test_images(file, model.card(), kept, !options.data.empty());
    if (members) {
        if (members->rank() == 0) members->wait();
        members->check(model.experiment(), bits_of(backend->info()), image_checksum(images),
                       read_file(model_file));
    }
    images.train = {};
    const std::vector<std::string>& classes = model.card().classes;
    if (images.test.count() == 0)
        throw Error(ErrorCode::missing_data, images.origin, "has no test images",
                    "keep some with dataset.test_share");
    check_evaluation_memory(model, images.test.count(), options.backend);
    backend->upload_split(SplitName::test, images.card.image, images.test);
    const Evaluation result = model.evaluate(SplitName::test, images.test.labels);

    const std::string warning = other_tests(kept, images);
    if (options.as_json) {
        Json json{{"run", (is_alone ? model_file : folder).string()},
                  {"classes", classes},
                  {"data", data_facts(images)}};
        write_fields(result, json);
        if (!warning.empty()) json["warnings"] = {warning};
        print_json(json);
        return;
    }
    std::string text;
    for (const std::string& line : data_lines(images)) text += line + "\n";
    if (!warning.empty()) text += "warning: " + warning + "\n";
    text += "\n" + grouped_number(result.count) + " test images: accuracy " + percent_text(result.accuracy) +
            ", loss " + loss_text(result.loss);
    // with five classes or fewer every answer is among the first five
    if (classes.size() > 5) text += ", right class among the first five " + percent_text(result.top5);
    text += "\n\n" + class_table(result, classes) + "\n";
    if (classes.size() <= largest_matrix) text += "predicted as\n" + confusion_table(result, classes) + "\n";
    print_text(text + mistakes(result, classes));
}

}  // namespace

void add_eval(CLI::App& app) {
    const auto options = std::make_shared<EvalArguments>();
    CLI::App* verb = app.add_subcommand("eval", "Accuracy and loss of a run on its test images");
    verb->add_option("run", options->run, "Folder of the run, its name in runs/, or a model.safetensors")
        ->type_name("")
        ->required();
    verb->add_option("--data", options->data, "Folder with the images, where they have moved")
        ->type_name("DIR");
    add_backend_options(*verb, options->backend);
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { evaluate(*options); });
}

}  // namespace cnnlab
