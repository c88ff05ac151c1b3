#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>

#include "engine/core/lower_case.hpp"
#include "engine/core/names.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/core/utf8.hpp"
#include "engine/data/file_kind.hpp"
#include "engine/drawing/svg.hpp"
#include "engine/exchange/card_statistics.hpp"
#include "engine/exchange/keras_file.hpp"
#include "engine/exchange/onnx_import.hpp"
#include "engine/exchange/tfjs_import.hpp"
#include "engine/exchange/torch_read.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/model_file.hpp"
#include "native/commands/commands.hpp"
#include "native/data/archive_file.hpp"
#include "native/data/hdf5_file.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr size_t largest_model = size_t{1} << 32U, largest_names = size_t{4} << 20U;

struct ImportArguments {
    std::string file, out, size, classes, network;
    OnnxImportOptions onnx;
    bool pixels = false, as_json = false;
};

/// "224" or "224x160".
Pair size_of(const std::string& text) {
    const size_t cross = text.find_first_of("xX*");
    const std::string height = text.substr(0, cross),
                      width = cross == std::string::npos ? height : text.substr(cross + 1);
    const Json parts[] = {parse_number(height), parse_number(width)};
    Pair size{0};
    if (parts[0].is_number_unsigned() && parts[1].is_number_unsigned()) {
        read_json(parts[0], size.height, "--size", 1, 4096);
        read_json(parts[1], size.width, "--size", 1, 4096);
        return size;
    }
    throw Error(ErrorCode::wrong_type, "--size " + text, "is no size", "write --size 224 or --size 224x160");
}

/// A name a line, or a JSON list.
std::vector<std::string> read_names(const fs::path& path) {
    const std::vector<uint8_t> bytes = read_stream(path, largest_names);
    const std::string text(bytes.begin(), bytes.end());
    std::vector<std::string> names;
    if (text.find_first_not_of(" \t\r\n") != std::string::npos &&
        text[text.find_first_not_of(" \t\r\n")] == '[') {
        read_json(parse_json(text, path.string()), names, path.string());
    } else {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
            if (!line.empty()) names.push_back(to_utf8(line));
        }
    }
    if (names.empty())
        throw Error(ErrorCode::bad_file, path.string(), "has no names",
                    "give a file with the name of a class a line");
    return names;
}

/// A new folder, or an empty one: nothing of a person's is replaced.
RunFolder make_folder(const std::string& name, const std::string& out) {
    std::error_code error;
    const bool has_network = fs::exists(fs::path(out) / "model.safetensors", error);
    if (!out.empty() && holds_a_run(out))
        throw Error(ErrorCode::io, out, has_network ? "already holds a network" : "already holds a run",
                    "name another folder with --out DIR");
    return RunFolder::create(name, out, "--out");
}

/// The files of a .pth. They are stored as they are: what unpacks to far more is no state dict.
std::vector<ArchivePart> parts_of(const fs::path& path, size_t file_bytes) {
    constexpr size_t most_times = 4, free_bytes = size_t{1} << 20U;
    ArchiveFile archive(path);
    std::vector<ArchivePart> parts;
    size_t left = most_times * file_bytes + free_bytes;
    while (std::optional<std::string> name = archive.next()) {
        parts.push_back({std::move(*name), archive.read()});
        if (parts.back().bytes.size() > left)
            throw Error(ErrorCode::bad_file, path.string(), "unpacks to far more bytes than it has",
                        "get the file again");
        left -= parts.back().bytes.size();
    }
    return parts;
}

SavedModel network_of_experiment(const std::string& name_or_file) {
    SavedModel model{read_experiment(name_or_file).experiment, {}, {}};
    model.card = card_of(model.experiment.dataset);
    if (model.card.classes.empty()) {
        const Compiled compiled = compile(model.experiment, compile_options(model.card));
        const ImageShape out(compiled.layers.back().output);
        for (int i = 0; i < out.channels; ++i) model.card.classes.push_back(std::to_string(i));
    }
    return model;
}

bool is_our_model(const TensorFile& file) {
    const auto format = file.metadata.find("format");
    return format != file.metadata.end() && format->second == model_format;
}

/// A model of ours, or weights beside the file that describes their network.
SavedModel network_of_weights(const fs::path& file) {
    const std::vector<uint8_t> bytes = read_file(file, largest_model);
    if (is_our_model(read_safetensors(bytes, file.string()))) return read_saved_model(bytes, file.string());
    const fs::path same_name = fs::path(file).replace_extension(".json"),
                   of_run = file.parent_path() / "experiment.json";
    std::error_code error;
    for (const fs::path& description : {same_name, of_run})
        if (fs::is_regular_file(description, error)) return network_of_experiment(description.string());
    throw Error(ErrorCode::missing_data, "--network " + shell_word(file.string()),
                "holds weights without their network, and neither " + same_name.filename().string() +
                    " nor experiment.json is beside it",
                "name an experiment or a run");
}

