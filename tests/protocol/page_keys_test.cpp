#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/paths.hpp"
#include "tests/protocol/page_keys.hpp"

namespace cnnlab::protocol {

TEST(PageKeys, AreThoseOfTheGeneratedFile) {
    const auto path = test::source_folder() / "web/src/i18n/keys.generated.ts";
    std::stringstream given;
    given << std::ifstream(path, std::ios::binary).rdbuf();
    EXPECT_EQ(given.str(), page_keys()) << "write it anew: ./lab generate";
}

}  // namespace cnnlab::protocol
