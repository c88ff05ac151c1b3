#include "native/data/dataset_store.hpp"

#include <gtest/gtest.h>

#include "engine/data/card.hpp"
#include "engine/data/statistics.hpp"
#include "native/data/dataset_files.hpp"
#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"
#include "tests/native/temporary_folder.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::expect_error;
using test::TemporaryFolder;

/// Options that reach neither the network nor this user's cache; `usual`: the folder data/.
DataOptions options_for(const fs::path& usual, const fs::path& cache) {
    DataOptions options;
    options.usual = usual;
    options.offline = true;
    options.cache = cache;
    return options;
}

// ---- Fashion-MNIST ----

Bytes idx(uint8_t rank, uint8_t count, size_t each) {
    Bytes bytes{0, 0, 8, rank, 0, 0, 0, count};
    if (rank == 3) bytes.insert(bytes.end(), {0, 0, 0, 28, 0, 0, 0, 28});
    for (size_t i = 0; i < count * each; ++i) bytes.push_back(static_cast<uint8_t>(each == 1 ? i % 10 : i));
    return bytes;
}

/// Four files of a few images each, packed.
void write_small_fashion(const fs::path& folder) {
    write_file(folder / "train-images-idx3-ubyte.gz", test::gzip(idx(3, 20, 784)));
    write_file(folder / "train-labels-idx1-ubyte.gz", test::gzip(idx(1, 20, 1)));
    write_file(folder / "t10k-images-idx3-ubyte.gz", test::gzip(idx(3, 10, 784)));
    write_file(folder / "t10k-labels-idx1-ubyte.gz", test::gzip(idx(1, 10, 1)));
}

struct Store : testing::Test {
    TemporaryFolder folder;
    DataOptions options = options_for(folder / "data", folder / "cache");

  protected:
    void SetUp() override { fs::create_directory(folder / "data"); }
};

using FashionMnist = Store;

TEST_F(FashionMnist, IsFoundWhereOneMayPutIt) {
    for (const char* place : {"data", "data/fashion-mnist"}) {
        write_small_fashion(folder / place);
        const Dataset data = load_dataset(DataSpec::named("fashion-mnist"), options);
        EXPECT_EQ(data.origin, (folder / place).string());
        EXPECT_EQ(data.train.count(), 20);
        EXPECT_EQ(data.card.test_count, 10);
        EXPECT_EQ(data.train.labels[13], 3);
        EXPECT_EQ(data.train.images[785], static_cast<uint8_t>(785));
        fs::remove_all(folder / place);
        fs::create_directory(folder / "data");
    }
}

TEST_F(FashionMnist, UnpackedFilesServeToo) {
    write_small_fashion(folder / "data");
    fs::remove(folder / "data/train-images-idx3-ubyte.gz");
    write_file(folder / "data/train-images-idx3-ubyte", idx(3, 20, 784));
    EXPECT_EQ(load_dataset(DataSpec::named("fashion-mnist"), options).train.count(), 20);
}

TEST_F(FashionMnist, HalfADataSetIsAMistakeToReport) {
    write_small_fashion(folder / "data");
    fs::remove(folder / "data/t10k-labels-idx1-ubyte.gz");
    expect_error(
        ErrorCode::missing_data, [&] { load_dataset(DataSpec::named("fashion-mnist"), options); },
        "t10k-labels-idx1-ubyte.gz", "is missing");
}

TEST_F(FashionMnist, DamagedFilesAreNamed) {
    write_small_fashion(folder / "data");
    const fs::path path = folder / "data/train-labels-idx1-ubyte.gz";
    const Bytes whole = read_file(path);
    const auto load = [&] { load_dataset(DataSpec::named("fashion-mnist"), options); };
    write_file(path, Bytes(whole.begin(), whole.end() - 3));
    expect_error(ErrorCode::bad_file, load, path.string(), "truncated");
    write_file(path, Bytes{});
    expect_error(ErrorCode::bad_file, load, path.string(), "no gzip file");
    write_file(path, Bytes{'<', 'h', 't', 'm', 'l', '>'});
    expect_error(ErrorCode::bad_file, load, path.string(), "no gzip file");
    write_file(path, test::gzip(idx(3, 20, 784)));
    expect_error(ErrorCode::bad_file, load, path.string(), "magic number");
    write_file(path, test::gzip(idx(1, 19, 1)));
    expect_error(ErrorCode::bad_file, load, path.string(), "19 labels");
    // a packed file holds what its header says, and no more
    Bytes labels = idx(1, 20, 1);
    labels.resize(5'000'000);
    write_file(path, test::gzip(labels));
    expect_error(ErrorCode::bad_file, load, path.string(), "unpacks to more than 28 bytes");
}

