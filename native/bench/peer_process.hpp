#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// Another library at work on one of our networks, in a process of its own that waits between measurements: a script
/// of tests/peer, in the Debian sid that `lab setup peers` makes or (.mjs) in Node. serve.py documents the protocol.
class PeerProcess {
  public:
    /// One way in which the peer can do a task.
    struct Variant {
        std::string task;  ///< "train" or "infer"
        int batch = 0;
        std::string name;  ///< "channels_last"
    };

    /// Starts `script` and waits until it is ready. `tasks`: "train:64,infer:1". Throws Error: missing_data where the
    /// peers are not set up, io where the script fails, with its last words.
    PeerProcess(const std::string& script, const std::string& network, int threads, const std::string& tasks);
    ~PeerProcess();
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    /// "PyTorch 2.14.1".
    [[nodiscard]] std::string name() const;
    /// The library that multiplies the matrices of its dense layers, if it knows: "openblas".
    [[nodiscard]] std::string blas() const { return introduction_.value("blas", std::string()); }
    /// The number of learned parameters of its network.
    [[nodiscard]] int64_t parameters() const { return introduction_.value("parameters", int64_t{0}); }
    [[nodiscard]] const std::vector<Variant>& variants() const { return variants_; }

    /// Repeats the work of a variant for about `seconds`, at least once. Returns the seconds of each repeat.
    [[nodiscard]] std::vector<double> repeat(size_t variant, double seconds);

  private:
    void end();
    [[nodiscard]] Json read_line();
    [[noreturn]] void fail(const std::string& problem);

    std::string script_;
    std::filesystem::path words_;  ///< its stderr
    pid_t process_ = -1;
    std::FILE *to_ = nullptr, *from_ = nullptr;
    Json introduction_;
    std::vector<Variant> variants_;
};

/// Whether `lab setup peers` has been run.
[[nodiscard]] bool peers_are_there();
/// The same for the peer in Node, which needs no root.
[[nodiscard]] bool node_peer_is_there();

}  // namespace cnnlab
