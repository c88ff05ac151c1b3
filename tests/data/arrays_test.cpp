#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/data/dataset_reader.hpp"
#include "engine/data/npy.hpp"
#include "engine/data/pickle.hpp"
#include "engine/data/table.hpp"
#include "tests/errors.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using Paths = std::vector<std::string>;
using test::expect_error;

/// A file that tests/data/fixtures/make_arrays.py has written.
Bytes fixture(const std::string& name) {
    std::ifstream file(test::source_folder() / "tests/data/fixtures/arrays" / name, std::ios::binary);
    EXPECT_TRUE(file.good()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The pixels of its four images.
const Bytes small{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33};

ImageArray images(const std::string& name, int64_t count = 4) {
    PixelRange range;
    return images_of(read_npy(fixture(name), name), count, range, name);
}

TEST(Npy, ReadsEveryTypeAndOrder) {
    for (const char* type : {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "fortran",
                             "big_endian", "rows", "shares"}) {
        const ImageArray found = images(type + std::string(".npy"));
        EXPECT_EQ(found.shape, ImageShape(2, 2, 1)) << type;
        EXPECT_EQ(found.pixels, small) << type;
    }
    EXPECT_EQ(images("boolean.npy").pixels,
              (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}));
}

TEST(Npy, FindsTheChannelsAndTheImages) {
    for (const char* name : {"channels_first.npy", "channels_last.npy", "images_last.npy"}) {
        const ImageArray found = images(name);
        EXPECT_EQ(found.shape, ImageShape(2, 2, 3)) << name;
        ASSERT_EQ(found.pixels.size(), 3 * small.size());
        for (size_t i = 0; i < found.pixels.size(); ++i)
            EXPECT_EQ(found.pixels[i], small[i / 3] + 100 * (i % 3)) << name;
    }
}

/// Without values nothing bounds the other extents.
TEST(Npy, RefusesArraysWithoutImagesWhateverTheirShape) {
    constexpr int64_t most = 4294967295;
    for (const std::vector<int64_t>& shape :
         {std::vector<int64_t>{0, most, most}, {most, most, 0, most}, {0, most}}) {
        PixelRange range;
        Array array;
        array.shape = shape;
        EXPECT_EQ(array.count(), 0);
        expect_error(
            ErrorCode::bad_file, [&] { (void)images_of(array, 0, range, "none"); }, "none",
            array.shape_text());
    }
}

TEST(Npy, ReadsLabels) {
    for (const char* name : {"labels.npy", "labels_column.npy", "labels_one_hot.npy"})
        EXPECT_EQ(labels_of(read_npy(fixture(name), name), name).numbers, (std::vector<int64_t>{0, 1, 2, 1}))
            << name;
    EXPECT_EQ(labels_of(read_npy(fixture("labels_names.npy"), ""), "").names,
              (std::vector<std::string>{"ratón", "gato", "pez", "gato"}));
    expect_error(
        ErrorCode::bad_file, [] { (void)labels_of(read_npy(fixture("u1.npy"), "a"), "a"); }, "4×2×2");
    expect_error(
        ErrorCode::bad_file, [] { (void)labels_of(read_npy(fixture("shares.npy"), "a"), "a"); }, "labels");
}

TEST(Npy, RefusesWhatIsNoArrayOfNumbers) {
    const auto reading = [](const Bytes& bytes) { return [bytes] { (void)read_npy(bytes, "a.npy"); }; };
    expect_error(ErrorCode::bad_file, reading(fixture("objects.npy")), "a.npy", "Python objects");
    expect_error(ErrorCode::bad_file, reading(fixture("records.npy")), "records");
    expect_error(ErrorCode::bad_file, reading({}), "no file of a NumPy array");
    Bytes cut = fixture("u1.npy");
    cut.pop_back();
    expect_error(ErrorCode::bad_file, reading(cut), "ends before");
    Bytes longer = fixture("u1.npy");
    longer.push_back(0);
    expect_error(ErrorCode::bad_file, reading(longer), "1 bytes after");
    // every prefix is refused, and none is read beyond
    const Bytes whole = fixture("fortran.npy");
    for (size_t length = 0; length < whole.size(); ++length)
        expect_error(ErrorCode::bad_file,
                     reading({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}), "a.npy");
}

/// Reads the fixtures as if they lay under these paths.
Dataset read(const Paths& paths, const std::map<std::string, std::string>& files,
             const datasets::Folder& own = {}) {
    const auto reader = DatasetReader::recognise(paths, own);
    if (!reader) throw std::runtime_error("not recognised");
    for (const size_t i : reader->files()) reader->add(fixture(files.at(paths[i])));
    return reader->finish();
}

TEST(OwnData, NumPyArraysByTheirUsualNames) {
    const Dataset data = read(
        {"mnist.npz/x_test.npy", "mnist.npz/x_train.npy", "mnist.npz/y_test.npy", "mnist.npz/y_train.npy"},
        {{"mnist.npz/x_test.npy", "rows.npy"},
         {"mnist.npz/x_train.npy", "f8.npy"},
         {"mnist.npz/y_test.npy", "labels_column.npy"},
         {"mnist.npz/y_train.npy", "labels.npy"}});
    EXPECT_EQ(data.card.title, "mnist");
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"0", "1", "2"}));
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 1, 1, 2}));
    EXPECT_EQ(data.train.images[4], 10);
    EXPECT_EQ(data.train.images[8], 30);
    EXPECT_EQ(data.test.count(), 4);
}

