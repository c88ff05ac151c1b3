#pragma once

#include <string>
#include <vector>

#include "engine/model/experiment.hpp"
#include "native/data/dataset_store.hpp"

namespace cnnlab {

/// An experiment and where its images are: the contents of a run's experiment.json. The folder with the images is not
/// among the data set's fields, so that a run can continue after they have moved.
struct ExperimentFile {
    Experiment experiment;
    DataOptions data;

    /// All fields, defaults filled in; with "directory" in "dataset" where a folder was named.
    [[nodiscard]] Json to_json() const;
};

/// What the command line changes in a description.
struct ExperimentChanges {
    std::vector<std::string> settings;  ///< "optimizer.lr=0.01", in order
    std::filesystem::path directory;    ///< --data; empty: as described
};

/// One that comes with the program, or a JSON file. In a file "dataset.directory" is relative to the file's own folder.
/// Throws Error that names the field, for a file after the file's name.
ExperimentFile read_experiment(const std::string& name_or_file, const ExperimentChanges& changes = {});

/// The images as the experiment wants them: read, cut, permuted, normalised. Downloads are shown on stderr.
Dataset load_images(const ExperimentFile& file);

/// DIR that is looked into for files: --data, else data/ here or beside `lab`; empty where there is none.
std::filesystem::path data_directory(const DataSpec& dataset, const std::filesystem::path& wanted);

}  // namespace cnnlab
