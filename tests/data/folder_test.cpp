#include "engine/data/folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"
#include "engine/data/data_spec.hpp"
#include "engine/data/folder_names.hpp"
#include "tests/errors.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

using test::expect_error;
using Paths = std::vector<std::string>;

FolderPlan plan(const Paths& paths, const datasets::Folder& spec = {}) {
    return plan_folder(paths, spec, "pets");
}

Paths chosen(const std::vector<FolderPlan::Picture>& pictures, const Paths& paths) {
    Paths result;
    for (const auto& [path, unused] : pictures) result.push_back(paths[path]);
    return result;
}

/// The page's tests hold it to the same file, which tests/data/fixtures/folder_split.py
/// computes from the paper on Philox.
TEST(FolderPlan, DividesAsItIsWrittenDown) {
    std::ifstream file(test::source_folder() / "tests/data/fixtures/folder_split.json");
    const Json fixture = Json::parse(file);
    const auto paths = fixture.at("paths").get<Paths>();
    for (const Json& wanted : fixture.at("cases")) {
        datasets::Folder spec;
        read_fields(wanted.at("spec"), spec, "spec");
        const FolderPlan found = plan(paths, spec);
        EXPECT_EQ(found.classes, fixture.at("classes").get<Paths>());
        for (const auto& [split, pictures] : {std::pair{"train", &found.train}, {"test", &found.test}}) {
            Paths expected;
            for (const auto& path : wanted.at(split).get<Paths>())
                expected.push_back(fixture.at("root").get<std::string>() + "/" + path);
            EXPECT_EQ(chosen(*pictures, paths), expected) << wanted.at("spec") << " " << split;
        }
        for (const auto& [path, label] : found.train)
            EXPECT_NE(paths[path].find(found.classes[static_cast<size_t>(label)]), std::string::npos);
    }
}

TEST(FolderPlan, IsTheSameForPathsInAnyOrder) {
    Paths paths;
    for (const char* name : {"b", "a"})
        for (int i = 0; i < 9; ++i) paths.push_back(std::string(name) + "/" + std::to_string(i) + ".png");
    const FolderPlan first = plan(paths);
    Paths turned(paths.rbegin(), paths.rend());
    EXPECT_EQ(chosen(plan(turned).test, turned), chosen(first.test, paths));
    EXPECT_EQ(first.test.size(), 4U);
}

/// Says of which test images, notes and unused files a layout is.
struct Layout {
    FolderPlan plan;
    Paths paths;

    explicit Layout(Paths all, const datasets::Folder& spec = {}, std::span<const LabelTable> tables = {})
        : plan(cnnlab::plan_folder(all, spec, "pets", {}, tables)), paths(std::move(all)) {}

    [[nodiscard]] Paths train() const { return chosen(plan.train, paths); }
    [[nodiscard]] Paths test() const { return chosen(plan.test, paths); }
    /// "PATH: REASON" of each.
    [[nodiscard]] Paths unused() const {
        Paths lines;
        for (const UnusedFiles& one : plan.report.unused)
            lines.push_back(one.path + (one.files > 1 ? "×" + std::to_string(one.files) : "") + ": " +
                            one.reason.english());
        std::sort(lines.begin(), lines.end());
        return lines;
    }
    [[nodiscard]] std::string notes() const {
        std::string text;
        for (const Message& note : plan.report.notes) text += note.english() + "\n";
        return text;
    }
};

void expect_words(const std::string& text, std::initializer_list<const char*> words) {
    for (const char* word : words)
        EXPECT_NE(text.find(word), std::string::npos) << text << "\nlacks " << word;
}

template <class... Words>
void wrong(const Paths& paths, const datasets::Folder& spec, const Words&... words) {
    expect_error(
        ErrorCode::missing_data, [&] { (void)plan(paths, spec); }, words...);
}

