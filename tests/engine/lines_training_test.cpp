#include <gtest/gtest.h>

#include "engine/data/lines.hpp"
#include "engine/reference/reference_backend.hpp"
#include "engine/train/trainer.hpp"
#include "tests/engine/training_fixture.hpp"

namespace cnnlab {

/// The course trains one 3×3 filter to tell vertical from horizontal lines, one image a step, for 50 epochs. It
/// reports a last loss of .0039, .9955 for a clean vertical line and .0066 for a clean horizontal one.
TEST(LinesTraining, one_filter_learns_the_direction) {
    const Dataset data = make_lines({});
    const auto backend = make_reference_backend();
    Trainer trainer(Experiment::parse(experiment_json("lines")), data, *backend);
    test::EventLog log;
    trainer.add_observer(log);
    trainer.fit();
    const auto epochs = log.all<EpochEnd>();
    ASSERT_EQ(epochs.size(), 50U);
    EXPECT_LE(epochs.back().train_loss, 0.006);
    EXPECT_EQ(epochs.back().test_accuracy, 1);
    for (size_t i = 0; i < data.test.labels.size(); ++i) {
        const auto image = std::span(data.test.images).subspan(i * 25, 25);
        const Split one{{image.begin(), image.end()}, {data.test.labels[i]}};
        const float p = trainer.model().predict(one)[0];
        if (data.test.labels[i] == 1) {
            EXPECT_GE(p, 0.99F) << "vertical";
        } else {
            EXPECT_LE(p, 0.01F) << "horizontal";
        }
    }
}

}  // namespace cnnlab
