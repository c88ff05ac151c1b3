#include "native/run/metrics_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>
#include <system_error>

#include "engine/core/error.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

constexpr int64_t batches_an_epoch = 200;
constexpr size_t longest_line = size_t{1} << 18U;
constexpr size_t largest_confusion = 100;  ///< classes; beyond, the matrix would be most of the file

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
    fail_io(path, "cannot be written", reason,
            "check its permissions, or choose another folder with --run DIR");
}

/// Whether all that is looked at in a line has the type that it is written with, and no number is beyond what is
/// counted with.
bool is_event(const Json& line) {
    if (!line.is_object() || !line.contains("event") || !line["event"].is_string()) return false;
    constexpr double most_epochs = 1e9, most_steps = 1e15;  // their products fit into 64 bits
    const auto is_up_to = [&](const char* key, double most) {
        return !line.contains(key) || (line[key].is_number() && std::abs(line[key].get<double>()) <= most);
    };
    return is_up_to("epoch", most_epochs) && is_up_to("epochs", most_epochs) &&
           is_up_to("steps_per_epoch", most_epochs) && is_up_to("step", most_steps) &&
           is_up_to("total_steps", most_steps) && is_up_to("seconds", most_steps);
}

/// The event of a line; null where it is none. None that is written is longer.
Json event_in(std::string_view line) {
    Json event = line.size() > longest_line ? Json() : Json::parse(line, nullptr, false);
    return is_event(event) ? event : Json();
}

/// {"event": …} and its fields; without the confusion of many classes.
Json line_of(const TrainEvent& event) {
    return std::visit(
        [](const auto& e) {
            Json json{{"event", e.type}};
            write_fields(e, json);
            if constexpr (std::is_same_v<std::decay_t<decltype(e)>, EvalEnd>)
                if (e.confusion.size() > largest_confusion) json.erase("confusion");
            return json;
        },
        event);
}

/// Whether a line belongs to the first `steps` steps; everything after these comes again. The last epoch may end
/// early, at `total`.
bool is_before(const Json& line, int64_t steps, int64_t steps_per_epoch, int64_t total) {
    const std::string event = line.value("event", "");
    const auto step = line.value("step", int64_t{0}), epoch = line.value("epoch", int64_t{0});
    if (event == "train_begin") return step < steps;
    if (event == "epoch_begin") return epoch * steps_per_epoch < steps;
    if (event == "batch_end") return step < steps;
    if (event == "train_end") return step <= steps;
    return std::min((epoch + 1) * steps_per_epoch, total) <= steps;
}

}  // namespace

std::vector<Json> read_metrics(const std::filesystem::path& path) {
    const std::vector<uint8_t> bytes = read_file(path);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::vector<Json> lines;
    for (size_t at = 0, end; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1) {
        lines.push_back(event_in(text.substr(at, end - at)));
        if (lines.back().is_null())
            throw Error(ErrorCode::bad_file, path.string(), "has a line that is no event",
                        "put back a copy of the file");
    }
    return lines;
}

MetricsLog::MetricsLog(std::filesystem::path path) : path_(std::move(path)) {
    // Opening a pipe would wait for a reader.
    if (std::error_code ignored; std::filesystem::exists(path_, ignored)) read_start(path_, 0);
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail(path_, errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        ::close(descriptor_);
        throw Error(ErrorCode::io, path_.parent_path().string(), "another program is training this run",
                    "wait until it is done, or stop it");
    }
}

MetricsLog::~MetricsLog() { ::close(descriptor_); }

std::vector<std::string> MetricsLog::rewind(int64_t steps) {
    const std::vector<uint8_t> bytes = read_file(path_);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::string kept;
    int64_t total = std::numeric_limits<int64_t>::max(), unreadable = 0, done = 0;
    for (size_t at = 0, end = 0; at < text.size(); at = end + 1) {
        end = text.find('\n', at);
        // A line without an end is one that a crash has cut.
        if (end == std::string_view::npos) break;
        const Json line = event_in(text.substr(at, end - at));
        if (line.is_null()) {
            ++unreadable;
            continue;
        }
        total = line.value("total_steps", total);
        if (!is_before(line, steps, line.value("steps_per_epoch", history_.steps_per_epoch), total)) continue;
        history_.add(line);
        if (line["event"] == "train_begin") last_session_ = line;
        if (line["event"] == "batch_end") done = line.value("step", int64_t{-1}) + 1;
        earlier_seconds_ = line.value("seconds", earlier_seconds_);
        kept += text.substr(at, end + 1 - at);
    }
    const size_t same = static_cast<size_t>(
        std::mismatch(kept.begin(), kept.end(), text.begin(), text.end()).first - kept.begin());
    if (same < text.size() && ::ftruncate(descriptor_, static_cast<off_t>(same)) != 0) fail(path_, errno);
    kept.erase(0, same);
    write(kept);

    std::vector<std::string> notes;
    const std::string name = path_.filename().string();
    if (unreadable > 0)
        notes.push_back(name + " had " + std::to_string(unreadable) +
                        (unreadable == 1 ? " line that could not be read; it was"
                                         : " lines that could not be read; they were") +
                        " left out");
    if (steps - done >= stride() && steps > 0)
        notes.push_back(name + " lacks the steps " + std::to_string(done + 1) + " to " +
                        std::to_string(steps) + ": the curves lack them, too");
    return notes;
}

int64_t MetricsLog::stride() const {
    return (history_.steps_per_epoch + batches_an_epoch - 1) / batches_an_epoch;
}

bool MetricsLog::is_wanted(const TrainEvent& event) const {
    const auto* batch = std::get_if<BatchEnd>(&event);
    if (batch == nullptr) return true;
    const int64_t done = batch->step % history_.steps_per_epoch + 1;
    return done % stride() == 0 || done == history_.steps_per_epoch;
}

void MetricsLog::on_event(const TrainEvent& event) {
    const auto* begin = std::get_if<TrainBegin>(&event);
    if (begin != nullptr) started_ = std::chrono::steady_clock::now();
    if (!is_wanted(event)) return;
    Json line = line_of(event);
    if (begin != nullptr) line.update(session_);
    line["seconds"] = std::round(seconds() * 1000) / 1000;
    history_.add(line);
    buffer_ += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const bool is_small = std::holds_alternative<BatchEnd>(event) ||
                          std::holds_alternative<EpochBegin>(event) || std::holds_alternative<EvalEnd>(event);
    if (!is_small || buffer_.size() > 65536) flush();
}

void MetricsLog::check_place() const {
    struct stat mine {
    }, there{};
    if (::fstat(descriptor_, &mine) != 0) fail(path_, errno);
    if (::stat(path_.c_str(), &there) == 0 && there.st_dev == mine.st_dev && there.st_ino == mine.st_ino)
        return;
    std::error_code error;
    const bool has_folder = std::filesystem::is_directory(path_.parent_path(), error);
    throw Error(ErrorCode::missing_data, (has_folder ? path_ : path_.parent_path()).string(),
                "was removed or renamed while it was written into",
                "put it back: what was saved last is in it");
}

void MetricsLog::write(std::string& text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor_, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path_, errno);
        text.erase(0, static_cast<size_t>(count));
    }
}

void MetricsLog::flush() {
    check_place();
    write(buffer_);
}

double MetricsLog::seconds() const {
    if (!started_) return earlier_seconds_;
    return earlier_seconds_ +
           std::chrono::duration<double>(std::chrono::steady_clock::now() - *started_).count();
}

}  // namespace cnnlab
