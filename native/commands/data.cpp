#include <algorithm>
#include <memory>
#include <numeric>

#include "engine/data/card.hpp"
#include "engine/data/statistics.hpp"
#include "engine/drawing/svg.hpp"
#include "native/commands/commands.hpp"
#include "native/data/dataset_files.hpp"
#include "native/data/download_line.hpp"
#include "native/data/image_folder.hpp"
#include "native/data/own_files.hpp"
#include "native/pictures/contact_sheet.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/report/data_report.hpp"
#include "native/report/histogram_svg.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

struct DataArguments {
    std::string name, directory, out, layout, report_file;
    std::vector<std::string> settings;
    std::vector<int64_t> near;  ///< images whose neighbours a report shows
    double duplicates = 0.05;   ///< the distance of near-duplicates
    bool skip_bad = false, as_json = false, fetch = false;

    /// All changes of the data set's fields.
    [[nodiscard]] std::vector<std::string> changes() const {
        std::vector<std::string> all = settings;
        if (!layout.empty()) all.push_back("layout=" + layout);
        if (skip_bad) all.emplace_back("skip_bad=true");
        return all;
    }
};

std::string numbers(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) text += (text.empty() ? "" : ", ") + short_number(value, 4);
    return text;
}

DataSpec spec_of(const DataArguments& options, const std::string& name) {
    Json json{{"name", name}};
    for (const std::string& setting : options.changes()) {
        const size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw Error(ErrorCode::wrong_type, "--set " + setting, "has no field and value",
                        "write --set noise=0.5");
        }
        set_by_path(json, setting.substr(0, equals), setting.substr(equals + 1));
    }
    return DataSpec::from_json(json, name);
}

/// An experiment with this data set and no network, so that the data set's fields are read as everywhere.
Dataset load(const DataArguments& options) {
    ExperimentFile file;
    file.experiment.dataset = spec_of(options, options.name);
    if (!options.directory.empty()) file.data.directory = fs::absolute(options.directory).lexically_normal();
    return load_images(file);
}

/// Where pictures and reports of it go.
fs::path folder_of(const DataArguments& options) {
    return options.out.empty() ? fs::path("runs") / "data" / options.name : fs::path(options.out);
}

// ---- a folder: how it would be read ----

/// Whether the name is that of no data set, but of a folder or an archive.
bool is_folder(const std::string& name) {
    for (const DatasetCard& card : built_in_cards())
        if (card.name == name) return false;
    std::error_code error;
    return name.find('/') != std::string::npos || fs::exists(name, error);
}

/// How many pictures of each class.
std::vector<int64_t> count_pictures(const std::vector<FolderPlan::Picture>& pictures, size_t classes) {
    std::vector<int64_t> counts(classes, 0);
    for (const FolderPlan::Picture& picture : pictures) ++counts[static_cast<size_t>(picture.label)];
    return counts;
}

Table class_table(const std::vector<std::string>& classes, const std::vector<int64_t>& train,
                  const std::vector<int64_t>& test) {
    Table table({{"", Table::Align::right},
                 {"class"},
                 {"training images", Table::Align::right},
                 {"test images", Table::Align::right}});
    for (size_t i = 0; i < classes.size(); ++i)
        table.add({std::to_string(i), classes[i], grouped_number(train[i]), grouped_number(test[i])});
    table.rule();
    table.add({"", "total", grouped_number(std::accumulate(train.begin(), train.end(), int64_t{0})),
               grouped_number(std::accumulate(test.begin(), test.end(), int64_t{0}))});
    return table;
}

bool has_own_files(const DataArguments& options) {
    return are_own_files(options.name, std::get<datasets::Folder>(*spec_of(options, "folder").kind));
}

/// A run in place of images, unless it keeps some.
void refuse_run(const std::string& name) {
    std::error_code error;
    if (!is_folder(name) || !holds_a_run(name) || fs::is_directory(fs::path(name) / "images", error)) return;
    throw Error(ErrorCode::unsupported, name, "is a run, not images",
                "its images are told by " + shell_word(RunFolder::open(name).data().string()) + " and `" +
                    command_name() + " eval " + shell_word(name) + "`");
}

/// A training on a person's own images: a network that comes with the program, with as many outputs as classes.
std::string train_command(const std::string& directory, size_t classes, const DataArguments& options) {
    constexpr auto experiment = "fashion-cnn";
    const size_t last = experiment_json(experiment)["model"]["layers"].size() - 1;
    std::string command = command_name() + " train " + experiment + " --data " + shell_word(directory) +
                          " --set dataset=folder";
    for (const std::string& change : options.changes())
        command += " --set " + shell_word("dataset." + change);
    return command + " --set model.layers." + std::to_string(last) +
           ".out_features=" + std::to_string(classes);
}

