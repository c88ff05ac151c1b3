#include "native/pytorch_peer.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "engine/core/spec.hpp"
#include "native/text.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr auto python = "/usr/bin/python3";

/// The script in the sources that this program was built from; empty where it is not there.
fs::path find_script() {
    const fs::path script = fs::path("tests") / "peer" / "pytorch_bench.py";
    std::error_code error;
    std::vector<fs::path> roots;
    if (const char* home = std::getenv("CNNLAB_HOME")) roots.emplace_back(home);
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (fs::path folder = program.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
        roots.push_back(folder);
    for (const fs::path& root : roots) {
        if (fs::is_regular_file(root / script, error)) return root / script;
    }
    return {};
}

/// What a shell command prints, if it succeeds.
std::optional<std::string> output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string text;
    std::array<char, 4096> part{};
    while (const size_t count = std::fread(part.data(), 1, part.size(), pipe))
        text.append(part.data(), count);
    if (::pclose(pipe) != 0) return std::nullopt;
    return text;
}

}  // namespace

std::optional<PytorchFigure> pytorch_figure(const std::string& network, int batch, int threads) {
    const fs::path script = find_script();
    if (script.empty() || !fs::exists(python)) return std::nullopt;
    const auto text = output_of(std::string(python) + " " + shell_word(script.string()) + " --network " +
                                shell_word(network) + " --batch " + std::to_string(batch) + " --threads " +
                                std::to_string(threads) + " 2>/dev/null");
    if (!text) return std::nullopt;
    // A library may have printed something first.
    const size_t end = text->find_last_not_of(" \n");
    if (end == std::string::npos) return std::nullopt;
    const size_t begin = text->rfind('\n', end) + 1;  // npos + 1 is 0
    const Json json = Json::parse(text->substr(begin, end + 1 - begin), nullptr, false);
    if (!json.is_object() || !json.contains("images_per_second") || !json["images_per_second"].is_number())
        return std::nullopt;
    const auto text_of = [&](const char* key) {
        return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
    };
    PytorchFigure figure{json["images_per_second"].get<double>(), text_of("version"), text_of("blas")};
    if (figure.images_per_second <= 0) return std::nullopt;
    return figure;
}

}  // namespace cnnlab
