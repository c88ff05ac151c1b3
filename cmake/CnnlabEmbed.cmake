# Compiles engine/experiments/*.json, engine/studies/*.json, engine/networks/*.json and datasets/*/card.json into the
# engine (see engine/core/embedded.hpp).
file(GLOB embedded_experiments CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/experiments/*.json)
file(GLOB embedded_studies CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/studies/*.json)
file(GLOB embedded_cards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/datasets/*/card.json)
file(GLOB embedded_networks CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/networks/*.json)
if(EMSCRIPTEN)
  # The page fetches a network with its weights. Experiments that need one are the program's.
  set(embedded_networks "")
  list(FILTER embedded_experiments EXCLUDE REGEX "mobilenet")
  list(FILTER embedded_studies EXCLUDE REGEX "input-size")
endif()
set(embedded_source ${PROJECT_BINARY_DIR}/embedded.cpp)
# The list of files stands in a file of its own, so that adding or removing one regenerates the source.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/embedded_files.cmake @ONLY
     CONTENT "set(experiments \"@embedded_experiments@\")\nset(studies \"@embedded_studies@\")\nset(networks \"@embedded_networks@\")\nset(cards \"@embedded_cards@\")\n")
add_custom_command(
  OUTPUT ${embedded_source}
  COMMAND ${CMAKE_COMMAND} -DLIST=${PROJECT_BINARY_DIR}/embedded_files.cmake -DOUTPUT=${embedded_source}
          -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${embedded_experiments} ${embedded_studies} ${embedded_networks} ${embedded_cards} ${PROJECT_BINARY_DIR}/embedded_files.cmake
          ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  COMMENT "Embedding experiments, studies and data set cards"
  VERBATIM)
