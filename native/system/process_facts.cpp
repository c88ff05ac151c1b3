#include "native/system/process_facts.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

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

namespace {

/// The number after `key` in a file of lines "key: number kB"; 0 where there is none.
int64_t kilobytes_of(const char* path, std::string_view key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key)) return 1024 * std::atoll(line.c_str() + key.size());
    return 0;
}

/// The number that a file holds; none where it says "max".
std::optional<int64_t> number_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    int64_t value = 0;
    if (!(file >> value)) return std::nullopt;
    return value;
}

/// What a control group leaves; none where it has no limit. Files that it has only cached can be given back.
std::optional<int64_t> left_in_group(const std::filesystem::path& folder, const char* limit,
                                     const char* usage) {
    const auto most = number_in(folder / limit), used = number_in(folder / usage);
    constexpr int64_t none = int64_t{1} << 60U;
    if (!most || !used || *most >= none) return std::nullopt;
    int64_t cached = 0;
    std::ifstream file(folder / "memory.stat");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("inactive_file ")) cached = std::atoll(line.c_str() + 14);
    return std::max<int64_t>(*most - *used + cached, 0);
}

}  // namespace

int64_t available_memory_bytes() {
    int64_t left = kilobytes_of("/proc/meminfo", "MemAvailable:");
    if (left == 0) return 0;
    left += kilobytes_of("/proc/meminfo", "SwapFree:");
    const auto limit = [&](const std::optional<int64_t>& other) {
        if (other) left = std::min(left, *other);
    };
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        // "0::/PATH" of version 2, "4:memory:/PATH" of version 1
        const size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string kinds = line.substr(first + 1, second - first - 1), path = line.substr(second + 2);
        const std::filesystem::path root = "/sys/fs/cgroup";
        if (kinds.empty()) {
            limit(left_in_group(root / path, "memory.max", "memory.current"));
            limit(left_in_group(root, "memory.max", "memory.current"));
        } else if (kinds == "memory") {
            for (const auto& folder : {root / "memory" / path, root / "memory"})
                limit(left_in_group(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"));
        }
    }
    rlimit space{};
    if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY)
        limit(std::max<int64_t>(
            static_cast<int64_t>(space.rlim_cur) - kilobytes_of("/proc/self/status", "VmSize:"), 0));
    return left;
}

}  // namespace cnnlab
