#include <gtest/gtest.h>

#include <limits>

#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"
#include "engine/train/events.hpp"

namespace cnnlab {

namespace {

/// A struct with every kind of field that records have and specs have not.
struct Record {
    std::optional<double> empty, full = 2.5;
    double infinite = std::numeric_limits<double>::infinity(),
           none = std::numeric_limits<double>::quiet_NaN();
    int64_t large = int64_t{1} << 52;
    Shape shape{3, 5, 2};
    std::map<std::string, std::vector<int>> lists{{"a", {1, 2}}, {"b", {}}};
    ErrorCode code = ErrorCode::diverged;
    ImageShape image{4, 6, 3};

    static constexpr auto fields() {
        using R = Record;
        return std::tuple{
            field("empty", &R::empty), field("full", &R::full),   field("infinite", &R::infinite),
            field("none", &R::none),   field("large", &R::large), field("shape", &R::shape),
            field("lists", &R::lists), field("code", &R::code),   field("image", &R::image)};
    }
};

}  // namespace

TEST(Records, have_one_spelling) {
    EXPECT_EQ(write_json(Record{}).dump(),
              R"({"empty":null,"full":2.5,"infinite":null,"none":null,"large":4503599627370496,)"
              R"("shape":[3,5,2],"lists":{"a":[1,2],"b":[]},"code":"diverged",)"
              R"("image":{"height":4,"width":6,"channels":3}})");
}

TEST(Records, optional_fields_are_read_back) {
    std::optional<double> value = 1;
    read_json(Json(), value, "value");
    EXPECT_FALSE(value);
    read_json(Json(0.5), value, "value");
    EXPECT_EQ(value, 0.5);
}

TEST(Records, events_carry_their_type_and_their_fields) {
    const auto text = [](const TrainEvent& event) { return write_json(event).dump(); };
    EXPECT_EQ(text(TrainBegin{3, 20, 10, 2}),
              R"({"type":"train_begin","step":3,"total_steps":20,"steps_per_epoch":10,"epochs":2})");
    EXPECT_EQ(text(BatchEnd{4, 1, 32, 0.5, 0.25, 0.1, 1.5}),
              R"({"type":"batch_end","step":4,"epoch":1,"count":32,"loss":0.5,"accuracy":0.25,)"
              R"("learning_rate":0.1,"gradient_norm":1.5})");
    EXPECT_EQ(text(EvalEnd{{0.5, 0.75, 1, 4, {1, 0.5}, {{2, 0}, {1, 1}}}, 1}),
              R"({"type":"eval_end","epoch":1,"loss":0.5,"accuracy":0.75,"top5":1.0,"count":4,)"
              R"("class_accuracy":[1.0,0.5],"confusion":[[2,0],[1,1]]})");
}

TEST(Records, a_step_is_a_row_in_the_order_of_its_fields) {
    const std::array<double, step_columns> row = step_row({4, 1, 32, 0.5, 0.25, 0.1, 1.5});
    EXPECT_EQ(row, (std::array<double, step_columns>{4, 1, 32, 0.5, 0.25, 0.1, 1.5}));
}

TEST(Records, cards_make_the_round_trip) {
    for (const DatasetCard& card : built_in_cards())
        EXPECT_EQ(to_json(parse_card(to_json(card), card.name)), to_json(card)) << card.name;
}

}  // namespace cnnlab
