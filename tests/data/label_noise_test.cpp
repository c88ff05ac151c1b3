#include "engine/data/label_noise.hpp"

#include <gtest/gtest.h>

#include <set>

#include "engine/data/card.hpp"
#include "engine/data/data_spec.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

std::vector<int32_t> round_robin(int32_t count, int32_t classes) {
    std::vector<int32_t> labels;
    for (int32_t i = 0; i < count; ++i) labels.push_back(i % classes);
    return labels;
}

/// Images of one grey pixel that is their number.
Dataset numbered(std::vector<int32_t> labels, size_t classes) {
    Dataset data;
    data.card = find_card("folder");
    data.card.image = ImageShape(1, 1, 1);
    data.card.mean = {0};
    data.card.stddev = {1};
    data.card.classes.resize(classes);
    for (size_t i = 0; i < labels.size(); ++i) data.train.images.push_back(static_cast<uint8_t>(i));
    data.train.labels = std::move(labels);
    data.test = data.train;
    return data;
}

TEST(LabelNoise, ChangesExactlyItsShare) {
    EXPECT_EQ(noisy_labels(60000, 0.1F), 6000);
    EXPECT_EQ(noisy_labels(7, 0.5F), 4) << "3.5, rounded up";
    EXPECT_EQ(noisy_labels(7, 0), 0);
    EXPECT_EQ(noisy_labels(7, 1), 7);
    const std::vector<int32_t> labels = round_robin(1000, 10);
    for (const float share : {0.0F, 0.25F, 0.3F, 1.0F}) {
        const std::vector<LabelChange> changes = changed_labels(labels, 10, share);
        EXPECT_EQ(static_cast<int64_t>(changes.size()), noisy_labels(1000, share));
        std::set<size_t> images;
        for (const auto& [image, label] : changes) {
            EXPECT_TRUE(images.insert(image).second) << "twice";
            EXPECT_NE(label, labels[image]);
            EXPECT_GE(label, 0);
            EXPECT_LT(label, 10);
        }
    }
}

TEST(LabelNoise, EveryOtherClassIsAsLikely) {
    std::vector<int> counts(5, 0);
    for (const LabelChange& change : changed_labels(std::vector<int32_t>(20000, 2), 5, 1))
        ++counts[static_cast<size_t>(change.label)];
    for (const size_t c : {0U, 1U, 3U, 4U}) EXPECT_NEAR(counts[c], 5000, 250) << c;
}

TEST(LabelNoise, MoreOfItKeepsWhatLessHasChanged) {
    const std::vector<int32_t> labels = round_robin(50, 3);
    const std::vector<LabelChange> few = changed_labels(labels, 3, 0.2F),
                                   many = changed_labels(labels, 3, 0.6F);
    ASSERT_EQ(few.size(), 10U);
    ASSERT_EQ(many.size(), 30U);
    for (size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i], many[i]);
}

/// The same numbers on every machine, in WebAssembly too.
TEST(LabelNoise, IsTheSameEverywhere) {
    const std::vector<LabelChange> expected{{7, 2}, {6, 0}, {11, 0}, {5, 2}, {9, 3}, {1, 2}};
    EXPECT_EQ(changed_labels(round_robin(12, 4), 4, 0.5F), expected);
}

TEST(LabelNoise, OfAnExperimentChangesTrainingLabelsOnly) {
    Dataset data = numbered(round_robin(200, 4), 4);
    const Dataset before = data;
    DataSpec spec;
    spec.label_noise = 0.15F;
    apply_data_spec(spec, data);
    int changed = 0;
    for (size_t i = 0; i < 200; ++i) changed += data.train.labels[i] != before.train.labels[i] ? 1 : 0;
    EXPECT_EQ(changed, 30);
    EXPECT_EQ(data.test.labels, before.test.labels);
    EXPECT_EQ(data.train.images, before.train.images);
}

TEST(LabelNoise, NeedsAnotherClass) {
    Dataset data = numbered({0, 0, 0}, 1);
    DataSpec spec;
    spec.label_noise = 0.5F;
    test::expect_error(
        ErrorCode::out_of_range, [&] { apply_data_spec(spec, data); }, "dataset.label_noise",
        "no other class");
    data.train = {};
    EXPECT_NO_THROW(apply_data_spec(spec, data)) << "of a card nothing is known yet";
}

TEST(LabelNoise, IsAFieldOfTheDataSet) {
    const auto parse = [](const char* json) { return DataSpec::from_json(Json::parse(json), "dataset"); };
    const DataSpec spec = parse(R"({"name": "mnist", "label_noise": 0.2, "imbalance": 0.01})");
    EXPECT_FLOAT_EQ(spec.label_noise, 0.2F);
    EXPECT_FLOAT_EQ(spec.imbalance, 0.01F);
    EXPECT_EQ(spec.to_json()["label_noise"].dump(), "0.2");
    EXPECT_FALSE(parse(R"({"name": "mnist"})").to_json().contains("label_noise"));
    test::expect_error(
        ErrorCode::out_of_range, [&] { parse(R"({"name": "mnist", "label_noise": 1.5})"); },
        "dataset.label_noise", "1.5");
    test::expect_error(
        ErrorCode::out_of_range, [&] { parse(R"({"name": "mnist", "imbalance": 0})"); }, "dataset.imbalance",
        "0");
}

}  // namespace
}  // namespace cnnlab
