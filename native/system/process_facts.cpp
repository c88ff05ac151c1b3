#include "native/system/process_facts.hpp"

#include <time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace cnnlab {

double process_age() {
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    // The name, in brackets, may hold spaces. The start is field 22, the 20th after it, in ticks since boot (man 5
    // proc).
    const size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(text.substr(name_end + 1));
    std::string field;
    for (int i = 0; i < 20; ++i) fields >> field;
    timespec now{};
    if (!fields || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0) return 0;
    const double ticks = std::stod(field);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) -
           ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int64_t peak_memory_bytes() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return 1024 * std::stoll(line.substr(6));
    }
    return 0;
}

}  // namespace cnnlab
