// The studies that come with the program.

#include <gtest/gtest.h>

#include <set>

#include "engine/model/description.hpp"
#include "engine/study/study.hpp"
#include "native/run/experiment_file.hpp"

namespace cnnlab {
namespace {

TEST(StudiesOfTheProgram, AreReadAndEveryVariantCompiles) {
    std::set<std::string> names;
    for (const std::string& name : study_names()) {
        SCOPED_TRACE(name);
        const Study study = Study::parse(study_json(name));
        EXPECT_EQ(study.name, name);
        EXPECT_FALSE(study.title.empty());
        EXPECT_EQ(study.seeds, 3);
        EXPECT_GE(study.variants.size(), 2U);
        names.insert(name);
        std::set<std::string> experiments;
        for (const StudyVariant& variant : study.variants) {
            SCOPED_TRACE(variant.name);
            ExperimentChanges changes{study.set, {}};
            changes.settings.insert(changes.settings.end(), variant.set.begin(), variant.set.end());
            const ExperimentFile file =
                read_experiment(variant.experiment.empty() ? study.experiment : variant.experiment, changes);
            EXPECT_GT(describe(file.experiment, card_of(file.experiment.dataset)).parameters, 0);
            // a variant that changes nothing answers no question
            EXPECT_TRUE(experiments.insert(file.to_json().dump()).second);
        }
    }
    for (const char* name :
         {"augmentation", "batch-norm", "dense-or-convolutional", "depth", "dropout", "filters", "input-size",
          "kernel-size", "optimizers", "pixel-permutation", "pooling", "stride-padding"})
        EXPECT_EQ(names.count(name), 1U) << name;
}

}  // namespace
}  // namespace cnnlab
