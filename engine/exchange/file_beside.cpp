#include "engine/exchange/file_beside.hpp"

#include "engine/core/error.hpp"
#include "engine/exchange/import_messages.hpp"

namespace cnnlab {

std::string name_beside(const std::string& given, const std::string& place) {
    std::string plain, part;
    for (const char c : given + "/") {
        if (c != '/') {
            part += c;
            continue;
        }
        if (!part.empty() && part != ".") plain += (plain.empty() ? "" : "/") + part;
        part.clear();
    }
    const bool leaves = plain.empty() || given.front() == '/' || given.find('\\') != std::string::npos ||
                        given.find('\0') != std::string::npos || given.find(':') != std::string::npos ||
                        ("/" + given + "/").find("/../") != std::string::npos;
    if (leaves)
        throw Error(ErrorCode::bad_file, place, say_import("import.outside", given),
                    say_import("import.beside"));
    return plain;
}

}  // namespace cnnlab
