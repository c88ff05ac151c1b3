#include "native/data/download_line.hpp"

#include "native/report/text.hpp"

namespace cnnlab {

FetchObserver DownloadLine::observer() {
    return [this](const FetchProgress& progress) { return show(progress); };
}

bool DownloadLine::show(const FetchProgress& progress) {
    const std::string& name = progress.file.name;
    if (!watch_) watch_.emplace();
    if (announced_ != name) {
        announced_ = name;
        terminal_.print("fetching " + progress.file.url +
                        (progress.total > 0 ? ", " + bytes_text(progress.total) : ""));
        drawn_ = {};
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_ >= std::chrono::milliseconds(100)) {
        drawn_ = now;
        std::string line = bytes_text(progress.received);
        if (progress.total > 0) {
            line +=
                " of " + bytes_text(progress.total) + ", " +
                percent_text(static_cast<double>(progress.received) / static_cast<double>(progress.total));
        }
        terminal_.redraw(clip_text(line, static_cast<size_t>(terminal_.width() - 1)));
    }
    return InterruptWatch::signal() == 0;
}

}  // namespace cnnlab
