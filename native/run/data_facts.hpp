#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Images of each class in a split.
[[nodiscard]] std::vector<int64_t> class_counts(const Split& split, size_t classes);

/// What was read, for a person: where from, how many of each class, what is not used and why. A line each.
[[nodiscard]] std::vector<std::string> data_lines(const Dataset& data);
/// The same for programs: origin, classes (name, train, test), notes, unused (path, files, reason).
[[nodiscard]] Json data_facts(const Dataset& data);

/// What a run keeps of its data: the same, and a checksum of the test images.
[[nodiscard]] Json run_data_facts(const Dataset& data);
/// Those of a run's folder; null where it has none, or a file that is no JSON.
[[nodiscard]] Json read_data_facts(const std::filesystem::path& run);
/// What is to be said where these are not the test images that a run has kept; else nothing.
[[nodiscard]] std::string other_tests(const Json& kept, const Dataset& now);

/// Lines for a person of the data.json that a run keeps.
[[nodiscard]] std::vector<std::string> kept_data_lines(const Json& facts);

/// The notes and the unused files of a report, as lines; all of them, or the first few.
[[nodiscard]] std::vector<std::string> report_lines(const DataReport& report, size_t most_unused);

/// Indented, with each byte of a name that is no UTF-8 replaced.
[[nodiscard]] std::string json_text(const Json& json);

}  // namespace cnnlab
