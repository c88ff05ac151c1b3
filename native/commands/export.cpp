#include <algorithm>
#include <array>
#include <memory>

#include "engine/core/lower_case.hpp"
#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/keras_code.hpp"
#include "engine/exchange/npz.hpp"
#include "engine/exchange/onnx.hpp"
#include "engine/exchange/tfjs.hpp"
#include "engine/exchange/torch_code.hpp"
#include "engine/exchange/torch_file.hpp"
#include "native/commands/commands.hpp"
#include "native/report/text.hpp"
#include "native/run/run_folder.hpp"
#include "native/run/zip_file.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr auto probabilities_option = "--probabilities";

struct ExportArguments {
    std::string run, format, out;
    OnnxOptions onnx;
    bool as_json = false;
};

/// A format by its name, the endings that stand for it, and the name of the file in the run's folder. One without
/// endings is a folder.
struct Format {
    std::string_view name;
    std::array<std::string_view, 2> endings;
    std::string_view file;

    [[nodiscard]] bool has(const std::string& ending) const {
        return !ending.empty() && std::find(endings.begin(), endings.end(), ending) != endings.end();
    }
};
constexpr std::array formats{
    Format{"onnx", {".onnx"}, "model.onnx"},
    Format{"pth", {".pth", ".pt"}, "model.pth"},
    Format{"safetensors", {".safetensors"}, "model.torch.safetensors"},
    Format{"pytorch-code", {".py"}, "model.py"},
    Format{"keras-code", {".py"}, "model_keras.py"},
    Format{"tfjs", {}, "tfjs"},
};

const Format& format_of(const ExportArguments& options) {
    const std::string ending = lower_case(fs::path(options.out).extension().string());
    const auto by_ending = std::find_if(formats.begin(), formats.end(),
                                        [&](const Format& format) { return format.has(ending); });
    std::vector<std::string> names;
    for (const Format& format : formats) {
        names.emplace_back(format.name);
        if (options.format.empty() ? !format.has(ending) : format.name != options.format) continue;
        if (by_ending != formats.end() && !format.has(ending))
            throw Error(ErrorCode::unsupported, options.out,
                        "has the ending of " + std::string(by_ending->name) + ", and the format is " +
                            std::string(format.name),
                        format.endings[0].empty()
                            ? "name a folder"
                            : "leave out --format, or let the name end in " + std::string(format.endings[0]));
        return format;
    }
    const std::string& given = options.format.empty() ? options.out : options.format;
    throw Error(ErrorCode::unknown_name, options.format.empty() ? "--out" : "--format",
                "\"" + given + "\" names no format that is written here", suggest(given, names));
}

/// A file that was written.
struct Written {
    std::string file;
    int64_t bytes = 0;

    static constexpr auto fields() {
        return std::tuple{field("file", &Written::file), field("bytes", &Written::bytes)};
    }
};

void write(std::vector<Written>& written, const fs::path& path, std::span<const uint8_t> bytes) {
    write_file(path, bytes, MissingFolder::is_an_error);
    written.push_back({path.string(), static_cast<int64_t>(bytes.size())});
}

std::span<const uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// What a person gave for ONNX must mean something.
void check_options(const Format& format, const std::vector<CLI::Option*>& of_onnx) {
    for (const CLI::Option* option : of_onnx) {
        const bool both = option->get_name() == probabilities_option;
        if (option->empty() || format.name == "onnx" || (both && format.name == "tfjs")) continue;
        throw Error(
            ErrorCode::unsupported, option->get_name(),
            std::string("is for ONNX") + (both ? " and TensorFlow.js" : "") + ", and the format is " +
                std::string(format.name),
            both ? "leave it out, or give --format onnx or tfjs" : "leave it out, or give --format onnx");
    }
}

/// The run's own files, beside the model, stay what they are.
void check_out(const fs::path& model, const fs::path& out) {
    std::error_code none;
    for (const fs::path& own : {model, model.parent_path() / "checkpoint.safetensors"})
        if (fs::equivalent(own, out, none))
            throw Error(ErrorCode::io, out.string(), "is a file of the run itself", "name another one");
}

/// The file for the weights of a program.
fs::path weights_beside(const fs::path& program, const char* ending) {
    fs::path weights = fs::path(program).replace_extension(ending);
    if (weights == program)
        throw Error(ErrorCode::io, program.string(), "is the name of the weights beside the program",
                    "let the program's name end in .py");
    // Weights beside an older program are its own; others belong to somebody.
    if (fs::exists(weights) && !fs::exists(program))
        throw Error(ErrorCode::io, weights.string(),
                    "is there already, and the program's weights would be written over it",
                    "give the program another name, or move that file");
    return weights;
}

