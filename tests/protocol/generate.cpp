#include <fstream>
#include <iostream>

#include "tests/protocol/typescript.hpp"

/// Writes the TypeScript types of what the engine and the page say to each other: cnnlab_generate FILE.
int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: cnnlab_generate FILE\n";
        return 2;
    }
    std::ofstream file(arguments[1], std::ios::binary);
    file << cnnlab::protocol::protocol_types();
    file.close();
    if (!file) {
        std::cerr << arguments[1] << ": cannot be written\n";
        return 1;
    }
    return 0;
}
