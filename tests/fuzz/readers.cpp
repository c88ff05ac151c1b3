// One program for all readers: the variable FUZZ_READER names one.

#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "engine/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace cnnlab::fuzz {

std::vector<NamedFile> files_of(std::span<const uint8_t> bytes) {
    constexpr std::string_view mark("\0file:", 6);
    std::string_view left(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::vector<NamedFile> files;
    while (true) {
        const size_t end = std::min(left.find(mark), left.size());
        const std::string_view file = left.substr(0, end);
        const size_t line = std::min(file.find('\n'), file.size());
        const std::string_view contents = file.substr(std::min(line + 1, file.size()));
        files.push_back({std::string(file.substr(0, line)), {contents.begin(), contents.end()}});
        if (end == left.size()) return files;
        left.remove_prefix(end + mark.size());
    }
}

MemoryFile::MemoryFile(const Bytes& bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
    if (descriptor_ >= 0 &&
        ::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()))
        return;
    std::perror("a file in memory");
    std::abort();
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

std::string_view text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace {

const Reader& chosen() {
    const char* name = std::getenv("FUZZ_READER");
    for (const auto& family : {array_readers(), dataset_readers(), picture_readers(), network_readers(),
                               run_readers(), archive_readers()})
        for (const Reader& reader : family)
            if (name != nullptr && reader.name == name) return reader;
    std::fprintf(stderr, "FUZZ_READER names no reader: tests/fuzz/run.sh --list has them\n");
    std::exit(2);
}

/// Ends the process as a finding when it has used so many seconds of a processor from now on. libFuzzer's own limit
/// counts the clock's, and calls an input slow that waited for other programs.
void limit_processor_time(int seconds) {
    itimerval limit{};
    limit.it_value.tv_sec = seconds;
    ::setitimer(ITIMER_PROF, &limit, nullptr);
}

void too_slow(int) {
    constexpr std::string_view text = "fuzz: one input took 20 seconds of a processor\n";
    (void)!::write(STDERR_FILENO, text.data(), text.size());
    std::abort();
}

}  // namespace

}  // namespace cnnlab::fuzz

/// With FUZZ_SEED=FILE the program writes the reader's own seed there and ends.
extern "C" int LLVMFuzzerInitialize(int*, char***) {  // NOLINT(readability-identifier-naming)
    const char* name = std::getenv("FUZZ_SEED");
    if (name == nullptr) return 0;
    const auto& reader = cnnlab::fuzz::chosen();
    if (reader.seed == nullptr) std::exit(0);
    const cnnlab::fuzz::Bytes seed = reader.seed();
    std::ofstream file(name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    file.close();
    std::exit(file ? 0 : 1);
}

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const auto& reader = cnnlab::fuzz::chosen();
    static const auto handled = std::signal(SIGPROF, cnnlab::fuzz::too_slow);
    (void)handled;
    cnnlab::fuzz::limit_processor_time(20);
    try {
        reader.read(cnnlab::fuzz::Bytes(data, data + size));
    } catch (const cnnlab::Error&) {  // the file is refused, as it should be
    }
    cnnlab::fuzz::limit_processor_time(0);
    return 0;
}
