#include "tests/paths.hpp"

// The only file that is compiled with absolute paths: compiler caches then serve every clone.
#ifndef CNNLAB_PROGRAM
#define CNNLAB_PROGRAM ""
#endif

namespace cnnlab::test {

std::filesystem::path source_folder() { return CNNLAB_SOURCE_DIR; }
std::filesystem::path program_file() { return CNNLAB_PROGRAM; }

}  // namespace cnnlab::test