TEST(OwnData, NamedArraysAreDividedWithoutATest) {
    datasets::Folder own;
    own.test_share = 0.5F;
    own.arrays = {"pictures", "kinds"};
    const Paths paths{"a/pictures.npy", "a/kinds.npy"};
    const std::map<std::string, std::string> files{{"a/pictures.npy", "u1.npy"},
                                                   {"a/kinds.npy", "labels_names.npy"}};
    const Dataset data = read(paths, files, own);
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"gato", "pez", "ratón"}));
    // a class of one image keeps it for training
    EXPECT_EQ(data.train.count(), 3);
    EXPECT_EQ(data.test.labels, std::vector<int32_t>{0});
    expect_error(
        ErrorCode::missing_data, [&] { (void)read(paths, files); }, "dataset.arrays", "pictures");
    own.arrays = {"pictures", "kind"};
    expect_error(
        ErrorCode::unknown_name, [&] { (void)read(paths, files, own); }, "kinds");
}

TEST(OwnData, Tables) {
    const Dataset header =
        read({"k/fashion-mnist_train.csv", "k/fashion-mnist_test.csv"},
             {{"k/fashion-mnist_train.csv", "header.csv"}, {"k/fashion-mnist_test.csv", "header.csv"}});
    EXPECT_EQ(header.card.image, ImageShape(2, 2, 1));
    EXPECT_EQ(header.train.labels, (std::vector<int32_t>{0, 1, 1, 2}));
    EXPECT_EQ(header.train.images, header.test.images);
    EXPECT_EQ(header.train.images[3], 3);
    PixelRange range;
    const OwnSplit names = read_table(fixture("names_last.csv"), range, "t");
    EXPECT_EQ(names.labels.names, (std::vector<std::string>{"ratón", "gato", "pez", "gato"}));
    EXPECT_EQ(names.images.pixels, small);
}

TEST(OwnData, ATestTableWithoutLabelsIsLeftOut) {
    const auto reader = DatasetReader::recognise(Paths{"train.csv", "test.csv"});
    ASSERT_TRUE(reader);
    reader->add(fixture("header.csv"));
    const std::string test = "pixel0,pixel1,pixel2,pixel3\n1,2,3,4\n";
    reader->add(Bytes(test.begin(), test.end()));
    const Dataset data = reader->finish();
    EXPECT_EQ(data.train.count() + data.test.count(), 4);
    ASSERT_EQ(data.report.unused.size(), 1U);
    EXPECT_EQ(data.report.unused[0].path, "test.csv");
}

TEST(OwnData, FieldsOfFoldersAreSaidToBeOfNoUse) {
    datasets::Folder own;
    own.size = {8};
    own.skip_bad = true;
    own.layout = datasets::FolderMeaning::classes;
    const Dataset data = read({"a.csv"}, {{"a.csv", "header.csv"}}, own);
    std::string notes;
    for (const Message& note : data.report.notes) notes += note.english() + "\n";
    for (const char* field : {"field size ", "field layout ", "field skip_bad "})
        EXPECT_NE(notes.find(field), std::string::npos) << notes;
    EXPECT_EQ(notes.find("test_share"), std::string::npos) << "what is divided has a use for it";
}

