# cpp-httplib for the prediction service: a header alone, or, as in Debian, a library with its declarations. The
# library's own flags (TLS, compression) change its structs, so whoever includes the header needs the same ones.
find_path(HTTPLIB_INCLUDE httplib.h)
find_library(HTTPLIB_LIBRARY cpp-httplib)
mark_as_advanced(HTTPLIB_INCLUDE HTTPLIB_LIBRARY)
set(httplib_flags "")
set(HTTPLIB_LIBRARY_FOUND "")
if(HTTPLIB_INCLUDE AND HTTPLIB_LIBRARY)
  set(HTTPLIB_LIBRARY_FOUND ${HTTPLIB_LIBRARY})
  get_filename_component(httplib_folder ${HTTPLIB_LIBRARY} DIRECTORY)
  if(EXISTS ${httplib_folder}/pkgconfig/cpp-httplib.pc)
    file(STRINGS ${httplib_folder}/pkgconfig/cpp-httplib.pc httplib_line REGEX "^Cflags:")
    string(REGEX MATCHALL "CPPHTTPLIB_[A-Z_]+" httplib_flags "${httplib_line}")
  endif()
elseif(NOT HTTPLIB_INCLUDE)
  message(STATUS "no cpp-httplib: the program has no prediction service (Debian: libcpp-httplib-dev)")
endif()

# cnnlab_http(FILE...) : these files may include httplib.h where CNNLAB_HAS_HTTP is defined
function(cnnlab_http)
  if(HTTPLIB_INCLUDE)
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_DEFINITIONS CNNLAB_HAS_HTTP=1 ${httplib_flags})
    # One of the compiler's own folders, named again, would come before the standard library's.
    if(NOT HTTPLIB_INCLUDE IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      set_property(SOURCE ${ARGN} APPEND PROPERTY INCLUDE_DIRECTORIES ${HTTPLIB_INCLUDE})
    endif()
  endif()
  set_property(SOURCE ${ARGN} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)   # long headers, and names of their own
  set_property(SOURCE ${ARGN} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
endfunction()