TEST_F(FashionMnist, WhatABrowserHasUnpackedIsReadUnderItsName) {
    write_small_fashion(folder / "data");
    write_file(folder / "data/train-labels-idx1-ubyte.gz", idx(1, 20, 1));
    write_file(folder / "data/t10k-images-idx3-ubyte.gz", idx(3, 10, 784));
    fs::rename(folder / "data/t10k-labels-idx1-ubyte.gz", folder / "data/t10k-labels-idx1-ubyte");
    EXPECT_EQ(load_dataset(DataSpec::named("fashion-mnist"), options).test.count(), 10);
}

TEST_F(FashionMnist, AFolderThatIsNamedIsTheOnlyPlace) {
    write_small_fashion(folder / "data");
    fs::create_directory(folder / "mine");
    options.directory = folder / "mine";
    const auto load = [&] { load_dataset(DataSpec::named("fashion-mnist"), options); };
    expect_error(ErrorCode::missing_data, load, (folder / "mine").string(), "holds no files of fashion-mnist",
                 "nothing", "train-images-idx3-ubyte.gz");
    write_file(folder / "mine/read.me", std::string_view("x"));
    expect_error(ErrorCode::missing_data, load, "read.me");
    options.directory = folder / "mine/read.me";
    expect_error(ErrorCode::missing_data, load, "read.me", "no file that holds");
    options.directory = folder / "data";
    EXPECT_EQ(load_dataset(DataSpec::named("fashion-mnist"), options).train.count(), 20);
    options.directory = folder / "none";
    expect_error(ErrorCode::missing_data, load, "none", "no such folder");
    options.directory = folder / "data";
    expect_error(
        ErrorCode::unsupported, [&] { load_dataset(DataSpec::named("lines"), options); }, "data", "draws");
}

TEST_F(FashionMnist, KnowsTheNamesThatOthersGive) {
    using Names = std::array<const char*, 4>;
    for (const Names& names : {Names{"train-images.idx3-ubyte", "train-labels.idx1-ubyte",
                                     "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"},
                               Names{"kmnist-train-images-idx3-ubyte", "kmnist-train-labels-idx1-ubyte",
                                     "kmnist-test-images-idx3-ubyte", "kmnist-test-labels-idx1-ubyte"},
                               Names{"train-images-idx3-ubyte (1)", "train-labels-idx1-ubyte(1)",
                                     "t10k-images-idx3-ubyte - Copy", "t10k-labels-idx1-ubyte copy 2"}}) {
        options.directory = folder / "mine";
        write_file(folder / "mine" / names[0], idx(3, 20, 784));
        write_file(folder / "mine" / names[1], idx(1, 20, 1));
        write_file(folder / "mine" / names[2], idx(3, 10, 784));
        write_file(folder / "mine" / names[3], idx(1, 10, 1));
        write_file(folder / "mine/notes.txt", std::string_view("x"));
        const Dataset data = load_dataset(DataSpec::named("fashion-mnist"), options);
        EXPECT_EQ(data.train.count(), 20);
        EXPECT_EQ(data.test.labels.at(3), 3);
        ASSERT_EQ(data.report.unused.size(), 1U);
        EXPECT_EQ(data.report.unused[0].path, "notes.txt");
        options.directory.clear();
        fs::rename(folder / "mine", folder / "data/fashion-mnist");
        // in the usual folder files of another data set are not taken for this one's
        DatasetCard card = find_card("fashion-mnist");
        card.system_directory.clear();
        const bool other = std::string_view(names[0]).starts_with("kmnist");
        EXPECT_EQ(find_on_machine(card, options).empty(), other) << names[0];
        fs::remove_all(folder / "data/fashion-mnist");
    }
}