void show_layout(const DataArguments& options) {
    const fs::path directory = options.name;
    const DataSpec spec = spec_of(options, "folder");
    const auto [paths, plan] = list_image_folder(directory, std::get<datasets::Folder>(*spec.kind));
    const std::vector<int64_t> train = count_pictures(plan.train, plan.classes.size()),
                               test = count_pictures(plan.test, plan.classes.size());
    if (options.as_json) {
        Json notes = Json::array(), unused = Json::array();
        for (const Message& note : plan.report.notes) notes.push_back(note.english());
        for (const UnusedFiles& one : plan.report.unused)
            unused.push_back({{"path", one.path}, {"files", one.files}, {"reason", one.reason.english()}});
        print_json({{"folder", directory.string()},
                    {"classes", plan.classes},
                    {"train_counts", train},
                    {"test_counts", test},
                    {"notes", notes},
                    {"unused", unused}});
        return;
    }
    std::string text = directory.string() + " would be read so; no picture has been opened yet:\n\n";
    for (const std::string& line : report_lines(plan.report, plan.report.unused.size())) text += line + "\n";
    text += "\n" + class_table(plan.classes, train, test).str() + "\n";
    std::string others;
    for (const std::string& change : options.changes()) others += " --set " + shell_word(change);
    text += "another way:  --layout classes, splits or deepest\nlook at them: " + command_name() +
            " data folder --data " + shell_word(directory.string()) + others +
            "\ntrain:        " + train_command(directory.string(), plan.classes.size(), options) + "\n";
    print_text(text);
}

/// Gets the official files, unless they are on this machine, and says where they are.
void fetch(const DataArguments& options) {
    const DatasetCard& card = find_card(options.name);
    if (card.files.empty())
        throw Error(ErrorCode::unsupported, "--fetch",
                    "is of no use: " + card.name + " has no official files", "leave it out");
    DataOptions where;
    where.usual = usual_directory(DataSpec::named(card.name));
    const fs::path known = find_on_machine(card, where);
    fs::path folder = known;
    if (known.empty()) {
        DownloadLine line;
        where.observer = line.observer();
        folder = fetch_into_cache(card, where);
        line.finish();
    }
    if (options.as_json)
        print_json({{"name", card.name}, {"folder", folder.string()}, {"fetched", known.empty()}});
    else
        print_text(card.title + (known.empty() ? " is now in " : " is already in ") + folder.string() + "\n");
}

Json pair_json(const NearDuplicate& pair) {
    return {{"test", pair.test}, {"train", pair.train}, {"distance", pair.distance}};
}

/// Writes the report: report.html, unless another file is named.
void report(const DataArguments& options) {
    check_range(options.duplicates, 0, 1, "--duplicates");  // CLI11's own check lets "nan" pass
    const std::string ending = fs::path(options.report_file).extension().string();
    if (!options.report_file.empty() && ending != ".html" && ending != ".htm")
        throw Error(ErrorCode::unsupported, "--report " + options.report_file,
                    "is no name for a page of HTML", "let it end in .html");
    const Dataset data = load(options);
    const DataLook look = look_at_data(data, options.near, options.duplicates);
    const fs::path file =
        options.report_file.empty() ? folder_of(options) / "report.html" : fs::path(options.report_file);
    write_file(file, data_report_html(data, look, data_lines(data)));
    const int64_t disagreeing = look.disagreeing(data);
    if (options.as_json) {
        Json neighbours = Json::array(), pairs = Json::array();
        for (const auto& [image, nearest] : look.neighbours) {
            Json list = Json::array();
            for (const Neighbour& one : nearest)
                list.push_back({{"image", one.image}, {"distance", one.distance}});
            neighbours.push_back({{"image", image}, {"nearest", list}});
        }
        for (const NearDuplicate& pair : look.duplicates) pairs.push_back(pair_json(pair));
        print_json({{"report", file.string()},
                    {"train_counts", look.train.class_counts},
                    {"test_counts", look.test.class_counts},
                    {"neighbours", neighbours},
                    {"near_duplicates", pairs},
                    {"disagreeing", disagreeing}});
        return;
    }
    std::string text;
    for (const std::string& line : data_lines(data)) text += line + "\n";
    if (data.train.count() > 0 && data.test.count() > 0)
        text += count_text(static_cast<int64_t>(look.duplicates.size()), "test image") +
                " with a training image within " + short_number(options.duplicates, 3) + ", " +
                grouped_number(disagreeing) + " of them with another label\n";
    print_text(text + "\n" + file.string() + "\n");
}

