#pragma once

#include <filesystem>
#include <vector>

#include "engine/study/study.hpp"
#include "native/report/terminal.hpp"
#include "native/run/backends.hpp"
#include "native/study/run_record.hpp"

namespace cnnlab {

/// Where and how a study is trained.
struct StudyOptions {
    std::filesystem::path folder;  ///< empty: runs/NAME
    std::filesystem::path data;    ///< --data of each training; may be empty
    BackendChoice backend;
    int jobs = 1;  ///< trainings side by side
};

/// One training of a study.
struct StudyRun {
    size_t variant = 0;
    int seed = 1;
    RunHistory run;
};

/// Trains what a study's folder lacks: FOLDER/study.json, FOLDER/VARIANT/experiment.json and FOLDER/VARIANT/seed-N,
/// each a run like any other. Trainings are programs of their own: one that was killed goes on from its checkpoint,
/// finished ones are kept. All variants are read before the first is trained. False if a signal has come; what is done
/// is kept then. Throws Error: out_of_range where the folder holds another study, and whatever a training says.
[[nodiscard]] bool train_study(const Study& study, const StudyOptions& options, Terminal& terminal);

/// The finished trainings, variant by variant. Throws Error (missing_data) where there is none.
[[nodiscard]] std::vector<StudyRun> read_study_runs(const Study& study, const std::filesystem::path& folder);

/// What the comparison needs of them.
[[nodiscard]] std::vector<StudyRecord> records_of(const std::vector<StudyRun>& runs);

/// Where a study is kept: `wanted`, or runs/NAME.
[[nodiscard]] std::filesystem::path study_folder(const Study& study, const std::filesystem::path& wanted);

}  // namespace cnnlab