TEST_F(FashionMnist, OtherImagesAreNotCalledByItsNames) {
    // grey images, far from the mean of clothes
    Bytes train = idx(3, 40, 784), test = idx(3, 10, 784);
    std::fill(train.begin() + 16, train.end(), uint8_t{10});
    std::fill(test.begin() + 16, test.end(), uint8_t{10});
    Bytes labels = idx(1, 40, 1);
    write_small_fashion(folder / "mine");
    options.directory = folder / "mine";
    write_file(folder / "mine/train-images-idx3-ubyte.gz", test::gzip(train));
    write_file(folder / "mine/train-labels-idx1-ubyte.gz", test::gzip(labels));
    write_file(folder / "mine/t10k-images-idx3-ubyte.gz", test::gzip(test));
    const Dataset other = load_dataset(DataSpec::named("fashion-mnist"), options);
    ASSERT_EQ(other.report.notes.size(), 1U);
    EXPECT_NE(other.report.notes[0].english().find("their mean is 0.039, not 0.286"), std::string::npos)
        << other.report.notes[0].english();
    EXPECT_EQ(other.card.classes[9], "9");
    EXPECT_EQ(other.card.title, "IDX");
    EXPECT_NEAR(other.card.mean[0], 10.0 / 255, 1e-6);
    // as bright as clothes
    for (size_t i = 16; i < train.size(); ++i) train[i] = static_cast<uint8_t>(i % 1000 < 286 ? 255 : 0);
    write_file(folder / "mine/train-images-idx3-ubyte.gz", test::gzip(train));
    const Dataset clothes = load_dataset(DataSpec::named("fashion-mnist"), options);
    EXPECT_TRUE(clothes.report.notes.empty());
    EXPECT_EQ(clothes.card.classes[9], "Ankle boot");
    // a label that clothes do not have
    labels.back() = 26;
    write_file(folder / "mine/train-labels-idx1-ubyte.gz", test::gzip(labels));
    const Dataset letters = load_dataset(DataSpec::named("fashion-mnist"), options);
    ASSERT_EQ(letters.card.classes.size(), 27U);
    EXPECT_EQ(letters.card.classes[9], "09");
}

TEST_F(FashionMnist, AnEvaluationNeedsOnlyTestImages) {
    write_small_fashion(folder / "mine");
    fs::remove(folder / "mine/train-images-idx3-ubyte.gz");
    options.directory = folder / "mine";
    const auto load = [&] { return load_dataset(DataSpec::named("fashion-mnist"), options); };
    expect_error(
        ErrorCode::missing_data, [&] { (void)load(); }, "train-images-idx3-ubyte.gz: is missing");
    DatasetCard run = find_card("fashion-mnist");
    options.only_test = true;
    options.run = &run;
    run.mean = {0.5F};
    EXPECT_TRUE(load().report.notes.empty());
    EXPECT_EQ(load().test.count(), 10);
    EXPECT_EQ(load().train.count(), 0);
    run.mean = {0.1F};
    ASSERT_EQ(load().report.notes.size(), 1U);
    EXPECT_NE(load().report.notes[0].english().find("trained with 0.1"), std::string::npos);
}

TEST_F(FashionMnist, MissingDataSayWhatToDo) {
    DatasetCard card = find_card("fashion-mnist");
    card.system_directory = (folder / "system").string();
    expect_error(
        ErrorCode::missing_data, [&] { fetch_into_cache(card, options); }, "fashion-mnist",
        (folder / "data").string(), (folder / "data/fashion-mnist").string(), (folder / "system").string(),
        (folder / "cache/fashion-mnist").string(), "switched off",
        "sudo apt-get install dataset-fashion-mnist", "--data", "train-images-idx3-ubyte.gz");
}

TEST_F(FashionMnist, IsFetchedIntoTheCache) {
    write_small_fashion(folder / "server");
    DatasetCard card = find_card("fashion-mnist");
    for (DatasetFile& file : card.files) {
        const fs::path source = folder / "server" / file.name;
        file.url = "file://" + source.string();
        file.bytes = static_cast<int64_t>(fs::file_size(source));
        file.sha256.clear();
    }
    options.offline = false;
    int calls = 0;
    options.observer = [&](const FetchProgress&) { return ++calls > 0; };
    EXPECT_EQ(fetch_into_cache(card, options), folder / "cache/fashion-mnist");
    EXPECT_GE(calls, 4);
    // From now on it needs no network, nor the source.
    fs::remove_all(folder / "server");
    options.offline = true;
    EXPECT_EQ(fetch_into_cache(card, options), folder / "cache/fashion-mnist");
    fs::remove(folder / "cache/fashion-mnist/t10k-images-idx3-ubyte.gz");
    options.offline = false;
    expect_error(
        ErrorCode::missing_data, [&] { fetch_into_cache(card, options); }, "could not be fetched",
        "sudo apt-get");
}