void show(const DataArguments& options) {
    const Dataset data = load(options);
    const DatasetCard& card = data.card;
    const Statistics train = compute_statistics(data.train, card), test = compute_statistics(data.test, card);
    const fs::path out = folder_of(options);
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
    std::string report;
    for (const std::string& line : report_lines(data.report, data.report.unused.size()))
        report += line + "\n";
    print_text(card.title + ", " + Shape{card.image.height, card.image.width, card.image.channels}.str() +
               " pixels, " + (data.origin == "generated" ? data.origin : "from " + data.origin) + "\n" +
               report + "\n" + class_table(card.classes, train.class_counts, test.class_counts).str() + "\n" +
               "mean     " + numbers(train.mean) + "  (of the training images' pixels, from 0 to 1" +
               (card.image.channels == 3 ? "; red, green, blue)\n" : ")\n") + "std      " +
               numbers(train.stddev) + "\n" + "licence  " + card.licence + "\n" + "source   " + card.source +
               "\n\n" + sheet.string() + "\n" + intensity.string() + "\n" + classes.string() + "\n" +
               (card.name == "folder"
                    ? "\ntrain    " + train_command(options.directory, card.classes.size(), options) + "\n"
                    : ""));
}

}  // namespace

void add_data(CLI::App& app) {
    const auto options = std::make_shared<DataArguments>();
    CLI::App* verb = app.add_subcommand(
        "data", "A data set's classes, statistics and sample images; the layout of a folder");
    verb->add_option(
            "dataset", options->name,
            "A data set (`list` names them), or images of your own (a folder, an archive, arrays, a table): "
            "how they would be read, and the command that trains on them")
        ->type_name("")
        ->required();
    verb->add_option("--data", options->directory, "Folder with the files, or with your own images")
        ->type_name("DIR");
    verb->add_option("--out", options->out, "Folder for the pictures (runs/data/NAME)")->type_name("DIR");
    verb->add_option("--set", options->settings, "Change a field of the data set, as in --set noise=0.5")
        ->type_name("FIELD=VALUE")
        ->allow_extra_args(false);
    CLI::Option* report_option =
        verb->add_option(
                "--report", options->report_file,
                "One HTML file with everything to see: classes, mean images, pixel values, neighbours, "
                "near-duplicates, augmentation; by default report.html in the folder of --out")
            ->type_name("[FILE]")
            ->expected(0, 1);
    add_whole_number(*verb, "--near", options->near,
                     "An image of the report whose nearest neighbours it shows")
        ->allow_extra_args(false)
        ->needs(report_option);
    verb->add_option(
            "--duplicates", options->duplicates,
            "The report's near-duplicates: pairs of test and training image within this distance (0.05)")
        ->type_name("0…1")
        ->check(CLI::Range(0.0, 1.0))
        ->needs(report_option);
    add_layout_option(*verb, options->layout);
    add_skip_option(*verb, options->skip_bad);
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->add_flag("--fetch", options->fetch,
                   "Only get the files from the official address, and say where they are")
        ->excludes("--data")
        ->excludes("--out")
        ->excludes("--set")
        ->excludes("--layout")
        ->excludes("--skip-bad")
        ->excludes(report_option);
    verb->callback([options, report_option] {
        std::vector<std::string> known;
        for (const DatasetCard& card : built_in_cards()) known.push_back(card.name);
        note_namesake(options->name, options->name, known);
        if (std::find(known.begin(), known.end(), options->name) == known.end() && !is_folder(options->name))
            throw Error(ErrorCode::unknown_name, options->name,
                        "is no data set, and there is no such folder or file",
                        suggest(options->name, known).english() + " (or give the path of your own images)");
        if (options->fetch) return fetch(*options);
        refuse_run(options->name);
        const bool wants_report = report_option->count() > 0;
        if (is_folder(options->name) && (wants_report || has_own_files(*options))) {
            // No layout is to be guessed, or it is final: the images themselves are shown.
            options->directory = std::exchange(options->name, "folder");
            options->out =
                options->out.empty() ? "runs/data/" + folder_name(options->directory) : options->out;
        }
        if (wants_report) return report(*options);
        if (is_folder(options->name) && !options->out.empty())
            throw Error(ErrorCode::unsupported, "--out",
                        "is of no use where a folder's layout is shown: no pictures are written",
                        "leave it out, or look at the images: " + command_name() + " data folder --data " +
                            shell_word(options->name) + " --out " + shell_word(options->out));
        is_folder(options->name) ? show_layout(*options) : show(*options);
    });
}

}  // namespace cnnlab
