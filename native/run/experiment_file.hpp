#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/model/experiment.hpp"
#include "native/data/dataset_store.hpp"
#include "native/run/base_file.hpp"

namespace cnnlab {

/// An experiment and where its images are: the contents of a run's experiment.json. The folder with the images is not
/// among the data set's fields, so that a run can continue after they have moved.
struct ExperimentFile {
    Experiment experiment;
    DataOptions data;
    BasePlaces base_places;                ///< where the weights of "base" are
    std::shared_ptr<const BaseFile> base;  ///< those that had to be read for their network

    /// All fields, defaults filled in; with "directory" in "dataset" where a folder was named.
    [[nodiscard]] Json to_json() const;
};

/// What the command line changes in a description.
struct ExperimentChanges {
    std::vector<std::string> settings;  ///< "optimizer.lr=0.01", in order
    std::filesystem::path directory;    ///< --data; empty: as described
    std::filesystem::path models = {};  ///< --models
};

/// One that comes with the program, or a JSON file. In a file "dataset.directory" is relative to the file's own folder.
/// Throws Error that names the field, for a file after the file's name; for a run's folder or file, which says how to
/// go on with it; for a folder of images whose path is no UTF-8. The layers of a "base" are put before the experiment's
/// own, unless they are there already.
ExperimentFile read_experiment(const std::string& name_or_file, const ExperimentChanges& changes = {});

/// The experiment of a model by itself, with the images in a folder; empty: nobody has said where they are.
ExperimentFile experiment_of_model(Experiment experiment, const std::filesystem::path& directory);

/// What a verb needs of the images.
struct ImageNeeds {
    std::vector<std::string>
        classes;  ///< those of a run, which the images may lack some of; empty: the images' own
    const DatasetCard* run = nullptr;  ///< only test images, to evaluate a run with this card
    bool tests_alone = false;          ///< images that are for tests by their names are not divided
};

/// The images as the experiment wants them: read, cut, permuted, normalised. Downloads are shown on stderr.
Dataset load_images(const ExperimentFile& file, const ImageNeeds& needs = {});

/// The folder data/ here or beside `lab`, which is looked into where a person has named
/// none; empty where there is none.
std::filesystem::path usual_directory(const DataSpec& dataset);

}  // namespace cnnlab
