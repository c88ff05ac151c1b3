#include "native/bench/peer_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

/// The folder tests/peer of the sources of this program; empty if it is not there.
fs::path peer_folder() {
    std::error_code error;
    std::vector<fs::path> roots;
    if (const char* home = std::getenv("CNNLAB_HOME")) roots.emplace_back(home);
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (fs::path folder = program.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
        roots.push_back(folder);
    for (const fs::path& root : roots) {
        if (fs::is_regular_file(root / "tests" / "peer" / "run.sh", error)) return root / "tests" / "peer";
    }
    return {};
}

/// Whether a folder of .toolchain/peers is there.
bool is_set_up(const char* part) {
    const fs::path folder = peer_folder();
    std::error_code error;
    return !folder.empty() && fs::is_directory(folder / ".." / ".." / ".toolchain" / "peers" / part, error);
}

std::string last_line(const std::string& text) {
    const size_t end = text.find_last_not_of(" \n");
    if (end == std::string::npos) return {};
    const size_t begin = text.rfind('\n', end) + 1;  // npos + 1 is 0
    return text.substr(begin, end + 1 - begin);
}

}  // namespace

bool peers_are_there() { return is_set_up("sid/usr"); }
bool node_peer_is_there() { return is_set_up("node/node_modules"); }

PeerProcess::PeerProcess(const std::string& script, const std::string& network, int threads,
                         const std::string& tasks)
    : script_(script) {
    if (!(script.ends_with(".mjs") ? node_peer_is_there() : peers_are_there()))
        throw Error(ErrorCode::missing_data, script, "the libraries to compare with are not here",
                    "run `./lab setup peers`, or leave them out with --no-peers");
    std::array<char, 32> name{"/tmp/cnnlab-peer-XXXXXX"};
    const int words = ::mkstemp(name.data());
    std::array<int, 2> in{}, out{};
    if (words < 0 || ::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
        throw Error(ErrorCode::io, script, "cannot be started", "free some memory and try again");
    words_ = name.data();
    std::vector<std::string> arguments{(peer_folder() / "run.sh").string(),
                                       script,
                                       "--network",
                                       network,
                                       "--threads",
                                       std::to_string(threads),
                                       "--serve",
                                       tasks};
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
        ::dup2(in[0], 0);
        ::dup2(out[1], 1);
        ::dup2(words, 2);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    for (const int unused : {in[0], out[1], words}) ::close(unused);
    to_ = ::fdopen(in[1], "w");
    from_ = ::fdopen(out[0], "r");
    try {
        introduction_ = read_line();
    } catch (...) {
        end();
        throw;
    }
    for (const Json& variant : introduction_.value("variants", Json::array()))
        variants_.push_back({variant.value("task", std::string()), variant.value("batch", 0),
                             variant.value("name", std::string())});
}

PeerProcess::~PeerProcess() { end(); }

void PeerProcess::end() {
    // The peer ends when its input ends.
    if (to_ != nullptr) std::fclose(to_);
    if (from_ != nullptr) std::fclose(from_);
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
    std::error_code ignored;
    if (!words_.empty()) fs::remove(words_, ignored);
}

std::string PeerProcess::name() const {
    return introduction_.value("library", std::string()) + " " +
           introduction_.value("version", std::string());
}

std::vector<double> PeerProcess::repeat(size_t variant, double seconds) {
    const std::string request = Json{{"variant", variant}, {"seconds", seconds}}.dump() + "\n";
    // The peer may have died, which must not end this process too.
    const auto before = ::signal(SIGPIPE, SIG_IGN);
    const bool sent = std::fputs(request.c_str(), to_) >= 0 && std::fflush(to_) == 0;
    ::signal(SIGPIPE, before);
    if (!sent) fail("no longer listens");
    std::vector<double> times = read_line().value("seconds", std::vector<double>());
    if (times.empty()) fail("has measured nothing");
    return times;
}

Json PeerProcess::read_line() {
    std::string line;
    for (int c = std::fgetc(from_); c != EOF && c != '\n'; c = std::fgetc(from_))
        line += static_cast<char>(c);
    Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) fail("has ended without an answer");
    return json;
}

void PeerProcess::fail(const std::string& problem) {
    std::string words;
    try {
        const auto bytes = read_file(words_);
        words = last_line(std::string(bytes.begin(), bytes.end()));
    } catch (const Error&) {
        words = "it said nothing";
    }
    throw Error(ErrorCode::io, script_, problem + " (" + words + ")",
                "run `./lab setup peers` again, or leave the peers out with --no-peers");
}

}  // namespace cnnlab
