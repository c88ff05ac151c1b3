# Target cnnlab_headers: xtensor 0.25, xtl, xsimd >= 11, nlohmann-json and protozero, as system headers.
# CNNLAB_DEPS comes first; the compiler's own folders are taken where they hold a new enough xsimd.
# Emscripten must never see the host's folders, so there only CNNLAB_DEPS counts.

function(cnnlab_xsimd_major folder result)
  set(major 0)
  set(config ${folder}/xsimd/config/xsimd_config.hpp)
  if(EXISTS ${config})
    file(STRINGS ${config} line REGEX "define XSIMD_VERSION_MAJOR")
    string(REGEX MATCH "[0-9]+$" major "${line}")
  endif()
  set(${result} ${major} PARENT_SCOPE)
endfunction()

add_library(cnnlab_headers INTERFACE)
set(headers_folder "")
set(headers_candidates ${CNNLAB_DEPS})
if(NOT EMSCRIPTEN)
  find_path(CNNLAB_SYSTEM_XSIMD xsimd/xsimd.hpp)
  mark_as_advanced(CNNLAB_SYSTEM_XSIMD)
  if(CNNLAB_SYSTEM_XSIMD)
    list(APPEND headers_candidates ${CNNLAB_SYSTEM_XSIMD})
  endif()
endif()
foreach(folder IN LISTS headers_candidates)
  cnnlab_xsimd_major(${folder} major)
  # xtensor 0.27 moved its headers into sub-folders; the code is written for 0.25.
  if(NOT headers_folder AND major GREATER_EQUAL 11 AND EXISTS ${folder}/xtensor/xtensor.hpp
     AND EXISTS ${folder}/xtl/xtl_config.hpp AND EXISTS ${folder}/nlohmann/json.hpp
     AND EXISTS ${folder}/protozero/pbf_writer.hpp)
    set(headers_folder ${folder})
  endif()
endforeach()
if(NOT headers_folder)
  message(FATAL_ERROR "xtensor 0.25, xtl, xsimd >= 11, nlohmann-json and protozero are not in '${CNNLAB_DEPS}': run ./lab setup")
endif()
target_include_directories(cnnlab_headers SYSTEM INTERFACE ${headers_folder})
