// Tables that say what pictures show, as people and programs write them.

#include "engine/data/label_table.hpp"

#include <gtest/gtest.h>

#include "engine/data/folder.hpp"
#include "engine/data/plain_text.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using test::expect_error;
using Paths = std::vector<std::string>;

/// The notes and unused files of a folder, a line each.
std::string told(const DataReport& report) {
    std::string text;
    for (const Message& note : report.notes) text += note.english() + "\n";
    for (const UnusedFiles& one : report.unused) text += one.path + ": " + one.reason.english() + "\n";
    return text;
}

/// A folder with one table, whose path comes last.
FolderPlan plan_with(Paths paths, const std::string& text, const std::string& table = "labels.csv") {
    paths.push_back(table);
    const std::vector<LabelTable> tables{{paths.size() - 1, text}};
    datasets::Folder spec;
    spec.test_share = 0;
    return plan_folder(paths, spec, "pets", {}, tables);
}

const Paths four{"1.png", "2.png", "3.png", "4.png"};

TEST(PlainText, IsUtf8WithLines) {
    EXPECT_EQ(plain_text("a\r\nb\rc\n"), "a\nb\nc\n");
    EXPECT_EQ(plain_text("\xEF\xBB\xBFx"), "x");
    using namespace std::string_literals;
    EXPECT_EQ(plain_text("\xFF\xFEn\0\xE4\0\x3D\xD8\x31\xDC\n\0"s), "nä\U0001F431\n");
    EXPECT_EQ(plain_text("\xFE\xFF\0n\0\xE4\xD8\x3D\xDC\x31"s), "nä\U0001F431");
    EXPECT_EQ(plain_text("\xFF\xFE\x3D\xD8x\0"s), "\uFFFDx");     // half of a pair
    EXPECT_EQ(plain_text("rat\xF3n \x80\x81"), "ratón €\u0081");  // Windows-1252
    EXPECT_EQ(separator_in("a|b|c,d\n,,,,"), '|');
}

TEST(LabelTable, AColumnOfSplitsIsHeeded) {
    const FolderPlan plan = plan_with(
        four, "filename,label,split\n1.png,cat,train\n2.png,dog,train\n3.png,cat,test\n4.png,dog,test\n");
    EXPECT_EQ(plan.classes, (Paths{"cat", "dog"}));
    EXPECT_EQ(plan.train.size(), 2U);
    ASSERT_EQ(plan.test.size(), 2U);
    EXPECT_EQ(plan.test[0].path, 2U);
    EXPECT_NE(told(plan.report).find("its column split says which are training"), std::string::npos)
        << told(plan.report);
}

TEST(LabelTable, SaysWhichOfTwoColumnsHasTheLabels) {
    const FolderPlan plan = plan_with(
        four, "file,label,breed\n1.png,cat,tabby\n2.png,dog,collie\n3.png,cat,manx\n4.png,dog,pug\n");
    EXPECT_EQ(plan.classes, (Paths{"cat", "dog"}));
    EXPECT_NE(told(plan.report).find("in its column label; not used: breed"), std::string::npos)
        << told(plan.report);
    // a class's number beside its name says nothing more
    EXPECT_EQ(
        told(
            plan_with(four, "file,label,number\n1.png,cat,0\n2.png,dog,1\n3.png,cat,0\n4.png,dog,1\n").report)
            .find("not used"),
        std::string::npos);
}

TEST(LabelTable, NamesWhatIsMissingAndWhatHasNoLabel) {
    const FolderPlan plan =
        plan_with({"1.png", "4.png", "3.png", "2.png", "5.png"},
                  "file,label\n1.png,cat\n2.png,dog \n3.png,\"cat \"\n4.png,\n5.png,dog\nx.png,cat\n");
    EXPECT_EQ(plan.classes, (Paths{"cat", "dog"}));
    const std::string text = told(plan.report);
    EXPECT_NE(text.find("not found: x.png"), std::string::npos) << text;
    EXPECT_NE(text.find("names 1 picture without a label: 4.png"), std::string::npos) << text;
    EXPECT_NE(text.find("4.png: has no label in the table"), std::string::npos) << text;
}

TEST(LabelTable, UnusedPicturesAreInOrder) {
    const FolderPlan plan = plan_with({"1.png", "4.png", "9.png", "3.png", "2.png", "7.png"},
                                      "file,label\n1.png,cat\n2.png,dog\n3.png,cat\n");
    ASSERT_EQ(plan.report.unused.size(), 3U);
    EXPECT_EQ(plan.report.unused[0].path, "4.png");
    EXPECT_EQ(plan.report.unused[2].path, "9.png");
}

TEST(LabelTable, OfAnyOldProgram) {
    for (const char* text : {"file|label\r1.png|cat\r2.png|dog\r3.png|cat\r4.png|dog\r",
                             "file\tlabel\n1\tcat\n2\tdog\n3\tcat\n4\tdog"})
        EXPECT_EQ(plan_with(four, text).classes, (Paths{"cat", "dog"})) << text;
}

TEST(LabelTable, ThatSaysNoLabelsIsNamed) {
    // several labels a picture
    expect_error(
        ErrorCode::missing_data,
        [] { (void)plan_with(four, "file,cat,dog\n1.png,1,1\n2.png,0,1\n3.png,0,0\n4.png,1,0\n"); },
        "labels.csv does not say", "names 4 of 4 pictures", "2 columns that may be the labels",
        "named label");
    expect_error(
        ErrorCode::missing_data, [] { (void)plan_with(four, "file,label\na.png,cat\nb.png,dog\n"); },
        "labels.csv does not say", "names 0 of 4 pictures");
}

TEST(LabelTable, ClassesThatLookAlikeAreSaid) {
    const auto text = [](const std::string& a, const std::string& b) {
        return told(plan_folder(Paths{a + "/1.png", a + "/2.png", b + "/1.png", b + "/2.png"}, {}).report);
    };
    EXPECT_NE(text("Cats", "cats").find("Cats and cats are two classes"), std::string::npos)
        << text("Cats", "cats");
    EXPECT_NE(text("cats", "cats ").find("look alike"), std::string::npos);
    EXPECT_EQ(text("cats", "dogs").find("look alike"), std::string::npos);
}

}  // namespace
}  // namespace cnnlab
