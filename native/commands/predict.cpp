#include <memory>

#include "native/commands/commands.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/report/text.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/model_file.hpp"
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

/// An image that cannot be read.
struct Unread {
    std::string image, problem;

    static constexpr auto fields() {
        return std::tuple{field("image", &Unread::image), field("problem", &Unread::problem)};
    }
};

/// The images as the model was trained on them, permuted pixels included. Those that cannot be read leave `paths`.
Split read_images(std::vector<std::string>& paths, const Model& model, std::vector<Unread>& unread) {
    Dataset data;
    data.card = model.card();
    std::erase_if(paths, [&](const std::string& path) {
        try {
            const Image image = read_picture(path, data.card.image);
            data.test.images.insert(data.test.images.end(), image.pixels.begin(), image.pixels.end());
            data.test.labels.push_back(0);
            return false;
        } catch (const Error& error) {
            unread.push_back({path, error.what()});
            return true;
        }
    });
    DataSpec spec;
    spec.permute_pixels = model.experiment().dataset.permute_pixels;
    apply_data_spec(spec, data);
    return std::move(data.test);
}

void predict(const PredictArguments& options) {
    const std::filesystem::path file = model_named(options.run);
    const auto backend = make_backend(options.backend);
    Model model = read_model(file, *backend);
    std::vector<std::string> paths = options.images;
    std::vector<Unread> unread;
    const Split images = read_images(paths, model, unread);
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
    for (const Unread& one : unread) complain(one.problem);
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
