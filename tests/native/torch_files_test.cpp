// State dicts of PyTorch: make_torch.py says what the files are.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <limits>

#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/torch_read.hpp"
#include "native/data/archive_file.hpp"
#include "native/run/zip_file.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/errors.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/native/temporary_folder.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

std::vector<ArchivePart> parts_in(const fs::path& file) {
    ArchiveFile archive(file);
    std::vector<ArchivePart> parts;
    while (auto name = archive.next()) parts.push_back({*name, archive.read()});
    return parts;
}

SavedModel torch_network(const std::string& layers = R"(
        {"type": "conv2d", "name": "conv1", "out_channels": 4, "kernel": 3}, {"type": "batch_norm", "name": "norm"},
        {"type": "global_avg_pool"}, {"type": "dense", "name": "fc", "out_features": 3})") {
    SavedModel model;
    model.experiment = Experiment::parse(
        Json::parse(R"({"name": "net", "dataset": "fashion-mnist", "model": {"layers": [)" + layers + "]}}"));
    model.card.image = {8, 8, 3};
    model.card.classes = {"a", "b", "c"};
    return model;
}

NamedWeights weights_in(const std::string& name) {
    const fs::path file = test::source_folder() / "tests/native/torch" / (name + ".pth");
    const SavedModel network = torch_network();
    return with_torch_tensors(network.experiment, network.card,
                              read_torch_file(parts_in(file), file.string()), file.string());
}

TEST(TorchFile, IsReadInEveryFormThatPyTorchWrites) {
    const auto plain = weights_in("plain").model.weights;
    ASSERT_EQ(plain.size(), 8U);
    EXPECT_EQ(plain.at("conv1.weight").shape(), (Shape{4, 3, 3, 3}));
    EXPECT_EQ(plain.at("fc.weight").shape(), (Shape{3, 1, 1, 4}));
    for (const char* name : {"parallel", "compiled", "half", "bfloat16", "double", "channels_last",
                             "protocol_4", "checkpoint", "shared", "parameters"}) {
        SCOPED_TRACE(name);
        const NamedWeights found = weights_in(name);
        EXPECT_TRUE(found.unused.empty());
        ASSERT_EQ(found.model.weights.size(), plain.size());
        // The checkpoint is of a step later.
        const bool moved = std::string(name) == "checkpoint";
        for (const auto& [tensor, values] : plain) {
            const HostTensor& other = found.model.weights.at(tensor);
            EXPECT_EQ(other.shape(), values.shape());
            const bool same = std::equal(values.span().begin(), values.span().end(), other.span().begin());
            EXPECT_TRUE(same || moved) << tensor;
        }
    }
}

TEST(TorchFile, OfAnotherKindIsRefusedWithTheLineThatSavesItsWeights) {
    test::expect_error(
        ErrorCode::unsupported, [] { (void)weights_in("module"); }, "torch.nn.modules", "state_dict()",
        "module.pth");
    test::expect_error(
        ErrorCode::unsupported, [] { (void)weights_in("script"); }, "TorchScript", "state_dict()");
}

TEST(TorchFile, OfOursComesBackBitForBit) {
    const test::TemporaryFolder folder;
    for (const std::string& name : test::exported_names()) {
        SCOPED_TRACE(name);
        const SavedModel saved = test::exported_model(name).saved;
        const fs::path file = folder.path() / "net.pth";
        write_file(file, zip_of(torch_file_parts(torch_tensors(saved)), "net.pth"));
        for (const TensorFile& tensors :
             {read_torch_file(parts_in(file), "net.pth"),
              read_safetensors(write_safetensors(torch_tensors(saved)), "net.safetensors")}) {
            const SavedModel back =
                with_torch_tensors(saved.experiment, saved.card, tensors, "net.pth").model;
            ASSERT_EQ(back.weights.size(), saved.weights.size());
            for (const auto& [tensor, values] : saved.weights)
                EXPECT_TRUE(std::equal(values.span().begin(), values.span().end(),
                                       back.weights.at(tensor).span().begin()))
                    << tensor;
        }
    }
}

