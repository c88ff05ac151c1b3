#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/study/comparison.hpp"
#include "engine/study/study.hpp"

namespace cnnlab {

/// What is known of a training, finished or not.
struct RunRecord {
    std::string run, experiment, title;
    bool finished = false;
    double epochs = 0;  ///< done
    int64_t parameters = 0, multiply_adds = 0;
    std::optional<double> test_accuracy, test_loss, train_accuracy, train_loss;
    double seconds = 0;

    static constexpr auto fields() {
        using R = RunRecord;
        return std::tuple{
            field("run", &R::run, "the folder, or what the page's shelf calls it"),
            field("experiment", &R::experiment, "its name"),
            field("title", &R::title),
            field("finished", &R::finished),
            field("epochs", &R::epochs, "done"),
            field("parameters", &R::parameters, "learned numbers"),
            field("multiply_adds", &R::multiply_adds, "forward, of one image"),
            field("test_accuracy", &R::test_accuracy, "after the last whole epoch, as the next three"),
            field("test_loss", &R::test_loss),
            field("train_accuracy", &R::train_accuracy),
            field("train_loss", &R::train_loss),
            field("seconds", &R::seconds, "of training, over all sessions")};
    }
};

/// The record of one training of a study.
struct StudyRecord {
    int64_t variant = 0;
    int64_t seed = 1;
    bool diverged = false;  ///< its loss is no number at the end
    RunRecord record;

    static constexpr auto fields() {
        using S = StudyRecord;
        return std::tuple{field("variant", &S::variant, "its place among the study's variants, from 0"),
                          field("seed", &S::seed),
                          field("diverged", &S::diverged, "its loss is no number at the end"),
                          field("record", &S::record)};
    }
};

/// A variant's figures over its seeds, and what it gains over the first variant.
struct VariantResult {
    std::string name;
    int64_t parameters = 0, multiply_adds = 0;
    int64_t diverged = 0;  ///< trainings whose loss is no number at the end
    Spread test_accuracy, train_accuracy, seconds;
    std::optional<PairedDifference> difference;  ///< of the test accuracy; none for the first

    static constexpr auto fields() {
        using V = VariantResult;
        return std::tuple{field("name", &V::name),
                          field("parameters", &V::parameters, "learned numbers"),
                          field("multiply_adds", &V::multiply_adds, "forward, of one image"),
                          field("diverged", &V::diverged, "trainings whose loss is no number at the end"),
                          field("test_accuracy", &V::test_accuracy),
                          field("train_accuracy", &V::train_accuracy),
                          field("seconds", &V::seconds, "of training"),
                          field("difference", &V::difference,
                                "of the test accuracy from the first variant's, seed by seed; "
                                "null for the first")};
    }
};

/// By variant; those without a training are left out. Records come variant by variant.
[[nodiscard]] std::vector<VariantResult> study_results(const Study& study,
                                                       const std::vector<StudyRecord>& records);

/// A line a training: variant, seed and the record's numbers.
[[nodiscard]] std::string study_csv(const Study& study, const std::vector<StudyRecord>& records);

}  // namespace cnnlab
