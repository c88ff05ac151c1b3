#pragma once

#include <string>
#include <vector>

#include "native/study/comparison.hpp"
#include "native/study/study_run.hpp"

namespace cnnlab {

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

/// By variant; those without a finished training are left out.
[[nodiscard]] std::vector<VariantResult> study_results(const Study& study, const std::vector<StudyRun>& runs);

/// The table for a terminal, and a sentence for each variant: better, worse, or no clear difference.
[[nodiscard]] std::string study_text(const std::vector<VariantResult>& results);
/// A line a training: variant, seed and the record's numbers.
[[nodiscard]] std::string study_csv(const Study& study, const std::vector<StudyRun>& runs);
/// Mean test accuracy of each variant with its standard deviation as a bar, and each seed as a dot.
[[nodiscard]] std::string study_svg(const Study& study, const std::vector<StudyRun>& runs);
/// One page that needs nothing beside it.
[[nodiscard]] std::string study_html(const Study& study, const std::vector<StudyRun>& runs);

/// The test accuracy of several runs over their epochs, each named at its end.
[[nodiscard]] std::string overlay_svg(const std::vector<RunHistory>& runs, const std::string& title);

}  // namespace cnnlab
