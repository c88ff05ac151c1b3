// The other end of a peer's line, with scripts that stand for PyTorch.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "native/bench/peer_process.hpp"
#include "tests/errors.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

/// A folder that looks like the sources with their peers set up, and is CNNLAB_HOME.
class BenchPeer : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(home_.path() / ".toolchain/peers/sid/usr");
        fs::create_directories(home_.path() / "tests/peer");
        ::setenv("CNNLAB_HOME", home_.path().c_str(), 1);
    }
    void TearDown() override { ::unsetenv("CNNLAB_HOME"); }

    /// What stands in for tests/peer/run.sh.
    void script(const std::string& lines) const {
        const fs::path path = home_.path() / "tests/peer/run.sh";
        std::ofstream(path) << "#!/bin/sh\n" << lines;
        fs::permissions(path, fs::perms::owner_all);
    }

    TemporaryFolder home_;
};

TEST_F(BenchPeer, SaysWhatItIsAndAnswersInTurn) {
    script(
        R"(echo "{\"library\": \"$1\", \"version\": \"$3 $5 $7\", \"blas\": \"openblas\", \"parameters\": 14,
 \"variants\": [{\"task\": \"train\", \"batch\": 64, \"name\": \"a\"}, {\"task\": \"infer\", \"batch\": 1, \"name\": \"b\"}]}" | tr -d '\n'
echo
while read -r line; do
    case $line in *'"variant":1'*) echo '{"seconds": [0.5, 0.25]}' ;; *) echo '{"seconds": [2]}' ;; esac
done
)");
    PeerProcess peer("torch.py", "lines", 2, "train:64,infer:1");
    EXPECT_EQ(peer.name(), "torch.py lines 2 train:64,infer:1");
    EXPECT_EQ(peer.blas(), "openblas");
    EXPECT_EQ(peer.parameters(), 14);
    ASSERT_EQ(peer.variants().size(), 2U);
    EXPECT_EQ(peer.variants()[1].task, "infer");
    EXPECT_EQ(peer.repeat(1, 0.1), (std::vector<double>{0.5, 0.25}));
    EXPECT_EQ(peer.repeat(0, 0.1), (std::vector<double>{2}));
}

TEST_F(BenchPeer, OneThatFailsIsAnErrorWithItsLastWords) {
    script("echo 'ImportError: no torch' >&2\nexit 1\n");
    expect_error(
        ErrorCode::io, [] { PeerProcess peer("torch.py", "lines", 1, "train:1"); }, "torch.py",
        "ImportError: no torch");
    script("echo '{\"library\": \"x\"}'\nread -r line\necho 'killed' >&2\n");
    PeerProcess peer("torch.py", "lines", 1, "train:1");
    expect_error(
        ErrorCode::io, [&] { (void)peer.repeat(0, 1); }, "torch.py", "killed");
    // and the second time, when nobody listens any more
    expect_error(
        ErrorCode::io, [&] { (void)peer.repeat(0, 1); }, "torch.py", "setup peers");
}

TEST_F(BenchPeer, OneThatIsNotSetUpIsAnErrorThatSaysHow) {
    script("");
    EXPECT_TRUE(peers_are_there());
    fs::remove_all(home_.path() / ".toolchain");
    EXPECT_FALSE(peers_are_there());
    expect_error(
        ErrorCode::missing_data, [] { PeerProcess peer("torch.py", "lines", 1, "train:1"); }, "torch.py",
        "lab setup peers");
}

}  // namespace
}  // namespace cnnlab::test
