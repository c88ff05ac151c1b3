#include "engine/data/card.hpp"
#include "engine/study/study.hpp"
#include "native/commands/commands.hpp"
#include "native/data/dataset_files.hpp"
#include "native/report/text.hpp"
#include "native/run/base_file.hpp"
#include "native/run/experiment_file.hpp"

namespace cnnlab {

namespace {

/// Where a data set lies on this machine; empty where it does not.
std::string place_of(const DatasetCard& card) {
    DataOptions options;
    options.usual = usual_directory(DataSpec::named(card.name));
    return find_on_machine(card, options).string();
}

// What is to be said of a data set that lies in `place`, by its format.
std::string state_of(const datasets::Lines&, const DatasetCard&, const std::string&) {
    return "drawn by the program";
}
std::string state_of(const datasets::Folder&, const DatasetCard&, const std::string&) {
    return "your own: --data DIR, one sub-folder a class";
}
std::string state_of(const auto&, const DatasetCard& card, const std::string& place) {
    if (!place.empty()) return "in " + place;
    int64_t bytes = 0;
    for (const DatasetFile& file : card.files) bytes += file.bytes;
    return "not on this machine; fetched when needed (" + bytes_text(bytes) + ")" +
           (card.install.empty() ? "" : ", or " + card.install);
}

std::string size_of(const DatasetCard& card) {
    if (std::holds_alternative<datasets::Folder>(card.format)) return "any";
    return Shape{card.image.height, card.image.width, card.image.channels}.str();
}

struct DatasetPlace {
    std::string name, title;
    bool here = false;
    std::string folder;

    static constexpr auto fields() {
        using P = DatasetPlace;
        return std::tuple{field("name", &P::name), field("title", &P::title),
                          field("here", &P::here, "on this machine"), field("folder", &P::folder)};
    }
};

struct NetworkPlace {
    std::string name, title, licence;
    bool here = false;
    std::string file;

    static constexpr auto fields() {
        using P = NetworkPlace;
        return std::tuple{field("name", &P::name), field("title", &P::title), field("licence", &P::licence),
                          field("here", &P::here, "its weights are on this machine"),
                          field("file", &P::file)};
    }
};

void list(bool as_json) {
    const std::vector<ExperimentInfo> experiments = experiment_infos();
    std::vector<DatasetPlace> datasets;
    Table experiment_table({{"experiment"}, {"data set"}, {"what it is"}});
    for (const ExperimentInfo& e : experiments) experiment_table.add({e.name, e.dataset, e.title});
    Table dataset_table({{"data set"}, {"what it is"}, {"images"}, {"where"}});
    for (const DatasetCard& card : built_in_cards()) {
        const std::string place = place_of(card);
        const bool is_here = card.files.empty() || !place.empty();
        const auto state = [&](const auto& format) { return state_of(format, card, place); };
        dataset_table.add({card.name, card.title, size_of(card), std::visit(state, card.format)});
        datasets.push_back({card.name, card.title, is_here, place});
    }
    Table study_table({{"study"}, {"what it asks"}});
    Json studies = Json::array();
    for (const std::string& name : study_names()) {
        const Study study = Study::parse(study_json(name));
        study_table.add({name, study.title});
        studies.push_back({{"name", name}, {"title", study.title}});
    }
    Table network_table({{"network"}, {"what it is"}, {"weights"}});
    std::vector<NetworkPlace> networks;
    for (const std::string& name : network_names()) {
        const NetworkCard card = network_card(name);
        const std::string file = find_weights(card).string();
        networks.push_back({card.name, card.title, card.licence, !file.empty(), file});
        network_table.add(
            {name, card.title,
             file.empty() ? "not on this machine: put " + card.file + " into models/" : "in " + file});
    }
    if (as_json) {
        print_json({{"experiments", write_json(experiments)},
                    {"studies", studies},
                    {"networks", write_json(networks)},
                    {"datasets", write_json(datasets)}});
    } else {
        print_text(experiment_table.str() + "\n" + study_table.str() + "\n" + network_table.str() + "\n" +
                   dataset_table.str());
    }
}

}  // namespace

void add_list(CLI::App& app) {
    CLI::App* verb = app.add_subcommand("list", "Experiments, studies, networks and data sets");
    const auto as_json = std::make_shared<bool>(false);
    verb->add_flag("--json", *as_json, "One line of JSON");
    verb->callback([as_json] { list(*as_json); });
}

}  // namespace cnnlab
