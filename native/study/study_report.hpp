#pragma once

#include <string>
#include <vector>

#include "engine/study/results.hpp"
#include "native/study/study_run.hpp"

namespace cnnlab {

/// The table for a terminal, and a sentence for each variant: better, worse, or no clear difference.
[[nodiscard]] std::string study_text(const std::vector<VariantResult>& results);
/// Mean test accuracy of each variant with its standard deviation as a bar, and each seed as a dot.
[[nodiscard]] std::string study_svg(const Study& study, const std::vector<StudyRun>& runs);
/// One page that needs nothing beside it.
[[nodiscard]] std::string study_html(const Study& study, const std::vector<StudyRun>& runs);

/// The test accuracy of several runs over their epochs, each named at its end.
[[nodiscard]] std::string overlay_svg(const std::vector<RunHistory>& runs, const std::string& title);

}  // namespace cnnlab