/// The network that weights by name belong to: of an experiment, a run or other weights.
SavedModel network_named(const ImportArguments& options) {
    if (options.network.empty())
        throw Error(ErrorCode::missing_data, options.file, "holds weights by name, without their network",
                    "name it with --network NAME, FILE.json or RUN");
    std::error_code error;
    const fs::path path = options.network;
    if (fs::is_regular_file(path, error) && file_kind(read_start(path, 512)) == FileKind::safetensors)
        return network_of_weights(path);
    const auto known = experiment_names();
    const bool is_experiment = std::find(known.begin(), known.end(), options.network) != known.end();
    const bool is_folder = fs::is_directory(path, error) || fs::is_directory("runs" / path, error);
    // A training of an experiment that comes with the program has its name, and the same network.
    if (is_folder && (!is_experiment || holds_a_run(path)))
        return network_of_weights(RunFolder::open(options.network).model());
    return network_of_experiment(options.network);
}

ImportedModel import_weights(const ImportArguments& options, TensorFile file) {
    for (const auto& [given, option] :
         {std::pair{&options.size, "--size"}, std::pair{&options.onnx.output, "--output"}})
        if (!given->empty())
            throw Error(ErrorCode::wrong_type, option,
                        "stands beside weights by name, which go into the network of --network",
                        "leave it out, or give an ONNX file");
    if (is_our_model(file))
        throw Error(ErrorCode::unsupported, options.file, "is a network of this program already",
                    "give it to `predict`, `eval` or `export` as it is");
    SavedModel network = network_named(options);
    if (!options.onnx.name.empty()) network.experiment.name = options.onnx.name;
    if (!options.onnx.classes.empty()) {
        if (options.onnx.classes.size() != network.card.classes.size())
            throw Error(ErrorCode::shape_mismatch, options.classes,
                        "has " + std::to_string(options.onnx.classes.size()) + " names for " +
                            std::to_string(network.card.classes.size()) + " classes",
                        "give one name an output");
        network.card.classes = options.onnx.classes;
    }
    set_statistics(network.card, options.onnx.mean, options.onnx.stddev);
    NamedWeights found = with_torch_tensors(std::move(network.experiment), std::move(network.card),
                                            std::move(file), options.file);
    ImportedModel made{std::move(found.model), {}};
    if (!found.unused.empty())
        made.notes.emplace_back("the network has no place for " + list_of(found.unused));
    return made;
}

