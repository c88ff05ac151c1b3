#include "native/report/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace cnnlab {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string& started_as() {
    static std::string name = "cnnlab";
    return name;
}

}  // namespace

Terminal::Terminal(std::FILE* stream) : stream_(stream) {
    const std::string kind = environment("TERM");
    is_live_ = ::isatty(::fileno(stream)) == 1 && !kind.empty() && kind != "dumb";
    has_styles_ = is_live_ && environment("NO_COLOR").empty();
}

int Terminal::width() const {
    winsize size{};
    if (::ioctl(::fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const int columns =
        std::atoi(environment("COLUMNS").c_str());  // NOLINT(cert-err34-c): 0 is a fine answer
    return columns > 0 ? columns : 80;
}

void Terminal::print(std::string_view line) {
    clear();
    std::fwrite(line.data(), 1, line.size(), stream_);
    std::fputc('\n', stream_);
    std::fflush(stream_);
}

void Terminal::redraw(std::string_view line) {
    if (!is_live_) return;
    // Written before the rest of the line is erased, so that nothing flickers.
    std::fprintf(stream_, "\r%.*s\x1b[K", static_cast<int>(line.size()), line.data());
    std::fflush(stream_);
    has_line_ = true;
}

void Terminal::clear() {
    if (!has_line_) return;
    std::fputs("\r\x1b[K", stream_);
    std::fflush(stream_);
    has_line_ = false;
}

std::string Terminal::styled(std::string_view code, std::string_view text) const {
    if (!has_styles_) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string command_name() { return started_as(); }

void set_command_name(const char* argv0) {
    // `lab` names its folder and starts the program under a long path that nobody typed.
    const std::string home = environment("CNNLAB_HOME");
    if (!home.empty()) {
        std::error_code error;
        const bool is_here = std::filesystem::equivalent(home, std::filesystem::current_path(error), error);
        started_as() = is_here ? "./lab" : home + "/lab";
    } else if (argv0 != nullptr && *argv0 != 0) {
        started_as() = argv0;
    }
}

}  // namespace cnnlab
