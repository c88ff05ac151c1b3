#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/onnx.hpp"
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

struct ExportArguments {
    std::string run, format, out;
    OnnxOptions onnx;
    bool as_json = false;
};

/// A format by its name, the endings that stand for it, and the name of the file in the run's folder.
struct Format {
    std::string_view name;
    std::array<std::string_view, 2> endings;
    std::string_view file;
};
constexpr std::array formats{
    Format{"onnx", {".onnx"}, "model.onnx"},
    Format{"pth", {".pth", ".pt"}, "model.pth"},
    Format{"safetensors", {".safetensors"}, "model.torch.safetensors"},
    Format{"pytorch-code", {".py"}, "model.py"},
};

const Format& format_of(const ExportArguments& options) {
    std::string ending = fs::path(options.out).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto ends_so = [&](const Format& format) {
        return !ending.empty() &&
               std::find(format.endings.begin(), format.endings.end(), ending) != format.endings.end();
    };
    const auto by_ending = std::find_if(formats.begin(), formats.end(), ends_so);
    std::vector<std::string> names;
    for (const Format& format : formats) {
        names.emplace_back(format.name);
        if (options.format.empty() ? !ends_so(format) : format.name != options.format) continue;
        if (by_ending != formats.end() && by_ending->name != format.name)
            throw Error(ErrorCode::unsupported, options.out,
                        "has the ending of " + std::string(by_ending->name) + ", and the format is " +
                            std::string(format.name),
                        "leave out --format, or let the name end in " + std::string(format.endings[0]));
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
    for (const CLI::Option* option : of_onnx)
        if (!option->empty() && format.name != "onnx")
            throw Error(ErrorCode::unsupported, option->get_name(),
                        "is for ONNX, and the format is " + std::string(format.name),
                        "leave it out, or give --format onnx");
}

/// The run's own files, beside the model, stay what they are.
void check_out(const fs::path& model, const fs::path& out) {
    std::error_code none;
    for (const fs::path& own : {model, model.parent_path() / "checkpoint.safetensors"})
        if (fs::equivalent(own, out, none))
            throw Error(ErrorCode::io, out.string(), "is a file of the run itself", "name another one");
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
    } else {
        const fs::path weights = fs::path(out).replace_extension(".pth");
        if (weights == out)
            throw Error(ErrorCode::io, out.string(), "is the name of the weights beside the program",
                        "let the program's name end in .py");
        // Weights beside an older program are its own; others belong to somebody.
        if (fs::exists(weights) && !fs::exists(out))
            throw Error(ErrorCode::io, weights.string(),
                        "is there already, and the program's weights would be written over it",
                        "give the program another name, or move that file");
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
    CLI::App* verb =
        app.add_subcommand("export", "The trained network as ONNX, for PyTorch, or as safetensors");
    verb->add_option("run", options->run, "Folder of the run, its name in runs/, or a model.safetensors")
        ->type_name("")
        ->required();
    CLI::Option* format =
        verb->add_option("--format", options->format,
                         "onnx, pth (a state dict of PyTorch), safetensors (PyTorch's names and layouts) or "
                         "pytorch-code (a program with its .pth beside it); by --out's ending unless given")
            ->type_name("NAME");
    CLI::Option* out =
        verb->add_option("--out", options->out, "The file; beside the model unless given")->type_name("FILE");
    const std::string opsets =
        std::to_string(OnnxOptions::least_opset) + " to " + std::to_string(OnnxOptions::most_opset);
    const std::vector<CLI::Option*> of_onnx{
        add_whole_number(*verb, "--opset", options->onnx.opset, "ONNX: version of the operators, " + opsets)
            ->capture_default_str(),
        verb->add_flag("--fold", options->onnx.fold, "ONNX: batch norm as part of the convolution before it"),
        verb->add_flag("--pixels", options->onnx.pixels,
                       "ONNX: takes pixels from 0 to 255, not normalised ones"),
        verb->add_flag("--probabilities", options->onnx.probabilities,
                       "ONNX: gives probabilities, not logits")};
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options, format, out, of_onnx] {
        if (format->empty() && out->empty())
            throw Error(
                ErrorCode::wrong_type, "export", "needs a format",
                "give --format onnx, pth, safetensors or pytorch-code, or --out FILE with its ending");
        run_export(*options, of_onnx);
    });
}

}  // namespace cnnlab
