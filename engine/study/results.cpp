#include "engine/study/results.hpp"

#include <map>

namespace cnnlab {

namespace {

std::string csv_text(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csv_number(const std::optional<double>& value) { return value ? Json(*value).dump() : ""; }

}  // namespace

std::vector<VariantResult> study_results(const Study& study, const std::vector<StudyRecord>& records) {
    std::vector<VariantResult> results;
    std::map<int64_t, double> first;  // test accuracy by seed
    for (size_t v = 0; v < study.variants.size(); ++v) {
        VariantResult result;
        result.name = study.variants[v].name;
        std::vector<double> test, train, seconds, mine, others;
        for (const auto& [variant, seed, diverged, record] : records) {
            if (variant != static_cast<int64_t>(v)) continue;
            result.parameters = record.parameters;
            result.multiply_adds = record.multiply_adds;
            seconds.push_back(record.seconds);
            if (diverged) ++result.diverged;
            if (record.train_accuracy) train.push_back(*record.train_accuracy);
            if (!record.test_accuracy) continue;
            test.push_back(*record.test_accuracy);
            if (v == 0) first[seed] = test.back();
            const auto pair = first.find(seed);
            if (v == 0 || pair == first.end()) continue;
            mine.push_back(test.back());
            others.push_back(pair->second);
        }
        if (seconds.empty()) continue;
        result.test_accuracy = spread_of(test);
        result.train_accuracy = spread_of(train);
        result.seconds = spread_of(seconds);
        if (!mine.empty()) result.difference = paired_difference(mine, others);
        results.push_back(std::move(result));
    }
    return results;
}

std::string study_csv(const Study& study, const std::vector<StudyRecord>& records) {
    std::string text =
        "variant,seed,test_accuracy,test_loss,train_accuracy,train_loss,epochs,parameters,multiply_adds,"
        "seconds,run\n";
    for (const auto& [variant, seed, diverged, r] : records) {
        text += csv_text(study.variants.at(static_cast<size_t>(variant)).name) + "," + std::to_string(seed) +
                "," + csv_number(r.test_accuracy) + "," + csv_number(r.test_loss) + "," +
                csv_number(r.train_accuracy) + "," + csv_number(r.train_loss) + "," + csv_number(r.epochs) +
                "," + std::to_string(r.parameters) + "," + std::to_string(r.multiply_adds) + "," +
                csv_number(r.seconds) + "," + csv_text(r.run) + "\n";
    }
    return text;
}

}  // namespace cnnlab
