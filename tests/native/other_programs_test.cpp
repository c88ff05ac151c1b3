// What `cnnlab export` writes, in the programs that it is for. CNNLAB_EXPORTS=DIR writes the files into DIR and leaves
// them there, for other runtimes: tests/peer/check_exports.py says what it does with them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/onnx.hpp"
#include "engine/exchange/torch_code.hpp"
#include "native/run/zip_file.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

/// A network's files under its name.
void write_exports(const test::ExportedModel& model, const fs::path& folder) {
    const auto file = [&](const std::string& ending) { return folder / (model.name + ending); };
    // Antialiasing is of opset 18, which not every program has.
    const bool newer = model.name == "resize_antialias";
    const OnnxOptions plain{.opset = newer ? 18 : 17};
    if (newer) {
        write_file(file(".opset18.onnx"), write_onnx(model.saved, plain));
    } else {
        write_file(file(".onnx"), write_onnx(model.saved, plain));
        write_file(file(".fold.onnx"), write_onnx(model.saved, {.fold = true}));
        write_file(file(".pixels.onnx"), write_onnx(model.saved, {.pixels = true}));
    }
    write_file(file(".pth"), zip_of(torch_file_parts(torch_tensors(model.saved)), "model"));
    write_file(file(".py"), torch_code(model.saved, model.name + ".pth"));
    write_file(file(".safetensors"),
               write_safetensors(
                   {{{"input", model.input}, {"pixels", model.pixels}, {"logits", model.logits}}, {}}));
}

TEST(OtherPrograms, GiveTheSameLogits) {
    const fs::path peers = test::source_folder() / ".toolchain/peers/sid/usr";
    const char* wanted = std::getenv("CNNLAB_EXPORTS");
    if (wanted == nullptr && !fs::exists(peers))
        GTEST_SKIP() << "PyTorch and ONNX Runtime are not here: ./lab setup peers";
    // In the repository, which is what the peers' Debian sees.
    const fs::path folder = wanted != nullptr ? fs::path(wanted) : test::source_folder() / "build/exports";
    fs::remove_all(folder);
    for (const std::string& name : test::exported_names()) write_exports(test::exported_model(name), folder);
    if (wanted != nullptr) return;
    const std::string command = "'" + (test::source_folder() / "tests/peer/run.sh").string() +
                                "' check_exports.py /mnt/build/exports > '" + (folder / "log").string() +
                                "' 2>&1";
    const int result = std::system(command.c_str());
    const std::vector<uint8_t> log = read_file(folder / "log");
    EXPECT_EQ(result, 0) << std::string(log.begin(), log.end());
}

}  // namespace
}  // namespace cnnlab
