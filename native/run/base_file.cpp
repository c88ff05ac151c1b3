#include "native/run/base_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "engine/model/base_messages.hpp"
#include "native/data/sha256.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr size_t largest_weights = size_t{1} << 32U, largest_card = size_t{4} << 20U;

/// The folders where networks by name may lie.
std::vector<fs::path> model_folders(const fs::path& given) {
    if (!given.empty()) return {given};
    if (const char* named = std::getenv("CNNLAB_MODELS"); named != nullptr && *named != 0) return {named};
    std::vector<fs::path> folders{"models"};
    if (const char* home = std::getenv("CNNLAB_HOME")) folders.push_back(fs::path(home) / "models");
    return folders;
}

/// The card's file in a folder, or in one of the folders there; empty: it is not.
fs::path find_in(const fs::path& folder, const std::string& file) {
    std::error_code error;
    if (fs::is_regular_file(folder / file, error)) return folder / file;
    std::vector<fs::path> inside;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (fs::is_regular_file(entry->path() / file, error)) inside.push_back(entry->path() / file);
    return inside.empty() ? fs::path() : *std::min_element(inside.begin(), inside.end());
}

fs::path weights_of(const NetworkCard& card, const fs::path& models) {
    std::error_code error;
    if (!models.empty() && !fs::is_directory(models, error))
        throw Error(ErrorCode::missing_data, "--models " + shell_word(models.string()), "is no folder",
                    "name the folder with " + card.file);
    fs::path found = find_weights(card, models);
    if (!found.empty()) return found;
    std::string looked;
    for (const fs::path& folder : model_folders(models))
        looked += (looked.empty() ? "" : " nor in ") + folder.string();
    throw Error(ErrorCode::missing_data, "base.file",
                "the weights of " + card.name + ", " + card.file + ", are not in " + looked,
                "put the file there, or name its folder with --models DIR; it comes from " + card.source);
}

std::string checksum(const std::vector<uint8_t>& bytes) {
    Sha256 sum;
    sum.update(bytes);
    return sum.finish();
}

/// FILE.json beside FILE.safetensors, where there is one.
std::optional<NetworkCard> card_beside(const fs::path& weights) {
    fs::path path = weights;
    path.replace_extension(".json");
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return std::nullopt;
    const std::vector<uint8_t> bytes = read_file(path, largest_card);
    return NetworkCard::parse(
        parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string()),
        path.string());
}

}  // namespace

bool is_known_network(const std::string& name) {
    const std::vector<std::string> known = network_names();
    return std::find(known.begin(), known.end(), name) != known.end();
}

fs::path find_weights(const NetworkCard& card, const fs::path& models) {
    for (const fs::path& folder : model_folders(models))
        if (fs::path found = find_in(folder, card.file); !found.empty()) return found;
    return {};
}

void require_base(const BaseSpec& spec, const BasePlaces& places) {
    if (is_known_network(spec.file)) (void)weights_of(network_card(spec.file), places.models);
}

BaseFile read_base_file(const BaseSpec& spec, const BasePlaces& places) {
    BaseFile file;
    std::optional<NetworkCard> card;
    const bool is_path = spec.file.find('/') != std::string::npos || spec.file.ends_with(".safetensors");
    if (is_known_network(spec.file)) {
        card = network_card(spec.file);
        file.path = weights_of(*card, places.models);
    } else if (!is_path) {
        std::error_code error;
        const fs::path beside = places.beside / spec.file, kept = fs::path("runs") / spec.file;
        const bool is_beside = holds_a_run(beside);
        if (!is_beside && !fs::is_directory(kept, error)) (void)network_card(spec.file);  // throws
        const RunFolder run = RunFolder::open(is_beside && !holds_a_run(kept) ? beside.string() : spec.file);
        file.path = fs::absolute(run.model()).lexically_normal();
    } else {
        file.path = fs::absolute(places.beside / spec.file).lexically_normal();
        if (fs::is_directory(file.path)) file.path = RunFolder::open(file.path.string()).model();
        card = card_beside(file.path);
    }
    const std::vector<uint8_t> bytes = read_file(file.path, largest_weights);
    file.sha256 = checksum(bytes);
    const std::string wanted = spec.sha256.empty() && card ? card->sha256 : spec.sha256;
    if (!wanted.empty() && wanted != file.sha256)
        throw Error(ErrorCode::bad_file, file.path.string(), say_base("base.changed", file.sha256),
                    say_base("base.same_file", wanted));
    file.network = read_base(bytes, file.path.string(), card ? &*card : nullptr);
    return file;
}

}  // namespace cnnlab
