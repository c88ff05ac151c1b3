#include <iostream>

#include "native/commands/commands.hpp"

namespace cnnlab {

void add_backend_options(CLI::App& verb, BackendChoice& choice) {
    verb.add_option("--device", choice.device,
                    "auto (the GPU if there is one), cpu, reference (slow, readable) or cuda")
        ->type_name("NAME")
        ->capture_default_str();
    verb.add_option("--precision", choice.precision,
                    "On the GPU: fp32, half or bf16 activations, with fp32 sums and weights")
        ->type_name("NAME");
    verb.add_option("--threads", choice.threads, "Threads of the CPU; 0: one a core")
        ->type_name("N")
        ->capture_default_str();
    verb.add_option("--arch", choice.arch,
                    "Instruction set of the CPU, such as avx2; the best one unless given")
        ->type_name("NAME");
}

void print_json(const Json& json) {
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void print_text(std::string_view text) { std::cout << text << std::flush; }

}  // namespace cnnlab
