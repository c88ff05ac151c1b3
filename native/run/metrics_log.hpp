#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/train/events.hpp"
#include "native/run/training_history.hpp"

namespace cnnlab {

/// The lines of a metrics.jsonl, up to one that a crash has cut. Throws Error: bad_file for one that is no event.
[[nodiscard]] std::vector<Json> read_metrics(const std::filesystem::path& path);

/// metrics.jsonl: one event a line, as {"event": "batch_end", …, "seconds": training time so far}. Of an epoch's
/// batches about 200 are written. Locks the file: nobody else can open it meanwhile.
class MetricsLog : public Observer {
  public:
    /// Opens or makes the file. Throws Error (io) where it cannot be written or another training has it open.
    explicit MetricsLog(std::filesystem::path path);
    ~MetricsLog() override;
    MetricsLog(const MetricsLog&) = delete;
    MetricsLog& operator=(const MetricsLog&) = delete;

    /// Reads back what is there and takes out what a training wrote after its first `steps` steps, which it will do
    /// again, and lines that cannot be read. Says what a person should know: that lines could not be read, or that
    /// steps before are missing.
    [[nodiscard]] std::vector<std::string> rewind(int64_t steps);
    /// What the next train_begin says beside the event itself (device, checksum of the images).
    void describe_session(Json facts) { session_ = std::move(facts); }
    /// The last train_begin line that rewind found; null if there was none.
    [[nodiscard]] const Json& last_session() const { return last_session_; }

    void on_event(const TrainEvent& event) override;
    /// Hands what has been written to the operating system. Throws Error: io, for example on a full disk; missing_data
    /// where somebody has removed or renamed the file or its folder.
    void flush();

    [[nodiscard]] const TrainingHistory& history() const { return history_; }
    /// Training time of all sessions, in seconds.
    [[nodiscard]] double seconds() const;

  private:
    [[nodiscard]] bool is_wanted(const TrainEvent& event) const;
    [[nodiscard]] int64_t stride() const;
    void check_place() const;
    /// Takes off what has been written, so that a second try goes on there.
    void write(std::string& text);

    std::filesystem::path path_;
    int descriptor_ = -1;
    std::string buffer_;
    TrainingHistory history_;
    Json session_ = Json::object(), last_session_;
    double earlier_seconds_ = 0;
    std::optional<std::chrono::steady_clock::time_point> started_;  ///< by train_begin
};

}  // namespace cnnlab
