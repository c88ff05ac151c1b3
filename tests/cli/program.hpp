#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "tests/sanitizer.hpp"

namespace cnnlab::test {

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Outcome {
    int code = 0;  ///< of the exit; 128 + number after a signal
    std::string out, err;

    /// The last line of stdout, as JSON.
    [[nodiscard]] Json json() const;
};

/// A running cnnlab, killed in the destructor if nobody waited for it. Trains on one thread unless told otherwise:
/// for networks as small as a test's, waking a second one takes longer than a step.
class Program {
  public:
    /// `prepare` runs in the child before the program starts.
    Program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
            const std::function<void()>& prepare = {});
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void send(int signal) const;
    [[nodiscard]] bool is_running();
    Outcome wait();

  private:
    std::filesystem::path out_, err_;
    pid_t process_ = -1;
    int status_ = 0;
};

/// Tests of the command line, each in an empty folder of its own.
class CommandLine : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    Outcome run(const std::vector<std::string>& arguments, const std::function<void()>& prepare = {}) const {
        return Program(folder_, arguments, prepare).wait();
    }
    /// Runs and expects exit code 0.
    Outcome succeed(const std::vector<std::string>& arguments) const;
    /// Runs and expects the code, and one line on stderr, "cnnlab: error: …", with all these words.
    void fail(int code, const std::vector<std::string>& arguments,
              const std::vector<std::string>& words) const;

    void write(const std::string& name, const std::string& text) const;
    [[nodiscard]] std::string read(const std::string& name) const;
    /// The lines of a run's metrics.jsonl.
    [[nodiscard]] std::vector<Json> events(const std::string& run) const;

    std::filesystem::path folder_;
};

/// Waits until `condition` holds; false after a minute.
bool wait_until(const std::function<bool()>& condition);

}  // namespace cnnlab::test
