// What `cnnlab export --format keras-code` writes: that it is Python and finds its arrays, by a stand-in for Keras
// (tests/peer/keras_program.py). The programs' text: tests/exchange/keras_code_test.cpp.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/exchange/keras_code.hpp"
#include "engine/exchange/npz.hpp"
#include "native/run/zip_file.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

TEST(KerasCode, IsPythonAndFindsItsArrays) {
    const fs::path folder = test::source_folder() / "build/keras";
    fs::remove_all(folder);
    std::map<std::string, std::vector<uint8_t>> wanted;
    for (const std::string& name : test::exported_names()) {
        // The others are networks of the same layers, some of them large.
        const bool golden = name.starts_with("golden:") && !name.starts_with("golden:optimizer");
        if (!golden && name != "fashion-cnn" && name != "cifar10-speedrun") continue;
        const test::ExportedModel made = test::exported_model(name);
        KerasProgram program;
        try {
            program = keras_code(made.saved, made.name + ".npz");
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::unsupported) << error.what();
            continue;  // tfjs_test.cpp has the list
        }
        write_file(folder / (made.name + ".py"), program.code);
        write_file(folder / (made.name + ".npz"), zip_of(npz_parts(program.weights), "npz"));
        std::vector<uint8_t>& bytes = wanted[made.name];
        for (const NamedTensor& one : program.weights.tensors) {
            const auto* first = reinterpret_cast<const uint8_t*>(one.tensor.span().data());
            bytes.insert(bytes.end(), first, first + one.tensor.span().size_bytes());
        }
    }
    const std::string script = (test::source_folder() / "tests/peer/keras_program.py").string();
    int status = 0;
    for (const char* python : {"python3", "/usr/bin/python3"}) {  // the first one that has NumPy
        const std::string command = std::string(python) + " '" + script + "' '" + folder.string() + "' > '" +
                                    (folder / "log").string() + "' 2>&1";
        status = std::system(command.c_str());
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 1) break;
    }
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 3 || WEXITSTATUS(status) == 127))
        GTEST_SKIP() << "Python with NumPy is not here";
    const std::vector<uint8_t> log = read_file(folder / "log");
    ASSERT_EQ(status, 0) << std::string(log.begin(), log.end());
    for (const auto& [name, bytes] : wanted) EXPECT_EQ(read_file(folder / (name + ".bytes")), bytes) << name;
    if (!HasFailure()) fs::remove_all(folder);
}

}  // namespace
}  // namespace cnnlab
