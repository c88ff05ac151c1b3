# Emscripten: the em++ on PATH if there is one, else the one that `./lab setup wasm` puts into .toolchain.
# PATH is searched by hand because a Debian em++ is a link to a script next to its CMake modules.
set(cnnlab_local_emscripten ${CMAKE_CURRENT_LIST_DIR}/../.toolchain/root/usr/share/emscripten)
find_program(CNNLAB_EMXX em++ HINTS $ENV{EMSDK}/upstream/emscripten)
if(EXISTS ${cnnlab_local_emscripten}/em++)
  set(cnnlab_emscripten ${cnnlab_local_emscripten})
elseif(CNNLAB_EMXX)
  get_filename_component(cnnlab_emxx ${CNNLAB_EMXX} REALPATH)
  get_filename_component(cnnlab_emscripten ${cnnlab_emxx} DIRECTORY)
else()
  message(FATAL_ERROR "no Emscripten: run ./lab setup wasm")
endif()
include(${cnnlab_emscripten}/cmake/Modules/Platform/Emscripten.cmake)
