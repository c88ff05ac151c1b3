#include <gtest/gtest.h>

#include "engine/study/results.hpp"
#include "engine/study/settings.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

Study two_kernels() {
    return Study::parse(parse_json(
        R"({"name": "sizes", "experiment": "fashion-cnn", "set": ["train.epochs=1"],
            "vary": {"model.layers.0.kernel": [3, 5]}, "variants": [{"name": "dense", "experiment": "fashion-dense"}]})",
        "study"));
}

StudyRecord record_of(int64_t variant, int64_t seed, double accuracy) {
    RunRecord record;
    record.test_accuracy = accuracy;
    record.seconds = 2;
    record.run = "a, b";
    return {variant, seed, false, record};
}

TEST(StudyResults, VariantsAreExperiments) {
    const Study study = two_kernels();
    ASSERT_EQ(study.variants.size(), 3U);
    EXPECT_EQ(study.variants[1].name, "kernel 5");
    EXPECT_EQ(variant_experiment(study, 1).to_json()["model"]["layers"][0]["kernel"], 5);
    EXPECT_EQ(variant_experiment(study, 2).name, "fashion-dense");
    EXPECT_FLOAT_EQ(variant_experiment(study, 2).train.epochs, 1);
}

TEST(StudyResults, EveryStudyOfTheProgramHasExperiments) {
    for (const std::string& name : study_names()) {
        const Study study = Study::parse(study_json(name));
        for (size_t v = 0; v < study.variants.size(); ++v)
            EXPECT_NO_THROW((void)variant_experiment(study, v)) << name;
    }
}

TEST(StudyResults, ComparesSeedBySeed) {
    const auto results =
        study_results(two_kernels(), {record_of(0, 1, .5), record_of(0, 2, .7), record_of(1, 1, .6),
                                      record_of(1, 2, .8), record_of(1, 3, .1)});
    ASSERT_EQ(results.size(), 2U);
    EXPECT_FALSE(results[0].difference);
    EXPECT_EQ(results[1].test_accuracy.count, 3);
    EXPECT_EQ(results[1].difference->count, 2);
    EXPECT_NEAR(results[1].difference->mean, .1, 1e-12);
}

TEST(StudyResults, AreLinesOfText) {
    EXPECT_EQ(
        study_csv(two_kernels(), {record_of(1, 2, .5)}),
        "variant,seed,test_accuracy,test_loss,train_accuracy,train_loss,epochs,parameters,multiply_adds,"
        "seconds,run\nkernel 5,2,0.5,,,,0.0,0,0,2.0,\"a, b\"\n");
}

TEST(Settings, NeedAPathAndAValue) {
    Json json = experiment_json("fashion-cnn");
    test::expect_error(
        ErrorCode::wrong_type, [&] { apply_settings(json, {"train.epochs"}); }, "train.epochs");
}

TEST(Settings, GoIntoADataSetThatWasNamedBefore) {
    Json json = experiment_json("fashion-cnn");
    apply_settings(json, {"dataset=folder", R"(dataset.arrays=["shots","kinds"])"});
    EXPECT_EQ(json["dataset"], Json::parse(R"({"name": "folder", "arrays": ["shots", "kinds"]})"));
}

TEST(Differences, NameTheFieldsThatAreNotTheSame) {
    const Study study = two_kernels();
    const auto found =
        differences({variant_experiment(study, 0).to_json(), variant_experiment(study, 1).to_json()});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "model.layers.0.kernel");
    EXPECT_EQ(*found[0].values[1], "5");
    const auto more =
        differences({Json{{"a", 1}, {"name", "x"}}, Json{{"b", Json::array({1})}, {"name", "y"}}});
    ASSERT_EQ(more.size(), 2U);
    EXPECT_FALSE(more[0].values[1]);
    EXPECT_EQ(more[1].path, "b.0");
}

}  // namespace
}  // namespace cnnlab
