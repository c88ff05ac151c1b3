#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "engine/core/parse_json.hpp"
#include "native/commands/commands.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

void add_backend_options(CLI::App& verb, BackendChoice& choice) {
    verb.add_option("--device", choice.device,
                    "auto (the GPU if there is one), cpu, reference (slow, readable) or cuda")
        ->type_name("NAME")
        ->capture_default_str();
    verb.add_option("--precision", choice.precision,
                    "On the GPU: fp32, half or bf16 activations, with fp32 sums and weights")
        ->type_name("NAME");
    add_whole_number(verb, "--threads", choice.threads,
                     "Threads of the CPU; 0: as the work wants, up to one a core")
        ->capture_default_str();
    verb.add_option("--arch", choice.arch,
                    "Instruction set of the CPU, such as avx2; the best one unless given")
        ->type_name("NAME");
}

CLI::Option* add_models_option(CLI::App& verb, std::string& models) {
    return verb.add_option("--models", models, "Folder with the weights of pretrained networks")
        ->type_name("DIR");
}

CLI::Option* add_layout_option(CLI::App& verb, std::string& layout) {
    return verb
        .add_option("--layout", layout,
                    "What the folders of pictures are: auto, classes, splits, or deepest (each that holds "
                    "pictures is a class); `data DIR` shows it")
        ->type_name("NAME");
}

CLI::Option* add_skip_option(CLI::App& verb, bool& skip_bad) {
    return verb.add_flag("--skip-bad", skip_bad,
                         "Leave out pictures that cannot be read; the run keeps their list");
}

CLI::Validator whole_number() {
    const auto rewrite = [](std::string& text) -> std::string {
        const Json number = parse_number(text);
        if (!number.is_number()) return "\"" + text + "\" is no whole number";
        const auto value = number.get<double>();
        if (number.is_number_integer()) {
            text = number.dump();
        } else if (value == std::floor(value) && std::abs(value) < 9e15) {
            text = std::to_string(static_cast<int64_t>(value));
        } else {
            return "\"" + text + "\" is no whole number";
        }
        return {};
    };
    return {rewrite, ""};
}

CLI::Validator at_least_one() {
    const auto check = [](const std::string& text) {
        return text == "0" || text.starts_with('-') ? "is " + text + ": give 1 or more" : std::string();
    };
    return {[check](std::string& text) { return check(text); }, ""};
}

void note_namesake(const std::string& name, const std::string& other, const std::vector<std::string>& known) {
    std::error_code error;
    if (std::find(known.begin(), known.end(), name) == known.end() || !std::filesystem::exists(other, error))
        return;
    std::fprintf(stderr, "note: %s is the one that comes with the program; for what lies here write %s\n",
                 name.c_str(), shell_word("./" + other).c_str());
}

void refuse_empty_words(CLI::App& app) {
    const CLI::Validator not_empty(
        [](std::string& text) { return text.empty() ? "is empty" : std::string(); }, "");
    for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; }))
        for (CLI::Option* option : verb->get_options())
            if (option->get_items_expected_max() > 0) option->check(not_empty);
}

void print_json(const Json& json) {
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void complain(std::string message) {
    // One line, whatever a library or a file's name brings along.
    std::replace_if(
        message.begin(), message.end(), [](unsigned char c) { return c < ' ' || c == 127; }, ' ');
    std::cout.flush();
    std::fprintf(stderr, "cnnlab: error: %s\n", message.c_str());
}

void print_text(std::string_view text) { std::cout << text << std::flush; }

}  // namespace cnnlab
