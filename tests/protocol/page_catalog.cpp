#include "tests/protocol/page_catalog.hpp"

#include "engine/core/spec.hpp"
#include "web/bindings/catalog.hpp"

namespace cnnlab::protocol {

std::string page_catalog() {
    return "/** Made by ./lab generate (tests/protocol/page_catalog.cpp): fields, ranges, defaults and help. "
           "*/\n"
           "import type { Catalog } from './generated.js';\n\nexport const catalog: Catalog = " +
           write_json(web::catalog()).dump(1) + ";\n";
}

}  // namespace cnnlab::protocol
