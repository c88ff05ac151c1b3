#include <fstream>
#include <iostream>

#include "tests/protocol/page_catalog.hpp"
#include "tests/protocol/page_keys.hpp"
#include "tests/protocol/typescript.hpp"

namespace {

bool write(const char* path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) std::cerr << path << ": cannot be written\n";
    return static_cast<bool>(file);
}

}  // namespace

/// Writes what C++ knows for TypeScript: the types of what engine and page say to each other, every sentence by
/// key, and what forms are made from.
int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "usage: cnnlab_generate TYPES KEYS CATALOG\n";
        return 2;
    }
    const bool done = write(arguments[1], cnnlab::protocol::protocol_types()) &&
                      write(arguments[2], cnnlab::protocol::page_keys()) &&
                      write(arguments[3], cnnlab::protocol::page_catalog());
    return done ? 0 : 1;
}
