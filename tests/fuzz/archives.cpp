#include "native/data/archive_file.hpp"
#include "native/data/gzip.hpp"
#include "native/data/matlab_elements.hpp"
#include "native/data/tar.hpp"
#include "tests/fuzz/fuzz.hpp"

/// Files that hold others. Other libraries unpack them; what is asked of these is seen here.
namespace cnnlab::fuzz {

namespace {

void gzip(const Bytes& bytes) {
    (void)gunzip_head(bytes, 512);
    (void)gunzip(bytes, "fuzz", size_t{1} << 24U);
}

void tar(const Bytes& bytes) {
    (void)first_large_file(bytes);
    (void)read_tar(bytes, {"a", "b"}, "fuzz");
}

/// The names and contents of the files in a ZIP or tar.
void archive(const Bytes& bytes) {
    const MemoryFile file(bytes);
    if (!is_archive(file.path())) return;
    ArchiveFile opened(file.path());
    while (opened.next()) (void)opened.read();
}

/// What stands before matio.
void matlab(const Bytes& bytes) {
    const MemoryFile file(bytes);
    check_matlab_elements(file.path(), 0);
    check_matlab_elements(file.path());
}

constexpr Reader readers[] = {{"gzip", gzip}, {"tar", tar}, {"archive", archive}, {"matlab", matlab}};

}  // namespace

std::span<const Reader> archive_readers() { return readers; }

}  // namespace cnnlab::fuzz
