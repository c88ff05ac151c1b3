#include "native/system/interrupt.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

namespace cnnlab {

namespace {

constexpr std::array<int, 4> watched{SIGINT, SIGTERM, SIGHUP, SIGPIPE};
std::array<struct sigaction, watched.size()> earlier;
volatile std::sig_atomic_t seen = 0;

void remember(int number) { seen = number; }

}  // namespace

InterruptWatch::InterruptWatch() {
    seen = 0;
    struct sigaction action {};
    action.sa_handler = remember;
    // After the first signal the system's own handling is back. SA_RESTART: a write to the disk must not fail
    // half-way.
    for (size_t i = 0; i < watched.size(); ++i) {
        action.sa_flags = (watched[i] == SIGPIPE ? 0 : static_cast<int>(SA_RESETHAND)) | SA_RESTART;
        ::sigaction(watched[i], nullptr, &earlier[i]);
        // What the parent has switched off (nohup, a job in the background) stays off.
        if (earlier[i].sa_handler != SIG_IGN) ::sigaction(watched[i], &action, nullptr);
    }
}

InterruptWatch::~InterruptWatch() {
    for (size_t i = 0; i < watched.size(); ++i) ::sigaction(watched[i], &earlier[i], nullptr);
}

int InterruptWatch::signal() { return seen; }

void end_with_parent() {
    const char* parent = std::getenv(parent_variable);
    if (parent == nullptr) return;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // It may have ended before.
    if (std::to_string(::getppid()) != parent) std::raise(SIGTERM);
    ::unsetenv(parent_variable);
}

}  // namespace cnnlab
