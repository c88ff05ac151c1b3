#include <gtest/gtest.h>

#include "engine/core/parse_json.hpp"
#include "native/run/data_facts.hpp"
#include "native/study/run_record.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/errors.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

using test::message_of;

RunHistory history_of(const std::string& metrics) {
    const test::TemporaryFolder folder;
    write_file(folder.path() / "metrics.jsonl", metrics);
    RunHistory run;
    add_metrics(folder.path() / "metrics.jsonl", run);
    return run;
}

TEST(Metrics, are_refused_where_a_number_is_a_text_or_beyond_counting) {
    for (const char* field : {R"("epochs": "three")", R"("step": null)", R"("epoch": 1e12)",
                              R"("steps_per_epoch": -1e10)", R"("total_steps": 1e16)", R"("seconds": [])"}) {
        SCOPED_TRACE(field);
        const std::string line = R"({"event": "train_begin", )" + std::string(field) + "}\n";
        const std::string message = message_of(ErrorCode::bad_file, [&] { (void)history_of(line); });
        EXPECT_NE(message.find("has a line that is no event"), std::string::npos) << message;
    }
    EXPECT_EQ(history_of(R"({"event": "train_begin", "epochs": 3})"
                         "\n")
                  .history.epochs,
              3);
}

TEST(Metrics, tell_of_images_and_warnings_only_what_can_be_read) {
    const auto begin = [](const std::string& fields) {
        return history_of(R"({"event": "train_begin", )" + fields + "}\n");
    };
    EXPECT_EQ(begin(R"("images": {"train": 8, "test": 2, "checksum": "0a"})").images["train"], 8);
    EXPECT_TRUE(begin(R"("images": 7)").images.is_null());
    EXPECT_TRUE(begin(R"("images": {"train": "eight", "test": 2})").images.is_null());
    const RunHistory run =
        begin(R"("concerns": [{"place": {"english": 1}, "problem": {"english": "p"}, "remedy": 2}, 3])");
    EXPECT_EQ(run.warnings, std::vector<std::string>{": p; "});
}

TEST(KeptData, counts_beyond_any_data_set_are_none) {
    const auto lines = kept_data_lines(parse_json(
        R"({"origin": "pets", "classes": [{"train": 1e300, "test": -5}, {"train": 9e18, "test": 9e18}]})",
        "test"));
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0], "0 training and 0 test images of 2 classes, from pets");
}

}  // namespace
}  // namespace cnnlab
