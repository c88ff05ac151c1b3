#include <memory>

#include "engine/data/card.hpp"
#include "engine/data/statistics.hpp"
#include "native/commands/commands.hpp"
#include "native/pictures/contact_sheet.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/report/histogram_svg.hpp"
#include "native/report/svg.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/experiment_file.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

struct DataArguments {
    std::string name, directory, out;
    std::vector<std::string> settings;
    bool as_json = false;
};

std::string numbers(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) text += (text.empty() ? "" : ", ") + short_number(value, 4);
    return text;
}

/// An experiment with this data set and no network, so that the data set's fields are read as everywhere.
Dataset load(const DataArguments& options) {
    ExperimentFile file;
    Json json{{"name", options.name}};
    for (const std::string& setting : options.settings) {
        const size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw Error(ErrorCode::wrong_type, "--set " + setting, "has no field and value",
                        "write --set noise=0.5");
        }
        set_by_path(json, setting.substr(0, equals), setting.substr(equals + 1));
    }
    DataSpec& spec = file.experiment.dataset;
    spec = DataSpec::from_json(json, options.name);
    if (!options.directory.empty()) file.data.directory = fs::absolute(options.directory).lexically_normal();
    return load_images(file);
}

void show(const DataArguments& options) {
    const Dataset data = load(options);
    const DatasetCard& card = data.card;
    const Statistics train = compute_statistics(data.train, card), test = compute_statistics(data.test, card);
    const fs::path out =
        options.out.empty() ? fs::path("runs") / "data" / options.name : fs::path(options.out);
    const fs::path sheet = out / "contact-sheet.png", intensity = out / "intensity.svg",
                   classes = out / "classes.svg";
    write_png(sheet, contact_sheet(data.train, card));
    write_file(intensity, intensity_svg(train, card));
    write_file(classes, classes_svg(train, test, card));

    if (options.as_json) {
        print_json({{"name", card.name},
                    {"image", write_json(card.image)},
                    {"classes", card.classes},
                    {"train", data.train.count()},
                    {"test", data.test.count()},
                    {"train_counts", train.class_counts},
                    {"test_counts", test.class_counts},
                    {"mean", train.mean},
                    {"stddev", train.stddev},
                    {"origin", data.origin},
                    {"data", data_facts(data)},
                    {"files", {sheet.string(), intensity.string(), classes.string()}}});
        return;
    }
    Table table({{"", Table::Align::right},
                 {"class"},
                 {"training images", Table::Align::right},
                 {"test images", Table::Align::right}});
    for (size_t i = 0; i < card.classes.size(); ++i) {
        table.add({std::to_string(i), card.classes[i], grouped_number(train.class_counts[i]),
                   grouped_number(test.class_counts[i])});
    }
    table.rule();
    table.add({"", "total", grouped_number(data.train.count()), grouped_number(data.test.count())});
    for (const std::string& line : report_lines(data.report, 10)) print_text(line + "\n");
    print_text(card.title + ", " + Shape{card.image.height, card.image.width, card.image.channels}.str() +
               " pixels, " + (data.origin == "generated" ? data.origin : "from " + data.origin) + "\n\n" +
               table.str() + "\n" + "mean     " + numbers(train.mean) +
               "  (of the training images' pixels, from 0 to 1" +
               (card.image.channels == 3 ? "; red, green, blue)\n" : ")\n") + "std      " +
               numbers(train.stddev) + "\n" + "licence  " + card.licence + "\n" + "source   " + card.source +
               "\n\n" + sheet.string() + "\n" + intensity.string() + "\n" + classes.string() + "\n");
}

}  // namespace

void add_data(CLI::App& app) {
    const auto options = std::make_shared<DataArguments>();
    CLI::App* verb = app.add_subcommand("data", "A data set's classes, statistics and sample images");
    verb->add_option("dataset", options->name, "A data set: `list` names them")->type_name("")->required();
    verb->add_option("--data", options->directory, "Folder with the files, or with your own images")
        ->type_name("DIR");
    verb->add_option("--out", options->out, "Folder for the pictures (runs/data/NAME)")->type_name("DIR");
    verb->add_option("--set", options->settings, "Change a field of the data set, as in --set noise=0.5")
        ->type_name("FIELD=VALUE")
        ->allow_extra_args(false);
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { show(*options); });
}

}  // namespace cnnlab