/// A layers model of TensorFlow.js with what lies beside it.
ImportedModel import_layers_model(const fs::path& path, OnnxImportOptions options,
                                  const ReadBeside& read_beside) {
    const fs::path beside = path.parent_path() / "metadata.json";
    std::error_code error;
    if (fs::is_regular_file(beside, error)) {
        const std::vector<uint8_t> bytes = read_file(beside, largest_names);
        read_teachable_machine({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, options);
    }
    const std::vector<uint8_t> bytes = read_file(path, longest_json);
    return import_tfjs({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string(),
                       std::move(options), read_beside);
}

void brings_network(const ImportArguments& options, const std::string& what) {
    if (options.network.empty()) return;
    throw Error(ErrorCode::wrong_type, "--network", "stands beside " + what + ", which brings its network",
                "leave it out");
}

ImportedModel read_foreign(const ImportArguments& options) {
    const fs::path path = options.file;
    // How it begins decides who reads it: an archive is read a part at a time.
    const std::vector<uint8_t> start = read_start(path, 512);
    const FileKind kind = file_kind(start);
    const auto whole = [&] { return read_file(path, largest_model); };
    // What begins like nothing known is damaged: its name says what it should be.
    const std::string ending = kind == FileKind::other ? lower_case(path.extension().string()) : "";
    constexpr std::string_view hdf5_begins = "\x89HDF\r\n\x1a\n";
    if (std::string_view(reinterpret_cast<const char*>(start.data()), start.size())
            .starts_with(hdf5_begins) ||
        ending == ".h5" || ending == ".hdf5" || ending == ".keras") {
        brings_network(options, "a Keras model");
        return import_keras_h5(read_hdf5(whole(), path.string()), path.string(), options.onnx);
    }
    constexpr uint8_t pickle_begins = 0x80;
    if (kind == FileKind::safetensors || ending == ".safetensors")
        return import_weights(options, read_safetensors(whole(), path.string()));
    if (kind == FileKind::zip) {
        const size_t size = read_end(path, 0).size;
        if (size > largest_model) refuse_large(path, size, largest_model);
        const std::vector<ArchivePart> parts = parts_of(path, size);
        if (const ArchivePart* weights = find_part(parts, keras_weights_part); weights != nullptr) {
            brings_network(options, "a Keras model");
            return import_keras_archive(parts, read_hdf5(weights->bytes, path.string()), path.string(),
                                        options.onnx);
        }
        return import_weights(options, read_torch_file(parts, path.string()));
    }
    if (path.extension() != ".onnx" && !start.empty() && start[0] == pickle_begins)
        throw Error(ErrorCode::unsupported, options.file, "is a pickle, as PyTorch before 1.6 wrote it",
                    "save its tensors again in Python, where you trust the file: import torch; "
                    "torch.save(torch.load(\"" +
                        path.filename().string() + "\", weights_only=True), \"weights.pth\")");
    if (ending == ".pth" || ending == ".pt")
        throw Error(ErrorCode::bad_file, options.file, "is no file of torch.save, or a damaged one",
                    "get the file again");
    const bool is_json = looks_like_json(start) || path.extension() == ".json";
    brings_network(options, is_json ? "a layers model" : "an ONNX file");
    const auto read_beside = [&](const std::string& name) {
        return read_file(path.parent_path() / name, largest_model);
    };
    if (is_json) return import_layers_model(path, options.onnx, read_beside);
    return import_onnx(whole(), path.string(), options.onnx, read_beside);
}

void run_import(ImportArguments options) {
    if (!options.size.empty()) options.onnx.size = size_of(options.size);
    if (!options.classes.empty()) options.onnx.classes = read_names(options.classes);
    if (options.pixels) {
        if (!options.onnx.mean.empty() || !options.onnx.stddev.empty())
            throw Error(ErrorCode::wrong_type, "--pixels", "stands beside --mean or --std",
                        "give one of them");
        options.onnx.mean = {0};
        options.onnx.stddev = {1.0F / 255};
    }
    const ImportedModel made = read_foreign(options);
    const SavedModel& model = made.model;
    const RunFolder folder = make_folder(model.experiment.name, options.out);
    write_file(folder.model(), model_file(model));
    write_file(folder.experiment(), ExperimentFile{model.experiment, {}, {}, {}}.to_json().dump(2) + "\n");

    int64_t parameters = 0;
    for (const auto& [name, tensor] : model.weights) parameters += tensor.count();
    std::vector<std::string> notes;
    for (const Message& note : made.notes) notes.push_back(note.english());
    if (options.as_json) {
        print_json({{"run", folder.path().string()},
                    {"model", folder.model().string()},
                    {"layers", model.experiment.model.layers.size()},
                    {"numbers", parameters},
                    {"image", write_json(model.card.image)},
                    {"classes", model.card.classes},
                    {"mean", model.card.mean},
                    {"std", model.card.stddev},
                    {"notes", notes}});
        return;
    }
    const auto classes = static_cast<int64_t>(model.card.classes.size());
    std::string text = folder.path().string() + "\n\n" +
                       count_text(static_cast<int64_t>(model.experiment.model.layers.size()), "layer") +
                       ", " + count_text(parameters, "number") + ", images of " + model.card.image.str() +
                       ", " + grouped_number(classes) + (classes == 1 ? " class\n" : " classes\n");
    for (const std::string& note : notes) text += "note: " + note + ".\n";
    const auto is = [](float wanted) { return [wanted](float value) { return value == wanted; }; };
    if (std::all_of(model.card.mean.begin(), model.card.mean.end(), is(0)) &&
        std::all_of(model.card.stddev.begin(), model.card.stddev.end(), is(1)))
        text +=
            "note: images come as pixels / 255. Give --mean and --std, or --pixels, if the network wants "
            "others.\n";
    const std::string run = shell_word(folder.path().string());
    print_text(text + "\nTry it with `" + command_name() + " predict " + run +
               " IMAGE`, or as \"base\": {\"file\": \"" + folder.path().string() + "\"} of an experiment.\n");
}

}  // namespace

void add_import(CLI::App& app) {
    const auto options = std::make_shared<ImportArguments>();
    CLI::App* verb = app.add_subcommand(
        "import",
        "A network or weights of another program (ONNX, TensorFlow.js, Keras, PyTorch) as a run's folder");
    verb->add_option(
            "file", options->file,
            "FILE.onnx, model.json of TensorFlow.js, FILE.keras or FILE.h5 of Keras, or weights by PyTorch's "
            "names: FILE.pth, FILE.safetensors")
        ->type_name("")
        ->required();
    verb->add_option("--out", options->out, "The folder; runs/NAME unless given")->type_name("DIR");
    verb->add_option("--network", options->network,
                     "Of a .pth or .safetensors: NAME or FILE.json of an experiment, a run, or other weights")
        ->type_name("NAME");
    verb->add_option("--name", options->onnx.name, "Name of the network; the file's unless given")
        ->type_name("NAME");
    verb->add_option("--output", options->onnx.output,
                     "The value of the graph that is wanted, where it is not the only output")
        ->type_name("NAME");
    verb->add_option("--size", options->size,
                     "Height and width of the images, where the file leaves them open")
        ->type_name("HxW");
    verb->add_option("--classes", options->classes, "File with the name of a class a line")
        ->type_name("FILE");
    verb->add_option("--mean", options->onnx.mean,
                     "What the network wants subtracted from pixels / 255, a channel")
        ->type_name("R,G,B")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--std", options->onnx.stddev,
                     "What the network wants pixels / 255 divided by then, a channel")
        ->type_name("R,G,B")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_flag("--pixels", options->pixels, "The network takes pixels from 0 to 255");
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { run_import(*options); });
}

}  // namespace cnnlab