TEST(TorchFile, TellsOfAllTensorsThatDoNotFit) {
    const fs::path file = test::source_folder() / "tests/native/torch/plain.pth";
    const SavedModel other =
        torch_network(R"({"type": "conv2d", "name": "conv1", "out_channels": 5, "kernel": 3},
        {"type": "global_avg_pool"}, {"type": "dense", "name": "head", "out_features": 3})");
    test::expect_error(
        ErrorCode::shape_mismatch,
        [&] {
            (void)with_torch_tensors(other.experiment, other.card, read_torch_file(parts_in(file), "p"), "p");
        },
        "conv1.weight is 4×3×3×3 instead of 5×3×3×3", "head.weight is missing",
        "norm.running_var has no place", "fc.bias has no place");
}

TEST(TorchFile, ThatIsDamagedOrHostileIsRefused) {
    using namespace std::string_literals;
    const std::vector<ArchivePart> whole =
        parts_in(test::source_folder() / "tests/native/torch/checkpoint.pth");
    const auto refuse = [](const std::vector<ArchivePart>& parts) {
        return [parts] { (void)read_torch_file(parts, "p"); };
    };
    const auto pickle = std::find_if(whole.begin(), whole.end(),
                                     [](const ArchivePart& part) { return part.name.ends_with("data.pkl"); });
    const auto at = static_cast<size_t>(pickle - whole.begin());
    for (size_t size = 0; size < pickle->bytes.size(); ++size) {
        auto cut = whole;
        cut[at].bytes.resize(size);
        test::expect_error(ErrorCode::bad_file, refuse(cut), "p");
    }
    for (size_t i = 0; i < whole.size(); ++i) {  // storages that are too short
        if (whole[i].name.find("/data/") == std::string::npos) continue;
        auto cut = whole;
        cut[i].bytes.pop_back();
        try {
            (void)read_torch_file(cut, "p");  // one of the optimizer's
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::bad_file);
        }
    }
    const auto only = [](const std::string& bytes) {
        return std::vector<ArchivePart>{{"archive/data.pkl", {bytes.begin(), bytes.end()}}};
    };
    test::expect_error(ErrorCode::unsupported,
                       refuse(only("\x80\x02"
                                   "cos\nsystem\n(X\x02\x00\x00\x00lstR."s)),
                       "os.system");
    test::expect_error(ErrorCode::bad_file, refuse(only("\x80\x02}q")), "p");
    // A dictionary in itself, and one that changes after it has been put into another.
    test::expect_error(ErrorCode::bad_file,
                       refuse(only("\x80\x02}q\x00X\x01\x00\x00\x00"
                                   "ah\x00s."s)),
                       "p");
    test::expect_error(ErrorCode::bad_file,
                       refuse(only("\x80\x02}q\x00}X\x01\x00\x00\x00"
                                   "ah\x00sh\x00X\x01\x00\x00\x00"
                                   "bNs."s)),
                       "p");
}

// ---- a tensor over its storage ----

using Numbers = std::vector<int64_t>;
constexpr int64_t largest = std::numeric_limits<int64_t>::max();

/// A state dict with one tensor "w" over a storage of floats 0, 1, 2, …, in the opcodes that PyTorch writes.
struct OneTensor {
    int64_t stored, offset;
    Numbers sizes, strides;
    int64_t claimed = stored;  ///< by the pickle, of values in the storage