TEST(OwnData, TablesNameTheLineThatIsWrong) {
    const auto reading = [](const std::string& text) {
        return [text] {
            PixelRange range;
            (void)read_table(Bytes(text.begin(), text.end()), range, "a.csv");
        };
    };
    expect_error(ErrorCode::bad_file, reading("1,2,3,4,5\n\n1,2,3,x,5\n"), "a.csv", "line 3, column 4", "x");
    expect_error(ErrorCode::bad_file, reading("1,2,3,4,5\n1,2,3,4\n"), "line 2 has 4 columns instead of 5");
    expect_error(ErrorCode::bad_file, reading("1,2,3,4\n"), "4 pixels a line and no label");
    expect_error(ErrorCode::bad_file, reading("1,2,3,4,5,6\n"), "no square");
    expect_error(ErrorCode::bad_file, reading("a,b,c,d,e\n1,2,3,4,5\n"), "no column for the label");
    expect_error(ErrorCode::bad_file, reading("label,p0,p1,p2,p3\n1,2,3,4,5\n,2,3,4,5\n"),
                 "line 3 has no label");
    expect_error(ErrorCode::bad_file, reading("id,label,p0,p1,p2,p3,usage\n1,0,2,3,4,5,train\n"), "no square",
                 "\"id\", \"usage\" may be none");
    expect_error(ErrorCode::bad_file, reading("1,2,3,4,256\n"), "0 to 256");
    expect_error(ErrorCode::bad_file, reading("1,2,3,4,-1\n"), "from -1");
    expect_error(ErrorCode::bad_file, reading(""), "empty");
}

TEST(OwnData, CifarForPython) {
    const std::string folder = "cifar-10-batches-py/";
    const Dataset ten = read({folder + "test_batch", folder + "batches.meta", folder + "data_batch_1"},
                             {{folder + "test_batch", "test_batch"},
                              {folder + "batches.meta", "batches.meta"},
                              {folder + "data_batch_1", "data_batch_1"}});
    EXPECT_EQ(ten.card.classes[9], "truck");
    ASSERT_EQ(ten.report.notes.size(), 1U);
    EXPECT_EQ(ten.report.notes[0].english(), "only 1 of its 5 files of training images are there");
    EXPECT_EQ(ten.train.labels, (std::vector<int32_t>{3, 4}));
    EXPECT_EQ(ten.test.labels, std::vector<int32_t>{9});
    ASSERT_EQ(ten.train.images.size(), 6144U);
    EXPECT_EQ(Bytes(ten.train.images.begin(), ten.train.images.begin() + 6), (Bytes{101, 102, 103, 1, 2, 3}));
    EXPECT_EQ(Bytes(ten.test.images.begin(), ten.test.images.begin() + 3), (Bytes{121, 122, 123}));

    const Paths paths{"meta", "test", "train"};
    const std::map<std::string, std::string> files{{"meta", "meta"}, {"test", "test"}, {"train", "train"}};
    EXPECT_EQ(read(paths, files).card.classes, (std::vector<std::string>{"apple", "bee", "cup"}));
    datasets::Folder own;
    own.labels = "coarse";
    const Dataset coarse = read(paths, files, own);
    EXPECT_EQ(coarse.card.classes, (std::vector<std::string>{"fruit", "insects"}));
    EXPECT_EQ(coarse.train.labels, (std::vector<int32_t>{0, 1}));
    own.labels = "rough";
    expect_error(
        ErrorCode::unknown_name, [&] { (void)read(paths, files, own); }, "dataset.labels");
    expect_error(
        ErrorCode::missing_data,
        [] {
            (void)DatasetReader::recognise(Paths{"data_batch_1", "test_batch"});
        },
        "batches.meta");
}

TEST(OwnData, MatlabFilesThatTheDriverCannotOpen) {
    const auto recognise = [](const Paths& paths) {
        return [paths] { (void)DatasetReader::recognise(paths); };
    };
    expect_error(ErrorCode::unsupported, recognise({"readme.txt", "svhn/train_32x32.mat"}),
                 "svhn/train_32x32.mat", "is a MATLAB file", "save its arrays as .npz");
    // labels of something else beside pictures
    EXPECT_EQ(DatasetReader::recognise(Paths{"a/1.jpg", "b/1.jpg", "imagelabels.mat"}), nullptr);
}

