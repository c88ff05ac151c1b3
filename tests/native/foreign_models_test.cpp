// Networks of torchvision as PyTorch exports them, with ONNX Runtime's logits: tests/peer/foreign_models.py.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/exchange/onnx_import.hpp"
#include "engine/io/safetensors.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

TEST(ForeignModels, GiveTheLogitsOfOnnxRuntime) {
    if (!fs::exists(test::source_folder() / ".toolchain/peers/sid/usr"))
        GTEST_SKIP() << "PyTorch and ONNX Runtime are not here: ./lab setup peers";
    const fs::path folder = test::source_folder() / "build/foreign";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const std::string command = "'" + (test::source_folder() / "tests/peer/run.sh").string() +
                                "' foreign_models.py /mnt/build/foreign > '" + (folder / "log").string() +
                                "' 2>&1";
    const int status = std::system(command.c_str());
    if (WIFEXITED(status) && WEXITSTATUS(status) == 3) GTEST_SKIP() << "torchvision is not here";
    const std::vector<uint8_t> log = read_file(folder / "log");
    ASSERT_EQ(status, 0) << std::string(log.begin(), log.end()).substr(0, 2000);
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const fs::path& file = entry.path();
        if (file.extension() != ".onnx") continue;
        SCOPED_TRACE(file.filename());
        const auto beside = [&](const std::string& name) { return read_file(folder / name); };
        const SavedModel model = import_onnx(read_file(file), file.string(), {}, beside).model;
        const fs::path numbers = fs::path(file).replace_extension(".safetensors");
        const TensorFile wanted = read_safetensors(read_file(numbers), numbers.string());
        HostTensor input = *wanted.find("pixels");
        for (float& value : input.span()) value /= 255;
        const auto backend = make_cpu_backend();
        EXPECT_LE(test::distance(test::logits_of(model, input, *backend), *wanted.find("logits")), 1e-4);
        ++count;
    }
    EXPECT_EQ(count, 8);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace cnnlab