TEST_F(FashionMnist, AnUnwritableCacheIsNamed) {
    write_file(folder / "file", std::string_view("x"));
    options.offline = false;
    options.cache = folder / "file";
    expect_error(
        ErrorCode::io, [&] { fetch_into_cache(find_card("fashion-mnist"), options); },
        (folder / "file").string(), "--data");
}

TEST_F(Store, NamesAndFoldersThatAreNotThere) {
    expect_error(
        ErrorCode::unknown_name, [&] { load_dataset(DataSpec::named("cifar-10"), options); }, "cifar10");
}

TEST_F(Store, FieldsOfAnExperiment) {
    const auto parse = [](const char* json) { return DataSpec::from_json(Json::parse(json), "dataset"); };
    EXPECT_EQ(load_dataset(parse(R"({"name": "lines", "size": 9, "noise": 0})"), options).card.image.height,
              9);
    expect_error(
        ErrorCode::unknown_name, [&] { parse(R"({"name": "lines", "nois": 0})"); }, "dataset", "nois",
        "noise");
    expect_error(
        ErrorCode::out_of_range, [&] { parse(R"({"name": "lines", "noise": 3})"); }, "dataset.noise");
    expect_error(
        ErrorCode::unknown_name, [&] { parse(R"({"name": "cifar10", "size": 3})"); }, "dataset", "size");
}

TEST(DefaultCache, FollowsTheEnvironment) {
    const char* const xdg = std::getenv("XDG_CACHE_HOME");
    const std::string old = xdg ? xdg : "";
    setenv("XDG_CACHE_HOME", "/somewhere", 1);
    EXPECT_EQ(default_cache(), "/somewhere/cnnlab");
    setenv("XDG_CACHE_HOME", "relative", 1);
    EXPECT_EQ(default_cache(), fs::path(std::getenv("HOME")) / ".cache/cnnlab");
    xdg ? setenv("XDG_CACHE_HOME", old.c_str(), 1) : unsetenv("XDG_CACHE_HOME");
}

TEST(RealFashionMnist, HasItsCountsAndItsCard) {
    const DatasetCard& card = find_card("fashion-mnist");
    if (!fs::exists(card.system_directory))
        GTEST_SKIP() << "Fashion-MNIST is not installed: " << card.install;
    DataOptions options;
    options.offline = true;
    const Dataset data = load_dataset(DataSpec::named("fashion-mnist"), options);
    const Statistics train = compute_statistics(data.train, data.card),
                     test = compute_statistics(data.test, data.card);
    EXPECT_EQ(train.class_counts, std::vector<int64_t>(10, 6000));
    EXPECT_EQ(test.class_counts, std::vector<int64_t>(10, 1000));
    EXPECT_NEAR(train.mean[0], card.mean[0], 5e-5);
    EXPECT_NEAR(train.stddev[0], card.stddev[0], 5e-5);
    EXPECT_EQ(data.train.count(), card.train_count);
    EXPECT_EQ(data.test.count(), card.test_count);
}

// ---- CIFAR-10 ----

Bytes batch_of(uint8_t value) {
    Bytes bytes;
    for (uint8_t label : {3, 8}) {
        bytes.push_back(label);
        bytes.insert(bytes.end(), 3072, value);
    }
    return bytes;
}

std::vector<std::pair<std::string, Bytes>> batches(const std::string& folder) {
    std::vector<std::pair<std::string, Bytes>> files{{folder + "batches.meta.txt", Bytes(60, 'x')},
                                                     {folder + "test_batch.bin", batch_of(60)}};
    for (uint8_t i = 5; i >= 1; --i)
        files.emplace_back(folder + "data_batch_" + std::to_string(i) + ".bin", batch_of(i));
    return files;
}

using Cifar10 = Store;

void expect_small_cifar10(const Dataset& data, const fs::path& origin) {
    EXPECT_EQ(data.origin, origin.string());
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{3, 8, 3, 8, 3, 8, 3, 8, 3, 8}));
    EXPECT_EQ(data.test.labels, (std::vector<int32_t>{3, 8}));
    EXPECT_EQ(data.train.images[0], 1);  // batches in the order of their numbers
    EXPECT_EQ(data.train.images.back(), 5);
    EXPECT_EQ(data.test.images[0], 60);
}

TEST_F(Cifar10, FilesAreFoundWhereOneMayPutThem) {
    for (const char* place : {"data", "data/cifar-10-batches-bin", "data/cifar10",
                              "data/cifar10/cifar-10-batches-bin", "cache/cifar10"}) {
        for (const auto& [name, contents] : batches("")) write_file(folder / place / name, contents);
        expect_small_cifar10(load_dataset(DataSpec::named("cifar10"), options), folder / place);
        fs::remove_all(folder / place);
        fs::create_directories(folder / "data");
    }
}

