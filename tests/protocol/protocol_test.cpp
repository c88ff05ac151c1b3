#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/data/dataset.hpp"
#include "engine/optim/optimizer.hpp"
#include "tests/paths.hpp"
#include "tests/protocol/typescript.hpp"

namespace cnnlab::protocol {

TEST(Protocol, types_of_the_page_are_those_of_the_engine) {
    const auto path = test::source_folder() / "web/src/client/protocol/generated.ts";
    std::stringstream committed;
    committed << std::ifstream(path, std::ios::binary).rdbuf();
    const std::string wanted = protocol_types();
    size_t line = 1;
    for (size_t i = 0; i < std::min(wanted.size(), committed.str().size()) && wanted[i] == committed.str()[i];
         ++i)
        line += wanted[i] == '\n' ? 1 : 0;
    EXPECT_TRUE(committed.str() == wanted)
        << path << " is stale from line " << line << " on: renew it with `./lab generate` and commit it";
}

TEST(Protocol, fields_with_a_default_may_be_left_out_of_a_spec) {
    TypeScript ts;
    ts.spec<ImageShape>("Input");
    ts.record<ParameterGroup>("Group");
    EXPECT_NE(ts.text().find("  height: number;\n"), std::string::npos);
    EXPECT_NE(ts.text().find("  lr: number;\n"), std::string::npos);
    TypeScript other;
    other.spec<ParameterGroup>("Group");
    EXPECT_NE(other.text().find("  lr?: number;\n"), std::string::npos);
    EXPECT_NE(other.text().find("  match: string;\n"), std::string::npos);
}

TEST(Protocol, a_type_is_declared_before_it_is_used) {
    TypeScript ts;
    EXPECT_THROW(ts.record<DatasetCard>("Card"), std::logic_error);
}

}  // namespace cnnlab::protocol
