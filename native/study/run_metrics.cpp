#include <algorithm>

#include "native/run/metrics_log.hpp"
#include "native/study/run_record.hpp"

namespace cnnlab {

namespace {

/// The English of a message as metrics.jsonl has it.
std::string english_of(const Json& message) {
    if (message.is_string()) return message.get<std::string>();
    const auto english = message.is_object() ? message.find("english") : message.end();
    return english != message.end() && english->is_string() ? english->get<std::string>() : "";
}

void add_session(const Json& line, RunHistory& run) {
    // Whatever else stands there tells nothing of the images.
    const auto images = line.find("images");
    const auto is_count = [&](const char* key) {
        return images->contains(key) && (*images)[key].is_number_integer();
    };
    if (images != line.end() && images->is_object() && is_count("train") && is_count("test"))
        run.images = *images;
    if (line.contains("backend") && line["backend"].is_string())
        run.backend = line["backend"].get<std::string>();
    run.warnings.clear();
    if (!line.contains("concerns") || !line["concerns"].is_array()) return;
    for (const Json& concern : line["concerns"]) {
        if (!concern.is_object()) continue;
        run.warnings.push_back(english_of(concern.value("place", Json(""))) + ": " +
                               english_of(concern.value("problem", Json(""))) + "; " +
                               english_of(concern.value("remedy", Json(""))));
    }
}

}  // namespace

void add_metrics(const std::filesystem::path& path, RunHistory& run) {
    int64_t total = 0, steps = 0;
    bool is_over = false;
    for (const Json& line : read_metrics(path)) {
        run.history.add(line);
        const auto number = [&](const char* key, int64_t other) {
            return line.contains(key) && line[key].is_number_integer() ? line[key].get<int64_t>() : other;
        };
        if (line["event"] == "train_begin") {
            total = number("total_steps", total);
            add_session(line, run);
        }
        // A training that was ended from outside has no train_end.
        if (line["event"] == "epoch_end") {
            steps = (number("epoch", 0) + 1) * run.history.steps_per_epoch;
            is_over = false;
        }
        if (line["event"] == "train_end") {
            steps = number("step", steps);
            is_over = true;
        }
        if (line.contains("seconds") && line["seconds"].is_number())
            run.record.seconds = line["seconds"].get<double>();
    }
    run.record.finished = is_over && total > 0 && steps == total;
    run.record.epochs =
        static_cast<double>(steps) / static_cast<double>(std::max<int64_t>(1, run.history.steps_per_epoch));
}

}  // namespace cnnlab