TEST_F(Cifar10, TheArchiveIsReadAsItIs) {
    const Bytes archive = test::gzip(test::tar(batches("cifar-10-batches-bin/")));
    for (const char* place : {"data", "data/cifar10", "cache/cifar10"}) {
        const fs::path path = folder / place / "cifar-10-binary.tar.gz";
        write_file(path, archive);
        const int64_t before = folder.count();
        expect_small_cifar10(load_dataset(DataSpec::named("cifar10"), options), path);
        EXPECT_EQ(folder.count(), before);  // nothing was unpacked to the disk
        fs::remove(path);
    }
    write_file(folder / "copy.tgz", archive);
    options.directory = folder / "copy.tgz";
    expect_small_cifar10(load_dataset(DataSpec::named("cifar10"), options), folder / "copy.tgz");
    // unpacked by a browser, numbered by another
    write_file(folder / "mine/cifar-10-binary.tar (1).gz", test::tar(batches("cifar-10-batches-bin/")));
    options.directory = folder / "mine";
    expect_small_cifar10(load_dataset(DataSpec::named("cifar10"), options),
                         folder / "mine/cifar-10-binary.tar (1).gz");
    options.only_test = true;
    EXPECT_EQ(load_dataset(DataSpec::named("cifar10"), options).train.count(), 0);
}

TEST_F(Cifar10, OtherVersionsAreNamed) {
    options.directory = folder / "mine";
    const auto load = [&] { load_dataset(DataSpec::named("cifar10"), options); };
    fs::create_directories(folder / "mine");
    fs::copy_file(test::source_folder() / "tests/data/fixtures/matlab/kinds.mat",
                  folder / "mine/batches.meta.mat");
    expect_error(ErrorCode::bad_file, load, "batches.meta.mat", "Matlab version", "cifar-10-binary.tar.gz");
}

TEST_F(Cifar10, AnEvaluationNeedsOnlyTheTestImages) {
    write_file(folder / "mine/test_batch (1).bin", batch_of(60));
    options.directory = folder / "mine";
    options.only_test = true;
    EXPECT_EQ(load_dataset(DataSpec::named("cifar10"), options).test.labels, (std::vector<int32_t>{3, 8}));
}

TEST_F(Cifar10, DamagedArchives) {
    const fs::path path = folder / "data/cifar-10-binary.tar.gz";
    const auto load = [&] { load_dataset(DataSpec::named("cifar10"), options); };
    auto files = batches("cifar-10-batches-bin/");
    const Bytes whole = test::gzip(test::tar(files));
    for (size_t length : {size_t{1}, size_t{20}, whole.size() / 2, whole.size() - 1}) {
        write_file(path, Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length)));
        expect_error(ErrorCode::bad_file, load, path.string());
    }
    const std::string missing = fs::path(files.back().first).filename();
    files.pop_back();
    write_file(path, test::gzip(test::tar(files)));
    expect_error(ErrorCode::bad_file, load, path.string(), "holds no " + missing);
    files.emplace_back("data_batch_1.bin", Bytes(3000, 1));
    write_file(path, test::gzip(test::tar(files)));
    expect_error(ErrorCode::bad_file, load, path.string(), "data_batch_1.bin", "ends within a record");
    write_file(path, test::gzip(Bytes(1000, 'x')));
    expect_error(ErrorCode::bad_file, load, path.string(), "tar");
    write_file(path, Bytes(1000, 'x'));
    expect_error(ErrorCode::bad_file, load, path.string(), "no gzip file");
}

TEST_F(Cifar10, HalfADataSetIsAMistakeToReport) {
    for (const auto& [name, contents] : batches("")) write_file(folder / "data" / name, contents);
    fs::remove(folder / "data/test_batch.bin");
    expect_error(
        ErrorCode::missing_data, [&] { load_dataset(DataSpec::named("cifar10"), options); }, "test_batch.bin",
        "is missing");
}

TEST_F(Cifar10, MissingDataSayWhatToDo) {
    expect_error(
        ErrorCode::missing_data, [&] { load_dataset(DataSpec::named("cifar10"), options); }, "cifar10",
        (folder / "data/cifar10").string(), (folder / "cache/cifar10").string(), "--data",
        "cifar-10-binary.tar.gz");
}

}  // namespace
}  // namespace cnnlab
