#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/paths.hpp"

namespace cnnlab::test {

namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

Json Outcome::json() const {
    const size_t end = out.find_last_not_of('\n');
    if (end == std::string::npos) return {};
    const size_t begin = out.rfind('\n', end) + 1;
    return Json::parse(out.substr(begin, end + 1 - begin), nullptr, false);
}

Program::Program(const fs::path& folder, const std::vector<std::string>& arguments,
                 const std::function<void()>& prepare) {
    static int number = 0;
    const std::string name = ".output-" + std::to_string(number++);
    out_ = folder / (name + ".out");
    err_ = folder / (name + ".err");
    std::vector<std::string> words{program_file().string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    if (words.size() > 1 && words[1] == "train" &&
        std::find(words.begin(), words.end(), "--threads") == words.end()) {
        words.insert(words.end(), {"--threads", "1"});
    }
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    process_ = ::fork();
    if (process_ != 0) return;
    const int out = ::open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    // A test's machine may have switched them off for jobs in the background.
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGHUP, SIG_DFL);
    ::unsetenv("CNNLAB_HOME");
    ::setenv("XDG_CACHE_HOME", folder.c_str(), 1);
    if (prepare) prepare();
    if (::chdir(folder.c_str()) == 0) ::execv(argv[0], argv.data());
    ::_exit(127);
}

Program::~Program() {
    if (process_ <= 0) return;
    send(SIGKILL);
    ::waitpid(process_, &status_, 0);
}

void Program::send(int signal) const { ::kill(process_, signal); }

bool Program::is_running() {
    if (process_ > 0 && ::waitpid(process_, &status_, WNOHANG) == process_) process_ = -1;
    return process_ > 0;
}

Outcome Program::wait() {
    if (process_ > 0) ::waitpid(process_, &status_, 0);
    process_ = -1;
    const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    return {code, read_text(out_), read_text(err_)};
}

void CommandLine::SetUp() {
    std::string name = (fs::temp_directory_path() / "cnnlab-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
}

void CommandLine::TearDown() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Outcome CommandLine::succeed(const std::vector<std::string>& arguments) const {
    Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    return outcome;
}

void CommandLine::fail(int code, const std::vector<std::string>& arguments,
                       const std::vector<std::string>& words) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.out << outcome.err;
    EXPECT_TRUE(outcome.err.starts_with("cnnlab: error: ")) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const std::string& word : words)
        EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err << "    lacks: " << word;
}

void CommandLine::write(const std::string& name, const std::string& text) const {
    std::ofstream file(folder_ / name, std::ios::binary);
    file << text;
}

std::string CommandLine::read(const std::string& name) const {
    EXPECT_TRUE(fs::is_regular_file(folder_ / name)) << name;
    return read_text(folder_ / name);
}

std::vector<Json> CommandLine::events(const std::string& run) const {
    std::istringstream text(read(run + "/metrics.jsonl"));
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);) {
        lines.push_back(Json::parse(line, nullptr, false));
        EXPECT_TRUE(lines.back().is_object()) << line;
    }
    return lines;
}

bool wait_until(const std::function<bool()>& condition) {
    const auto start = std::chrono::steady_clock::now();
    while (!condition()) {
        if (std::chrono::steady_clock::now() - start > std::chrono::seconds(60)) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace cnnlab::test
