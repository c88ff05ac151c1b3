#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "native/data/fetch.hpp"
#include "native/report/terminal.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

/// Shows downloads on stderr: one live line on a terminal, one line a file elsewhere. Ctrl-C stops them.
class DownloadLine {
  public:
    DownloadLine() : terminal_(stderr) {}
    /// The observer refers to this object.
    [[nodiscard]] FetchObserver observer();
    void finish() { terminal_.clear(); }

  private:
    bool show(const FetchProgress& progress);

    std::optional<InterruptWatch> watch_;  ///< from the first byte on, so that a half file is removed
    Terminal terminal_;
    std::string announced_;
    std::chrono::steady_clock::time_point drawn_;
};

}  // namespace cnnlab