    [[nodiscard]] std::vector<ArchivePart> parts(const std::string& folder = "archive") const {
        using namespace std::string_literals;
        std::string pickle = "\x80\x02}"s + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n((" +
                             text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") +
                             number(claimed) + "tQ" + number(offset) + tuple(sizes) + tuple(strides) +
                             "\x89" + "ccollections\nOrderedDict\n)RtRs.";
        std::vector<uint8_t> storage(static_cast<size_t>(stored) * sizeof(float));
        for (size_t i = 0; i < static_cast<size_t>(stored); ++i) {
            const auto value = static_cast<float>(i);
            std::memcpy(storage.data() + i * sizeof value, &value, sizeof value);
        }
        return {{folder + "/data.pkl", {pickle.begin(), pickle.end()}},
                {folder + "/data/0", std::move(storage)}};
    }
    [[nodiscard]] HostTensor read() const {
        return std::move(read_torch_file(parts(), "p").tensors.at(0).tensor);
    }

  private:
    static std::string little_endian(int64_t value, size_t bytes) {
        std::string text(bytes, 0);
        std::memcpy(text.data(), &value, bytes);
        return text;
    }
    static std::string text(const std::string& word) {
        return "X" + little_endian(static_cast<int64_t>(word.size()), 4) + word;
    }
    static std::string number(int64_t value) { return "\x8a\x08" + little_endian(value, 8); }
    static std::string tuple(const Numbers& numbers) {
        std::string items;
        for (const int64_t value : numbers) items += number(value);
        return "(" + items + "t";
    }
};

TEST(TorchFile, TensorsAreViewsOfTheirStorage) {
    const auto values = [](const OneTensor& tensor) {
        const HostTensor read = tensor.read();
        return std::vector<float>(read.span().begin(), read.span().end());
    };
    using Floats = std::vector<float>;
    EXPECT_EQ(values({6, 1, {2, 2}, {2, 1}}), (Floats{1, 2, 3, 4}));
    EXPECT_EQ(values({4, 0, {2, 2}, {1, 2}}), (Floats{0, 2, 1, 3}));     // turned
    EXPECT_EQ(values({3, 0, {2, 2}, {1, 1}}), (Floats{0, 1, 1, 2}));     // over itself
    EXPECT_EQ(values({2, 1, {3}, {0}}), (Floats{1, 1, 1}));              // spread
    EXPECT_EQ(values({12, 0, {2, 2}, {8, 3}}), (Floats{0, 3, 8, 11}));   // up to the last value
    EXPECT_EQ(values({4, 3, {}, {}}), (Floats{3}));                      // a single number
    EXPECT_EQ(values({4, 3, {1, 1}, {largest, largest}}), (Floats{3}));  // whose strides mean nothing
    EXPECT_EQ(OneTensor({0, 0, {0, 3}, {3, 1}}).read().shape(), (Shape{0, 3}));
    EXPECT_EQ(OneTensor({2, 0, {3, 0}, {largest, 1}}).read().count(), 0);
}

TEST(TorchFile, NoTensorReadsBesideItsStorage) {
    const int64_t quarter = int64_t{1} << 62U;
    for (const OneTensor& hostile : std::vector<OneTensor>{
             {4, -1, {}, {}},
             {4, 4, {}, {}},
             {4, largest, {}, {}},
             {4, 0, {5}, {1}},
             {4, 3, {2}, {1}},
             {4, 0, {2, 2}, {3, 1}},
             {4, 3, {2}, {-1}},  // inside, but no tensor of PyTorch's runs backwards
             {4, 0, {1}, {-1}},
             {4, 0, {-1}, {1}},
             {4, 0, {-2, -2}, {1, 1}},
             {4, -1, {0}, {1}},
             // Sums and products that come round to a place inside.
             {4, largest, {2}, {1}},
             {4, largest, {2, 2}, {1, 1}},
             {4, 2, {2, 2}, {largest, largest}},
             {4, 0, {5}, {quarter}},
             {4, 0, {3, 3}, {quarter, quarter}},
             {4, 0, {2}, {std::numeric_limits<int64_t>::min()}},
             // A storage that has fewer values than the pickle says.
             {4, 0, {5}, {1}, 5},
             {4, 0, {4}, {1}, -1},
             {4, 0, {4}, {1}, largest},
             // More values than any file holds.
             {1, 0, {int64_t{1} << 41U}, {0}},
             {1, 0, {1 << 30, 1 << 30, 1 << 30}, {0, 0, 0}},
         }) {
        SCOPED_TRACE(testing::PrintToString(hostile.offset) + " " + testing::PrintToString(hostile.sizes) +
                     " " + testing::PrintToString(hostile.strides));
        test::expect_error(
            ErrorCode::bad_file, [&] { (void)hostile.read(); }, "p: \"w\"");
    }
    // What a stride of 0 makes of one value is bounded as well, before it is made.
    test::expect_error(
        ErrorCode::bad_file,
        [] {
            (void)OneTensor{1, 0, {1 << 15, 1 << 15}, {0, 0}}.read();
        },
        "p: \"w\"", "4294967296 bytes");
}

TEST(TorchFile, NamedCodeIsNoProgram) {
    OneTensor tensor{2, 0, {2}, {1}};
    std::vector<ArchivePart> parts = tensor.parts("code");
    EXPECT_EQ(read_torch_file(parts, "code.pth").tensors.at(0).tensor[1], 1);
    for (const char* program : {"code/code/__torch__.py", "code/constants.pkl"}) {
        std::vector<ArchivePart> script = parts;
        script.insert(script.begin(), ArchivePart{program, {}});
        test::expect_error(
            ErrorCode::unsupported, [&] { (void)read_torch_file(script, "code.pth"); }, "TorchScript",
            "code.pth");
    }
}

}  // namespace
}  // namespace cnnlab