TEST(OwnData, SvhnByTheArraysOfItsFiles) {
    // X [1, 1, 3, 2] and y [2, 1], as MATLAB orders them
    const auto npy = [](const std::string& shape, const Bytes& numbers) {
        std::string text = "{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + ", }\n";
        Bytes bytes{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<uint8_t>(text.size()), 0};
        bytes.insert(bytes.end(), text.begin(), text.end());
        bytes.insert(bytes.end(), numbers.begin(), numbers.end());
        return bytes;
    };
    const Paths paths{"test_32x32.mat/X.npy", "test_32x32.mat/y.npy", "train_32x32 (1).mat/X.npy",
                      "train_32x32 (1).mat/y.npy"};
    const auto reader = DatasetReader::recognise(paths);
    ASSERT_NE(reader, nullptr);
    EXPECT_EQ(reader->files(), (std::vector<size_t>{2, 3, 0, 1}));
    reader->add(npy("(1, 1, 3, 2)", {1, 2, 3, 4, 5, 6}));
    reader->add(npy("(2, 1)", {10, 9}));
    reader->add(npy("(1, 1, 3, 2)", {7, 8, 9, 250, 251, 252}));
    reader->add(npy("(2, 1)", {1, 10}));
    const Dataset data = reader->finish();
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 9}));
    EXPECT_EQ(data.train.images, (Bytes{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(data.test.images, (Bytes{250, 251, 252, 7, 8, 9}));
    expect_error(
        ErrorCode::missing_data, [&] { (void)DatasetReader::recognise(std::span(paths).first(2)); },
        "train_32x32.mat", "is missing");
}

TEST(Pickle, ExecutesNothing) {
    const auto reading = [](const Bytes& bytes) { return [bytes] { (void)read_pickle(bytes, "p"); }; };
    expect_error(ErrorCode::bad_file, reading(fixture("global.pickle")), "asks for");
    const Bytes whole = fixture("batches.meta");
    for (size_t length = 0; length < whole.size(); ++length)
        expect_error(ErrorCode::bad_file,
                     reading({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}), "p");
    expect_error(ErrorCode::bad_file, reading({0x80, 4, '.'}), "protocol 2");
    // a mark whose values another opcode has taken: found by libFuzzer
    expect_error(ErrorCode::bad_file, reading({0x80, 2, ']', 'K', 1, '(', 'a', 't', '.'}), "no pickle");
    expect_error(ErrorCode::bad_file, reading({0x80, 2, 'i', '.'}), "opcode 0x69 at byte 2");
    // tuples in tuples, which would be freed by recursion
    Bytes deep{0x80, 2, 'N'};
    deep.insert(deep.end(), 100000, 0x85);
    deep.push_back('.');
    expect_error(ErrorCode::bad_file, reading(deep), "lists in lists");
}

TEST(OwnData, RecordsOfCifar100AndStl10) {
    const Paths paths{"train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt"};
    const auto hundred = DatasetReader::recognise(paths);
    ASSERT_NE(hundred, nullptr);
    Bytes record{1, 2};
    for (int c = 1; c <= 3; ++c) record.insert(record.end(), 1024, static_cast<uint8_t>(c));
    hundred->add(record);
    record[1] = 0;
    hundred->add(record);
    const std::string names = "apple\nbee\r\ncup\n";
    hundred->add(Bytes(names.begin(), names.end()));
    hundred->add({'a', '\n', 'b'});
    const Dataset data = hundred->finish();
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"apple", "bee", "cup"}));
    EXPECT_EQ(data.train.labels, std::vector<int32_t>{2});
    EXPECT_EQ(data.test.labels, std::vector<int32_t>{0});
    EXPECT_EQ(Bytes(data.train.images.begin(), data.train.images.begin() + 4), (Bytes{1, 2, 3, 1}));

    const auto stl =
        DatasetReader::recognise(Paths{"train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin"});
    ASSERT_NE(stl, nullptr);
    Bytes image(3 * 96 * 96, 0);
    image[1] = 7;  // second row of the first column
    for (int split = 0; split < 2; ++split) {
        stl->add(image);
        stl->add({10});
    }
    const Dataset ten = stl->finish();
    EXPECT_EQ(ten.train.labels, std::vector<int32_t>{9});
    EXPECT_EQ(ten.train.images[3 * 96], 7);
}

}  // namespace
}  // namespace cnnlab
