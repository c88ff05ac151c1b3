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
void add_bench(CLI::App& app);

/// --device, --threads and --arch.
void add_backend_options(CLI::App& verb, BackendChoice& choice);

/// One line of JSON on stdout.
void print_json(const Json& json);
/// Text on stdout.
void print_text(std::string_view text);

/// Thrown by a verb that has said everything and wants another exit code than 0.
struct ExitWith {
    int code;
};

}  // namespace cnnlab
