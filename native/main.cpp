#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "native/commands/commands.hpp"
#include "native/distributed/launch.hpp"
#include "native/report/terminal.hpp"
#include "native/system/interrupt.hpp"
#include "native/system/system_error.hpp"
#include "native/system/version.hpp"

namespace cnnlab {

namespace {

constexpr int failed = 1, wrong_usage = 2;

int complain(std::string message, int code) {
    // Of several processes the first says what all have found; another one waits a moment, in which the first ends all.
    if (const Launch launch = read_launch(); launch.rank > 0) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        message = "rank " + std::to_string(launch.rank) + ": " + message;
    }
    cnnlab::complain(std::move(message));
    return code;
}

/// Only the first of several processes prints.
void mute_others() {
    if (read_launch().rank == 0) return;
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0) ::dup2(nothing, STDOUT_FILENO);
    if (nothing >= 0) ::close(nothing);
}

/// Verbs that several processes share; the others would do the same thing several times.
void check_processes(const std::string& verb) {
    const Launch launch = read_launch();
    if (launch.processes <= 1 || verb == "train" || verb == "eval" || verb == "study" || verb == "bench")
        return;
    throw Error(ErrorCode::unsupported, verb,
                launch.launcher + " has started " + std::to_string(launch.processes) +
                    " processes, which would all do the same",
                "start one: several are for train, eval and study");
}

/// A file that is opened must not get the number of stdin, stdout or stderr where somebody has closed them: what is
/// printed would go into it.
void open_standard_streams() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        const int opened = ::open("/dev/null", O_RDWR);
        if (opened >= 0 && opened != number) ::close(opened);  // the lowest free number comes first
    }
}

/// 0, unless stdout did not take all that was printed.
int check_output() {
    std::cout.flush();
    const bool is_whole = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
    return is_whole ? 0 : complain("stdout: cannot be written; is the disk full?", failed);
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
    app.set_version_flag("--version", "cnnlab " + program_version(), "Print the version");
    app.get_formatter()->label("SUBCOMMAND", "VERB");
    app.get_formatter()->label("Subcommands", "Verbs");
    app.get_formatter()->label("OPTIONS", "OPTION...");
    add_train(app);
    add_eval(app);
    add_predict(app);
    add_explain(app);
    add_answer(app);
    add_export(app);
    add_import(app);
    add_list(app);
    add_describe(app);
    add_data(app);
    add_study(app);
    add_runs(app);
    add_compare(app);
    add_verify(app);
    add_bench(app);
    refuse_empty_words(app);
    if (argc < 2) {
        std::cout << app.help();
        return check_output();
    }
    const std::string first = argv[1];
    const auto verbs = verb_names(app);
    if (!first.starts_with('-') && std::find(verbs.begin(), verbs.end(), first) == verbs.end()) {
        return complain("there is no verb \"" + first + "\"; " + suggest(first, verbs).english(),
                        wrong_usage);
    }
    check_processes(first);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {  // for help, or for the version
        const int code = app.exit(asked);
        return code == 0 ? check_output() : code;
    } catch (const CLI::ParseError& error) {
        return explain(app, error);
    }
    return check_output();
}

int guarded_run(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const ExitWith& exit) {
        return exit.code;
    } catch (const Error& error) {
        return complain(error.what(), failed);
    } catch (const std::bad_alloc&) {
        return complain(
            "memory: there is not enough; use a smaller --batch, a smaller network, or fewer or smaller "
            "images",
            failed);
    } catch (const std::filesystem::filesystem_error& error) {
        const int reason = error.code().value();
        return complain(error.path1().string() + ": cannot be used: " + error.code().message() + "; " +
                            remedy_for(reason, "check the path"),
                        failed);
    } catch (const std::system_error& error) {
        return complain(std::string("the system refuses: ") + error.what() +
                            "; use fewer --threads, or close other programs",
                        failed);
    } catch (const std::exception& error) {
        return complain(
            std::string("internal: ") + error.what() + "; please report this with the command that led to it",
            failed);
    }
}

}  // namespace

}  // namespace cnnlab

int main(int argc, char** argv) {
    using namespace cnnlab;
    open_standard_streams();
    end_with_parent();
    mute_others();
    // A file that grows past the allowed size is an error to report, not the end.
    std::signal(SIGXFSZ, SIG_IGN);
    set_command_name(argc > 0 ? argv[0] : nullptr);
    const int code = guarded_run(argc, argv);
    // Others may wait for what this process will not do any more.
    if (const auto group = joined_group(); group && code == failed) {
        std::fflush(nullptr);
        group->abort(code);
    }
    leave_processes();
    return code;
}
