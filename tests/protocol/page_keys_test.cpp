#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/paths.hpp"
#include "tests/protocol/page_catalog.hpp"
#include "tests/protocol/page_keys.hpp"

namespace cnnlab::protocol {

namespace {

std::string read(const char* name) {
    std::stringstream given;
    given << std::ifstream(test::source_folder() / name, std::ios::binary).rdbuf();
    return given.str();
}

}  // namespace

TEST(PageKeys, AreThoseOfTheGeneratedFile) {
    EXPECT_EQ(read("web/src/i18n/keys.generated.ts"), page_keys()) << "write it anew: ./lab generate";
}

TEST(PageCatalog, IsThatOfTheGeneratedFile) {
    EXPECT_EQ(read("web/src/client/protocol/catalog.generated.ts"), page_catalog())
        << "write it anew: ./lab generate";
}

}  // namespace cnnlab::protocol
