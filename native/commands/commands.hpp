#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/core/spec.hpp"
#include "native/run/backends.hpp"

/// The verbs of the command line, one file each. A verb adds a sub-command with its options; the callback of the
/// sub-command does the work.
namespace cnnlab {

void add_list(CLI::App& app);
void add_describe(CLI::App& app);
void add_data(CLI::App& app);
void add_train(CLI::App& app);
void add_eval(CLI::App& app);
void add_predict(CLI::App& app);
void add_explain(CLI::App& app);
void add_answer(CLI::App& app);
void add_export(CLI::App& app);
void add_import(CLI::App& app);
void add_study(CLI::App& app);
void add_runs(CLI::App& app);
void add_compare(CLI::App& app);
void add_verify(CLI::App& app);
void add_bench(CLI::App& app);

/// --device, --threads and --arch.
void add_backend_options(CLI::App& verb, BackendChoice& choice);

/// --layout and --skip-bad, for a folder of pictures.
CLI::Option* add_layout_option(CLI::App& verb, std::string& layout);
/// --models DIR
CLI::Option* add_models_option(CLI::App& verb, std::string& models);
CLI::Option* add_skip_option(CLI::App& verb, bool& skip_bad);
/// An option with a whole number in any spelling, as decimal digits: "010" is ten, "1e3" a thousand.
CLI::Validator whole_number();
/// Of a whole number that is 1 or more.
CLI::Validator at_least_one();
template <class T>
CLI::Option* add_whole_number(CLI::App& verb, const std::string& name, T& value, const std::string& help) {
    return verb.add_option(name, value, help)->type_name("N")->transform(whole_number());
}
/// Nothing that a person gives may be empty: an unset variable of a shell would stand for a default.
void refuse_empty_words(CLI::App& app);

/// One line of JSON on stdout.
void print_json(const Json& json);
/// An error on stderr, in one line.
void complain(std::string message);
/// Says on stderr that `name`, one of `known` to the program, is not the file or folder `other` that lies here.
void note_namesake(const std::string& name, const std::string& other, const std::vector<std::string>& known);
/// Text on stdout.
void print_text(std::string_view text);

/// Thrown by a verb that has said everything and wants another exit code than 0.
struct ExitWith {
    int code;
};

}  // namespace cnnlab
