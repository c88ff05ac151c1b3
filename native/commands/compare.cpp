#include <memory>

#include "engine/drawing/svg.hpp"
#include "engine/study/settings.hpp"
#include "native/commands/commands.hpp"
#include "native/report/text.hpp"
#include "native/run/experiment_file.hpp"
#include "native/study/study_report.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

struct CompareArguments {
    std::vector<std::string> runs;
    std::string out;
    bool as_json = false;
};

/// Figures of different test images say little of each other; nothing where all saw the same, or do not tell.
std::string other_images(const std::vector<RunHistory>& runs) {
    const auto number = [](const RunHistory& run, const char* key) {
        return grouped_number(run.images.value(key, int64_t{0}));
    };
    const RunHistory* first = nullptr;
    bool differ = false;
    std::string text;
    for (const RunHistory& run : runs) {
        if (!run.images.is_object() || !run.images.contains("checksum")) continue;
        if (first == nullptr) first = &run;
        differ |= run.images != first->images;
        text += (text.empty() ? "" : ", ") + run.record.run + " " + number(run, "train") + " + " +
                number(run, "test");
    }
    return differ ? "the runs were trained and tested on different images: " + text + "\n" : "";
}

void compare(const CompareArguments& options) {
    if (!options.out.empty() && !options.out.ends_with(".svg"))
        throw Error(ErrorCode::out_of_range, "--out", "\"" + options.out + "\" is no name of an SVG",
                    "let it end in .svg");
    std::vector<RunHistory> runs;
    std::vector<Json> experiments;
    for (const std::string& name : options.runs) {
        const RunFolder folder = RunFolder::open(name);
        runs.push_back(read_run(folder));
        experiments.push_back(read_experiment(folder.experiment().string()).to_json());
    }
    std::string file;
    if (!options.out.empty()) {
        write_file(options.out, overlay_svg(runs, "Comparison"));
        file = options.out;
    }
    const std::vector<FieldDifference> differing = differences(experiments);
    if (options.as_json) {
        Json records = Json::array(), fields = Json::object();
        for (const RunHistory& run : runs) records.push_back(write_json(run.record));
        for (const FieldDifference& one : differing) fields[one.path] = write_json(one.values);
        print_json({{"runs", records}, {"differ", fields}, {"same_images", other_images(runs).empty()}});
        return;
    }
    constexpr auto right = Table::Align::right;
    Table table({{"run"},
                 {"epochs", right},
                 {"test accuracy", right},
                 {"test loss", right},
                 {"training", right},
                 {"parameters", right},
                 {"multiply-adds", right},
                 {"time", right}});
    for (const RunHistory& run : runs) {
        const RunRecord& r = run.record;
        const auto percent = [](const std::optional<double>& share) {
            return share ? percent_text(*share) : "–";
        };
        table.add({r.run + (r.finished ? "" : " (not finished)"), short_number(r.epochs),
                   percent(r.test_accuracy), r.test_loss ? loss_text(*r.test_loss) : "–",
                   percent(r.train_accuracy), grouped_number(r.parameters), grouped_number(r.multiply_adds),
                   duration_text(r.seconds)});
    }
    std::string text = table.str() + "\n" + other_images(runs);
    // Networks of different lengths differ in most fields; a table of all would tell nothing.
    constexpr size_t most_fields = 12;
    if (differing.empty()) text += "the experiments are the same\n";
    if (!differing.empty() && differing.size() <= most_fields) {
        std::vector<Table::Column> columns{{"field"}};
        for (const RunHistory& run : runs) columns.push_back({run.record.run});
        Table fields(columns);
        for (const FieldDifference& one : differing) {
            std::vector<std::string> row{one.path};
            for (const auto& value : one.values) row.push_back(value ? clip_text(*value, 30) : "–");
            fields.add(std::move(row));
        }
        text += fields.str() + "\n";
    } else if (differing.size() > most_fields) {
        text +=
            "the experiments differ in " + std::to_string(differing.size()) + " fields; --json lists them\n";
    }
    print_text(text + (file.empty() ? "" : file + "\n"));
}

}  // namespace

void add_compare(CLI::App& app) {
    const auto options = std::make_shared<CompareArguments>();
    CLI::App* verb =
        app.add_subcommand("compare", "Figures of several runs side by side, and what differs between them");
    verb->add_option("runs", options->runs, "Folders of runs, or their names in runs/")
        ->type_name("")
        ->required();
    verb->add_option("--out", options->out, "Draw their curves over each other")->type_name("FILE.svg");
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { compare(*options); });
}

}  // namespace cnnlab
