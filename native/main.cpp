#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <new>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "native/commands/commands.hpp"
#include "native/report/terminal.hpp"

namespace cnnlab {

namespace {

constexpr int failed = 1, wrong_usage = 2;

int complain(std::string message, int code) {
    // One line, whatever a library or a file's name brings along.
    std::replace_if(
        message.begin(), message.end(), [](unsigned char c) { return c < ' '; }, ' ');
    std::cout.flush();
    std::fprintf(stderr, "cnnlab: error: %s\n", message.c_str());
    return code;
}

std::vector<std::string> verb_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(verb->get_name());
    return names;
}

/// What is wrong with the words of a command line, and the nearest that is right.
int explain(const CLI::App& app, const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const CLI::App& verb = chosen.empty() ? app : *chosen.front();
    const std::string place = chosen.empty() ? "cnnlab" : verb.get_name();
    const std::string help =
        "`" + command_name() + (chosen.empty() ? "" : " " + place) + " --help` explains the options";
    for (const std::string& word : verb.remaining()) {
        if (!word.starts_with('-') || word.size() < 2)
            return complain(place + ": there is no place for \"" + word + "\"; " + help, wrong_usage);
        std::vector<std::string> options;
        for (const CLI::Option* option : verb.get_options()) {
            for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
        }
        return complain(place + ": has no option " + word + "; " +
                            suggest(word.substr(0, word.find('=')), options).english(),
                        wrong_usage);
    }
    return complain(place + ": " + error.what() + "; " + help, wrong_usage);
}

int run(int argc, char** argv) {
    CLI::App app("cnnlab trains convolutional neural networks.", "cnnlab");
    app.require_subcommand(0, 1);
    app.set_help_flag("-h,--help", "Explain the options");
    app.get_formatter()->label("SUBCOMMAND", "VERB");
    app.get_formatter()->label("Subcommands", "Verbs");
    app.get_formatter()->label("OPTIONS", "OPTION...");
    add_train(app);
    add_eval(app);
    add_predict(app);
    add_list(app);
    add_describe(app);
    add_data(app);
    add_bench(app);
    if (argc < 2) {
        std::cout << app.help();
        return 0;
    }
    const std::string first = argv[1];
    const auto verbs = verb_names(app);
    if (!first.starts_with('-') && std::find(verbs.begin(), verbs.end(), first) == verbs.end()) {
        return complain("there is no verb \"" + first + "\"; " + suggest(first, verbs).english(),
                        wrong_usage);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        return explain(app, error);
    }
    std::cout.flush();
    if (!std::cout) return complain("stdout: cannot be written; is the disk full?", failed);
    return 0;
}

}  // namespace

}  // namespace cnnlab

int main(int argc, char** argv) {
    using namespace cnnlab;
    // A file that grows past the allowed size is an error to report, not the end.
    std::signal(SIGXFSZ, SIG_IGN);
    set_command_name(argc > 0 ? argv[0] : nullptr);
    try {
        return run(argc, argv);
    } catch (const ExitWith& exit) {
        return exit.code;
    } catch (const Error& error) {
        return complain(error.what(), failed);
    } catch (const std::bad_alloc&) {
        return complain("memory: there is not enough; use a smaller --batch, or fewer or smaller images",
                        failed);
    } catch (const std::exception& error) {
        return complain(
            std::string("internal: ") + error.what() + "; please report this with the command that led to it",
            failed);
    }
}