/// Two pictures of each class in each of these folders.
Paths in_folders(const Paths& folders, const Paths& classes = {"cats", "dogs"}) {
    Paths paths;
    for (const std::string& folder : folders)
        for (const std::string& name : classes)
            for (const char* number : {"1", "2"})
                paths.push_back((folder.empty() ? "" : folder + "/") + name + "/" + number + ".png");
    return paths;
}
Paths operator+(Paths one, const Paths& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

TEST(FolderLayout, TrainAndTestAreTakenAsTheyAre) {
    const Layout found({"p/Train/a/1", "p/Train/b/2", "p/TEST/b/3", "p/TEST/a/4", "p/Train/read.me"});
    EXPECT_EQ(found.plan.classes, (Paths{"a", "b"}));
    EXPECT_EQ(found.train(), (Paths{"p/Train/a/1", "p/Train/b/2"}));
    EXPECT_EQ(found.test(), (Paths{"p/TEST/a/4", "p/TEST/b/3"}));
    EXPECT_EQ(found.unused(), (Paths{"p/Train/read.me: is no picture"}));
    expect_words(found.notes(), {"Train/ is the training split, TEST/ the test split"});
}

/// Every pair of names that people give to the two splits.
TEST(FolderLayout, SplitsInAllTheirSpellings) {
    const std::vector<std::pair<const char*, const char*>> pairs{{"train", "test"},
                                                                 {"train", "val"},
                                                                 {"train", "valid"},
                                                                 {"training", "validation"},
                                                                 {"training", "testing"},
                                                                 {"Training", "Testing"},
                                                                 {"TRAIN", "VAL"},
                                                                 {"seg_train", "seg_test"},
                                                                 {"train_set", "test_set"},
                                                                 {"training_set", "test-set"},
                                                                 {"TrainImages", "TestImages"},
                                                                 {"train2017", "val2017"},
                                                                 {"dataset_train", "dataset_eval"},
                                                                 {"training", "evaluation"},
                                                                 {"trainset", "testset"},
                                                                 {"entrenamiento", "prueba"},
                                                                 {"Entrenamiento", "Validación"},
                                                                 {"trainval", "test"},
                                                                 {"train (1)", "test (1)"},
                                                                 {"01-train", "02-dev"}};
    for (const auto& [train, test] : pairs) {
        for (const char* around : {"", "pets/", "a/b/"}) {
            const std::string first = std::string(around) + train, second = std::string(around) + test;
            const Layout found(in_folders({first, second}));
            EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"})) << first;
            EXPECT_EQ(found.train(), in_folders({first}));
            EXPECT_EQ(found.test(), in_folders({second}));
            EXPECT_TRUE(found.unused().empty());
        }
    }
}

TEST(FolderLayout, NamesThatTellOfNoSplit) {
    for (const char* name :
         {"trainers", "strain", "contest", "validity", "latest", "train-test-split", "values"})
        EXPECT_EQ(split_named(name).kind, SplitKind::none) << name;
    EXPECT_TRUE(split_named("training_images").whole);
    EXPECT_FALSE(split_named("seg_train").whole);
}

TEST(FolderLayout, ValidationIsTheTestSplitWhereThereIsNoOther) {
    const Paths three = in_folders({"train", "val", "test"});
    const Layout found(three);
    EXPECT_EQ(found.train(), in_folders({"train"}));
    EXPECT_EQ(found.test(), in_folders({"test"}));
    ASSERT_EQ(found.unused().size(), 1U);
    expect_words(found.unused()[0], {"val/×4", "validation split", "the field validation"});

    datasets::Folder spec;
    spec.validation = datasets::ValidationUse::test;
    EXPECT_EQ(Layout(three, spec).test(), in_folders({"val"}));
    expect_words(Layout(three, spec).unused().at(0), {"test/×4"});
    spec.validation = datasets::ValidationUse::train;
    EXPECT_EQ(Layout(three, spec).plan.train.size(), 8U);
    EXPECT_TRUE(Layout(three, spec).unused().empty());
    spec.validation = datasets::ValidationUse::unused;
    const Layout divided(in_folders({"train", "val"}), spec);
    EXPECT_EQ(divided.plan.train.size() + divided.plan.test.size(), 4U) << "train/ is divided";
    expect_words(divided.notes(), {"train/ is the training split; 20 % of each class"});
    expect_words(Layout(in_folders({"train", "val"})).notes(), {"val/ is taken as the test split"});
}

TEST(FolderLayout, FoldersAroundTheSplitsAndTheirClasses) {
    // as the archive of Intel's scenes has them, with pictures that nobody has labelled
    const Layout found(in_folders({"archive/seg_train/seg_train", "archive/seg_test/seg_test"}) +
                       Paths{"archive/seg_pred/seg_pred/10.jpg", "archive/seg_pred/seg_pred/11.jpg"});
    EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"}));
    EXPECT_EQ(found.plan.test.size(), 4U);
    EXPECT_EQ(found.unused(), (Paths{"archive/seg_pred/×2: lies beside the splits"}));
    // twice the same, as in a well-known archive of X-rays
    const Layout twice(in_folders({"x/train", "x/test", "x/x/train", "x/x/test"}));
    EXPECT_EQ(twice.test(), in_folders({"x/test"}));
    EXPECT_EQ(twice.unused(), (Paths{"x/x/×8: lies beside the splits"}));
}

TEST(FolderLayout, ATestFolderWithoutLabelsIsNoClass) {
    for (const char* inner : {"test/", "test/unknown/", "test/test/"}) {
        const Layout found(in_folders({"train"}) +
                           Paths{std::string(inner) + "1.jpg", std::string(inner) + "2.jpg"});
        EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"})) << inner;
        EXPECT_EQ(found.plan.train.size() + found.plan.test.size(), 4U);
        ASSERT_EQ(found.unused().size(), 1U);
        expect_words(found.unused()[0], {"test/×2", "nobody knows what its pictures show"});
    }
    const Layout both(in_folders({"train", "valid"}) + Paths{"test/1.jpg"});
    EXPECT_EQ(both.test(), in_folders({"valid"}));
}

TEST(FolderLayout, SplitsInsideTheClasses) {
    const Layout found({"cats/train/1.png", "cats/test/2.png", "dogs/train/1.png", "dogs/test/2.png"});
    EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"}));
    EXPECT_EQ(found.test(), (Paths{"cats/test/2.png", "dogs/test/2.png"}));
}

TEST(FolderLayout, ClassesWithTheNamesOfSplits) {
    const Paths vehicles = in_folders({""}, {"bus", "car", "train"});
    EXPECT_EQ(Layout(vehicles).plan.classes, (Paths{"bus", "car", "train"}));
    const Paths nested = in_folders({"bus", "train"}, {"new", "old"}) + in_folders({""}, {"car"});
    wrong(nested, {}, "train/ may be the training split or a class", "bus/", "layout");
    datasets::Folder spec;
    spec.layout = datasets::FolderMeaning::classes;
    EXPECT_EQ(Layout(nested, spec).plan.classes, (Paths{"bus", "car", "train"}));
    spec.layout = datasets::FolderMeaning::splits;
    EXPECT_EQ(Layout(nested, spec).plan.classes, (Paths{"new", "old"}));
    EXPECT_EQ(Layout(nested, spec).unused().size(), 2U);
    const Paths flat{"train/1.png", "train/2.png", "test/1.png", "test/2.png"};
    wrong(flat, {}, "pets/train: holds pictures, but no folders of classes", "layout");
    spec.layout = datasets::FolderMeaning::classes;
    EXPECT_EQ(Layout(flat, spec).plan.classes, (Paths{"test", "train"}));
}

TEST(FolderLayout, FoldersInsideAClassBelongToIt) {
    const Layout found({"cats/persian/1.png", "cats/siamese/1.png", "dogs/poodle/1.png", "dogs/2.png"});
    EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"}));
    expect_words(found.notes(), {"inside cats belong to that class: persian, siamese", "poodle"});
    datasets::Folder spec;
    spec.layout = datasets::FolderMeaning::deepest;
    spec.test_share = 0;
    EXPECT_EQ(Layout(found.paths, spec).plan.classes, (Paths{"dogs", "persian", "poodle", "siamese"}));
    // folders of years, people, cameras, …
    const Paths groups = in_folders({"2019", "2020"});
    wrong(groups, {}, "2019/ and 2020/ hold the same folders: cats, dogs", "deepest");
    EXPECT_EQ(Layout(groups, spec).plan.classes, (Paths{"cats", "dogs"}));
    EXPECT_EQ(Layout(groups, spec).plan.train.size(), 8U);
}

TEST(FolderLayout, EveryFileThatIsNotUsedIsListedWithItsReason) {
    const Layout found({"pets/1.png", "pets/2.PNG", "pets/labels.csv", "pets/cats/1.jpg", "pets/cats/2.JFIF",
                        "pets/cats/3.heic", "pets/dogs/1.webp", "pets/dogs/2.gif", "pets/dogs/notes.txt"});
    EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"}));
    EXPECT_EQ(found.unused(),
              (Paths{"pets/1.png: lies beside the folders of the classes",
                     "pets/2.PNG: lies beside the folders of the classes",
                     "pets/cats/3.heic: is HEIC, which is not read: convert it to JPEG or PNG",
                     "pets/dogs/notes.txt: is no picture", "pets/labels.csv: is no picture"}));
    // beside the folder that everything lies in, too
    const Layout beside(in_folders({"images"}) + Paths{"annotations/1.xml", "annotations/2.xml", "read.me"});
    EXPECT_EQ(beside.plan.classes, (Paths{"cats", "dogs"}));
    EXPECT_EQ(beside.unused(), (Paths{"annotations/×2: holds no pictures", "read.me: is no picture"}));
}

TEST(FolderLayout, AClassWithoutAPictureThatCanBeReadIsNamed) {
    wrong({"cats/1.png", "cats/2.png", "dogs/1.png", "dogs/2.png", "emus/IMG_0.HEIC", "emus/IMG_1.HEIC"}, {},
          "pets/emus: holds no picture that can be read: emus/IMG_0.HEIC", "JPEG or PNG");
    wrong({"cats/1.png", "cats/2.png", "dogs/1.TIF", "emus/a.txt"}, {}, "dogs/1.TIF, emus/a.txt");
    wrong({"train/cats/1.png", "train/dogs/1.png", "test/cats/1.png", "test/dogs/1.heic"}, {}, "test/dogs");
}

TEST(FolderLayout, WhatSystemsLeaveIsPassedOverInAnyCase) {
    const Layout found(in_folders({""}) +
                       Paths{"__MACOSX/cats/._1.png", "__macosx/x.png", "thumbs.db", "cats/Thumbs.DB",
                             "Desktop.ini", "dogs/desktop.INI", "cats/.DS_Store", ".git/config",
                             "dogs/._2.png", "@eaDir/cats/1.png", "$RECYCLE.BIN/1.png", "lost+found/",
                             "#recycle/cats/1.png", "Picasa.ini", "cats/.hidden/1.png", "Icon\r"});
    EXPECT_EQ(found.plan.classes, (Paths{"cats", "dogs"}));
    EXPECT_TRUE(found.unused().empty());
}

TEST(FolderLayout, OneNameOfAClassInAllItsSpellings) {
    // NFC and NFD: as Linux and as macOS write it
    const std::string one = "rat\u00f3n", two = "rato\u0301n";
    const Layout found(
        {"train/gato/1.png", "train/" + one + "/1.png", "test/gato/2.png", "test/" + two + "/2.png"});
    EXPECT_EQ(found.plan.classes, (Paths{"gato", one}));
    EXPECT_EQ(found.plan.test.size(), 2U);
    const Layout kanji(
        {"train/\u72ac/1.png", "train/\u304c/1.png", "test/\u72ac/2.png", "test/\u304b\u3099/2.png"});
    EXPECT_EQ(kanji.plan.test.size(), 2U);
    const Layout korean(
        {"train/a/1", "train/\ud55c\uae00/1", "test/a/2", "test/\u1112\u1161\u11ab\u1100\u1173\u11af/2"});
    EXPECT_EQ(korean.plan.test.size(), 2U);
    const Layout capitals(
        {"train/Cats/1", "train/\u00d1and\u00fa/1", "test/cats/2", "test/\u00f1and\u00fa/2"});
    EXPECT_EQ(capitals.plan.classes, (Paths{"Cats", "\u00d1and\u00fa"}));
    expect_words(capitals.notes(), {"Cats and cats are one class"});
    // letters of the alphabet, each with its capital, are classes of their own
    datasets::Folder spec;
    spec.test_share = 0;
    EXPECT_EQ(Layout({"A/1", "a/1"}, spec).plan.classes, (Paths{"A", "a"}));
    EXPECT_EQ(Layout({"train/A/1", "train/a/1", "test/A/2", "test/a/2"}).plan.classes, (Paths{"A", "a"}));
    // in one folder, as two archives put them there
    EXPECT_EQ(Layout({"x/1", "x/2", two + "/1", one + "/2"}).plan.classes, (Paths{one, "x"}));
}

TEST(FolderLayout, ClassesOfOneSplitOnlyAreNamedWithBothLists) {
    wrong({"train/a/1", "train/b/1", "test/a/1", "test/c/1"}, {}, "train/ has what test/ lacks: b",
          "train/ has the classes a, b", "test/ has a, c");
    wrong({"train/a/1", "train/b/1", "train/z/1", "test/a/1", "test/b/1"}, {}, "lacks: z", "a, b, z");
    wrong({"train/a/1", "train/b/1", "test/a/1", "test/b/1", "test/c/1"}, {},
          "test/ has what train/ lacks: c");
}

TEST(FolderLayout, TheClassesOfARunStayWhatTheyAre) {
    const Paths known{"b", "a", "c"};
    const Paths paths{"train/a/1", "train/b/1", "test/a/2"};
    const FolderPlan found = plan_folder(paths, {}, "pets", known);
    EXPECT_EQ(found.classes, known);
    ASSERT_EQ(found.test.size(), 1U);
    EXPECT_EQ(found.test[0].label, 1);
    const Paths other{"train/a/1", "train/x/1", "test/a/2"};
    expect_error(
        ErrorCode::missing_data, [&] { (void)plan_folder(other, {}, "pets", known); },
        "pets/train/x: is no class of the run", "b, a, c");
}

TEST(FolderLayout, LayoutsThatItDoesNotTake) {
    wrong({}, {}, "pets: holds 0 class folders", "two sub-folders");
    wrong({"1.png", "2.png"}, {}, "holds 0 class folders");
    wrong({"a/1.png", "a/2.png"}, {}, "pets: holds the folder of one class only, \"a\"");
    wrong({"a/1", "a/2", "b/"}, {}, "pets/b: holds no images");
    wrong({"a/1", "a/2", "b/1"}, {}, "pets/b: holds a single image", "test_share");
    wrong(in_folders({"val", "test"}), {}, "no folder of the training split");
    wrong(in_folders({"train", "training", "test"}), {}, "train/ and training/ tell of the same split");
    wrong({std::string(200, '/') + "a/1.png"}, {}, "pets: holds the folder of one class");
    std::string deep;
    for (int i = 0; i < 50; ++i) deep += "x/";
    wrong({deep + "1.png"}, {}, "lies more than 32 folders deep");
    datasets::Folder spec;
    spec.layout = datasets::FolderMeaning::splits;
    wrong(in_folders({""}), spec, "no folder of the training split");
    spec.size = 2;
    expect_error(
        ErrorCode::out_of_range,
        [&] {
            (void)plan({"a/1", "b/1"}, spec);
        },
        "data.size");
}

/// A plan with tables, by their paths.
Layout with_tables(Paths paths, const std::map<std::string, std::string>& texts) {
    std::vector<LabelTable> tables;
    for (const auto& [path, text] : texts) paths.push_back(path);
    for (const size_t path : label_tables(paths)) tables.push_back({path, texts.at(paths[path])});
    datasets::Folder spec;
    spec.test_share = 0;
    return Layout(std::move(paths), spec, tables);
}

TEST(FolderLayout, LabelsInATable) {
    // Kaggle: names without suffix, test pictures without labels, a sample of what to hand in
    const Layout dogs =
        with_tables({"k/train/a1.jpg", "k/train/b2.jpg", "k/train/c3.jpg", "k/test/d4.jpg"},
                    {{"k/labels.csv", "id,breed\na1,poodle\nb2,\"collie, rough\"\nc3,poodle\n"},
                     {"k/sample_submission.csv", "id,poodle,collie\nd4,0.5,0.5\n"}});
    EXPECT_EQ(dogs.plan.classes, (Paths{"collie, rough", "poodle"}));
    EXPECT_EQ(dogs.train(), (Paths{"k/train/b2.jpg", "k/train/a1.jpg", "k/train/c3.jpg"}));
    EXPECT_EQ(dogs.unused(),
              (Paths{"k/sample_submission.csv: is no picture",
                     "k/test/: has no folders of classes, so nobody knows what its pictures show"}));
    expect_words(dogs.notes(), {"k/labels.csv has the labels of 3 pictures"});
    // Roboflow: a table in each split, a column a class
    const Layout robo =
        with_tables({"train/1.jpg", "train/2.jpg", "valid/3.jpg", "valid/4.jpg"},
                    {{"train/_classes.csv", "filename, cat, dog\r\n1.jpg, 1, 0\r\n2.jpg, 0, 1\r\n"},
                     {"valid/_classes.csv", "filename, cat, dog\n3.jpg, 0, 1\n4.jpg, 1, 0\n"}});
    EXPECT_EQ(robo.plan.classes, (Paths{"cat", "dog"}));
    EXPECT_EQ(robo.test(), (Paths{"valid/4.jpg", "valid/3.jpg"}));
    // one folder of pictures, a table of each split, semicolons, labels that are names of pictures, too
    const Layout two =
        with_tables({"images/0.png", "images/1.png", "images/2.png", "images/3.png", "images/9.png"},
                    {{"train.csv", "\xef\xbb\xbflabel;file\n0;images/0.png\n1;images\\1.png\n"},
                     {"test.csv", "label;file\n1;2.png\n0;3.png\n"}});
    EXPECT_EQ(two.plan.classes, (Paths{"0", "1"}));
    EXPECT_EQ(two.test(), (Paths{"images/3.png", "images/2.png"}));
    EXPECT_EQ(two.unused(), (Paths{"images/9.png: has no label in the table"}));
    // no header; a label that is no name of a folder
    EXPECT_EQ(with_tables({"a.png", "b.png"}, {{"l.tsv", "a.png\tx/y\nb.png\tz\n"}}).plan.classes,
              (Paths{"x\u2215y", "z"}));
    // where folders are the classes a table is nothing
    EXPECT_EQ(with_tables(in_folders({""}), {{"labels.csv", "file,label\ncats/1.png,x\n"}}).plan.classes,
              (Paths{"cats", "dogs"}));
    expect_error(
        ErrorCode::missing_data,
        [] {
            with_tables({"a.png", "b.png"},
                        {{"1.csv", "f,label\na.png,x\nb.png,y\n"}, {"2.csv", "f,label\na.png,z\n"}});
        },
        "pets/a.png: has two labels, x and z");
}

TEST(FolderLayout, BadPicturesAreNamedAllAtOnceOrLeftOut) {
    const Paths paths{"a/1", "a/2", "a/3", "b/1", "b/2", "b/3"};
    datasets::Folder spec;
    spec.test_share = 0;
    const std::vector<BadPicture> bad{{1, "is truncated"}, {5, "is empty"}};
    FolderPlan found = plan(paths, spec);
    expect_error(
        ErrorCode::bad_file, [&] { leave_out(found, bad, paths, spec, "pets"); }, "pets: 2 pictures",
        "a/2 is truncated; b/3 is empty", "skip_bad");
    spec.skip_bad = true;
    leave_out(found, bad, paths, spec, "pets");
    EXPECT_EQ(chosen(found.train, paths), (Paths{"a/1", "a/3", "b/1", "b/2"}));
    ASSERT_EQ(found.report.unused.size(), 2U);
    EXPECT_EQ(found.report.unused[1].path, "b/3");
    EXPECT_EQ(found.report.unused[1].reason.english(), "cannot be read: is empty");
    const std::vector<BadPicture> all{{0, "x"}, {2, "x"}};
    expect_error(
        ErrorCode::missing_data, [&] { leave_out(found, all, paths, spec, "pets"); }, "pets/a",
        "no picture left");
}

TEST(LimitedImages, AreSpreadOverClassesThatLieOneAfterTheOther) {
    using Indices = std::vector<size_t>;
    std::vector<int32_t> sorted;
    for (const int count : {100, 10, 10})
        sorted.insert(sorted.end(), static_cast<size_t>(count), sorted.empty() ? 0 : sorted.back() + 1);
    EXPECT_EQ(limited_images(sorted, 3), (Indices{0, 100, 110}));
    EXPECT_EQ(limited_images(sorted, 2), (Indices{0, 100}));
    EXPECT_EQ(limited_images(sorted, 1), (Indices{0}));
    const Indices twelve = limited_images(sorted, 12);
    EXPECT_EQ(twelve.size(), 12U);
    EXPECT_EQ(std::count_if(twelve.begin(), twelve.end(), [](size_t i) { return i < 100; }), 8);
    EXPECT_TRUE(std::is_sorted(twelve.begin(), twelve.end()));
    EXPECT_EQ(limited_images(sorted, 120).size(), 120U);
    EXPECT_EQ(limited_images(sorted, 119).size(), 119U);
    EXPECT_EQ(limited_images(std::vector<int32_t>{1, 0, 1, 0}, 2), (Indices{0, 1})) << "mixed: the first";
    EXPECT_TRUE(limited_images({}, 4).empty());
}

TEST(LimitedImages, AreWhatAnExperimentTrainsOn) {
    Dataset data;
    data.card = find_card("folder");
    data.card.image = ImageShape(1, 1, 3);
    for (int i = 0; i < 6; ++i) {
        data.train.labels.push_back(i / 3);
        data.train.images.insert(data.train.images.end(), 3, static_cast<uint8_t>(i));
    }
    DataSpec spec;
    spec.train_limit = 4;
    apply_data_spec(spec, data);
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 0, 1, 1}));
    EXPECT_EQ(data.train.images, (std::vector<uint8_t>{0, 0, 0, 1, 1, 1, 3, 3, 3, 4, 4, 4}));
}

TEST(FolderCard, SaysWhatThePicturesAre) {
    datasets::Folder spec;
    spec.size = Pair(4, 5);
    spec.grey = true;
    const Split train{std::vector<uint8_t>(40, 51), {0, 1}}, test{std::vector<uint8_t>(20, 0), {1}};
    const DatasetCard card = folder_card(spec, {"a", "b"}, train, test);
    EXPECT_EQ(card.image.count(), 20);
    EXPECT_EQ(card.mean, std::vector<float>{0.2F});
    EXPECT_EQ(card.stddev, std::vector<float>{1.0F / 255.0F}) << "one flat colour has one to divide by";
    EXPECT_EQ(card.train_count, 2);
    EXPECT_EQ(card.test_count, 1);
}

}  // namespace
}  // namespace cnnlab
