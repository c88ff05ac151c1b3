#include <memory>

#include "native/commands/commands.hpp"
#include "native/report/text.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/model_file.hpp"
#include "native/run/picture_split.hpp"
#include "native/run/predictions.hpp"
#include "native/run/run_folder.hpp"

namespace cnnlab {

namespace {

struct PredictArguments {
    std::string run;
    std::vector<std::string> images;
    BackendChoice backend;
    bool as_json = false;
};

void predict(const PredictArguments& options) {
    const std::filesystem::path file = model_named(options.run);
    const auto backend = make_backend(options.backend);
    Model model = read_model(file, *backend);
    std::vector<std::string> paths = options.images;
    std::vector<UnreadPicture> unread;
    const Split images = read_pictures(paths, model, unread);
    if (!paths.empty()) check_evaluation_memory(model, static_cast<int64_t>(paths.size()), options.backend);
    // A HostTensor has no empty shape.
    const HostTensor outputs = paths.empty() ? HostTensor(Shape{1, 1}) : model.predict(images);
    const auto width = static_cast<size_t>(outputs.shape()[1]);

    const std::vector<std::string>& classes = model.card().classes;
    Table table({{"image"}, {"class"}, {"probability", Table::Align::right}});
    std::vector<Prediction> predictions;
    for (size_t i = 0; i < paths.size(); ++i) {
        const std::vector<double> probabilities =
            class_probabilities(outputs.span().subspan(i * width, width), classes.size());
        const Prediction& prediction = predictions.emplace_back(
            Prediction{paths[i], top_classes(probabilities, classes, shown_classes)});
        for (const ClassAnswer& answer : prediction.top)
            table.add({&answer == &prediction.top.front() ? paths[i] : "", answer.name,
                       percent_text(answer.probability)});
    }
    if (options.as_json) {
        print_json({{"run", (file == options.run ? file : file.parent_path()).string()},
                    {"predictions", write_json(predictions)},
                    {"unread", write_json(unread)}});
    } else if (!predictions.empty()) {
        print_text(table.str());
    }
    for (const UnreadPicture& one : unread) complain(one.problem);
    if (!unread.empty()) throw ExitWith{1};
}

}  // namespace

void add_predict(CLI::App& app) {
    const auto options = std::make_shared<PredictArguments>();
    CLI::App* verb = app.add_subcommand("predict", "The most probable classes of images");
    verb->add_option("run", options->run, "Folder of the run, its name in runs/, or a model.safetensors")
        ->type_name("")
        ->required();
    verb->add_option("images", options->images,
                     "PNG, JPEG, WebP, BMP or GIF files; they are cropped and resized to the network's input")
        ->type_name("")
        ->required();
    add_backend_options(*verb, options->backend);
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { predict(*options); });
}

}  // namespace cnnlab
