// HDF5 files that are damaged: the library crashes on some of them, the program does not.

#include "native/data/hdf5_file.hpp"

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/philox.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/errors.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

std::vector<uint8_t> whole_file() {
    return read_file(test::source_folder() / "tests/exchange/layers/keras2.h5");
}

TEST(Hdf5File, HasTensorsByTheirPaths) {
    if (!has_hdf5()) GTEST_SKIP() << "HDF5 is not here";
    const Hdf5File file = read_hdf5(whole_file(), "keras2.h5");
    EXPECT_TRUE(file.attributes.at("model_config").starts_with("{"));
    EXPECT_EQ(file.tensors.at("optimizer_weights/Adam/dense_Dense1/kernel:0").shape, std::vector<int64_t>{3});
    size_t of_model = 0;
    for (const auto& [name, tensor] : file.tensors) of_model += name.starts_with("model_weights/") ? 1U : 0U;
    EXPECT_EQ(of_model, 18U);
}

TEST(Hdf5File, DamagedFilesAreRefusedOrRead) {
    if (!has_hdf5()) GTEST_SKIP() << "HDF5 is not here";
    const std::vector<uint8_t> whole = whole_file();
    const Philox random{3, 0, 0};
    int refused = 0;
    for (uint64_t seed = 0; seed < 24; ++seed) {
        std::vector<uint8_t> bytes = whole;
        for (uint64_t i = 0; i < 8; ++i) {
            const uint32_t word = random.word(8 * seed + i);
            bytes[(word >> 8U) % 3000] = static_cast<uint8_t>(word);
        }
        try {
            (void)read_hdf5(bytes, "m.h5");
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::bad_file) << error.what();
            ++refused;
        }
    }
    EXPECT_GT(refused, 0);
    test::expect_error(
        ErrorCode::bad_file, [&] { (void)read_hdf5(std::span(whole).first(whole.size() / 2), "cut.h5"); },
        "cut.h5");
}

}  // namespace
}  // namespace cnnlab