/// model.json and its weights, in a new folder, an empty one, or one of such files.
void write_tfjs_folder(std::vector<Written>& written, const SavedModel& model, const ExportArguments& options,
                       const fs::path& out) {
    const std::array<fs::path, 2> names{"model.json", TfjsModel::weights_file};
    std::error_code none;
    if (fs::exists(out, none) && !fs::is_directory(out, none))
        throw Error(ErrorCode::io, out.string(), "is no folder", "name another one with --out FOLDER");
    for (const auto& entry : fs::directory_iterator(out, none))
        if (std::find(names.begin(), names.end(), entry.path().filename()) == names.end())
            throw Error(ErrorCode::io, entry.path().string(), "is in the folder already",
                        "name a new folder with --out FOLDER");
    const TfjsModel made = write_tfjs(model, {.probabilities = options.onnx.probabilities});
    if (!out.has_parent_path() || fs::exists(out.parent_path(), none)) fs::create_directory(out, none);
    write(written, out / names[1], made.weights);
    write(written, out / names[0], bytes_of(made.json));
}

void run_export(const ExportArguments& options, const std::vector<CLI::Option*>& of_onnx) {
    const Format& format = format_of(options);
    check_options(format, of_onnx);
    const fs::path file = model_named(options.run);
    const fs::path out = options.out.empty() ? file.parent_path() / format.file : fs::path(options.out);
    check_out(file, out);
    const SavedModel model = read_saved_model(read_file(file), file.string());
    std::vector<Written> written;
    if (format.name == "onnx") {
        write(written, out, bytes_of(write_onnx(model, options.onnx)));
    } else if (format.name == "pth") {
        write(written, out, zip_of(torch_file_parts(torch_tensors(model)), out.string()));
    } else if (format.name == "safetensors") {
        write(written, out, write_safetensors(torch_tensors(model)));
    } else if (format.name == "tfjs") {
        write_tfjs_folder(written, model, options, out);
    } else if (format.name == "keras-code") {
        const fs::path weights = weights_beside(out, ".npz");
        const KerasProgram program = keras_code(model, weights.filename().string());
        write(written, weights, zip_of(npz_parts(program.weights), weights.string()));
        write(written, out, bytes_of(program.code));
    } else {
        const fs::path weights = weights_beside(out, ".pth");
        const std::string code = torch_code(model, weights.filename().string());
        write(written, weights, zip_of(torch_file_parts(torch_tensors(model)), weights.string()));
        write(written, out, bytes_of(code));
    }
    if (options.as_json) {
        print_json({{"model", file.string()}, {"format", format.name}, {"written", write_json(written)}});
        return;
    }
    for (const Written& one : written) print_text(one.file + "  " + bytes_text(one.bytes) + "\n");
}

}  // namespace

void add_export(CLI::App& app) {
    const auto options = std::make_shared<ExportArguments>();
    CLI::App* verb = app.add_subcommand(
        "export", "The trained network as ONNX, for PyTorch, Keras, TensorFlow.js, or as safetensors");
    verb->add_option("run", options->run, "Folder of the run, its name in runs/, or a model.safetensors")
        ->type_name("")
        ->required();
    CLI::Option* format =
        verb->add_option(
                "--format", options->format,
                "onnx, pth (a state dict of PyTorch), safetensors (PyTorch's names and layouts), "
                "pytorch-code (a program with its .pth beside it), keras-code (one with its .npz) or "
                "tfjs (a folder with a layers model of TensorFlow.js); by --out's ending unless given")
            ->type_name("NAME");
    CLI::Option* out =
        verb->add_option("--out", options->out, "The file or folder; beside the model unless given")
            ->type_name("FILE");
    const std::string opsets =
        std::to_string(OnnxOptions::least_opset) + " to " + std::to_string(OnnxOptions::most_opset);
    const std::vector<CLI::Option*> of_onnx{
        add_whole_number(*verb, "--opset", options->onnx.opset, "ONNX: version of the operators, " + opsets)
            ->capture_default_str(),
        verb->add_flag("--fold", options->onnx.fold, "ONNX: batch norm as part of the convolution before it"),
        verb->add_flag("--pixels", options->onnx.pixels,
                       "ONNX: takes pixels from 0 to 255, not normalised ones"),
        verb->add_flag(probabilities_option, options->onnx.probabilities,
                       "ONNX, TensorFlow.js: gives probabilities, not logits")};
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options, format, out, of_onnx] {
        if (format->empty() && out->empty())
            throw Error(ErrorCode::wrong_type, "export", "needs a format",
                        "give --format onnx, pth, safetensors, pytorch-code, keras-code or tfjs, or --out "
                        "FILE with its "
                        "ending");
        run_export(*options, of_onnx);
    });
}

}  // namespace cnnlab
