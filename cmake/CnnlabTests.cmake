# Targets cnnlab_gtest and cnnlab_tests. GoogleTest is compiled from its sources where they are there, so that
# sanitizers and Emscripten see it; an installed one serves otherwise.
file(GLOB_RECURSE test_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.cpp)
# Programs of their own, below.
list(FILTER test_sources EXCLUDE REGEX "/tests/(cuda|timing|fuzz)/|/tests/protocol/generate.cpp")
if(EMSCRIPTEN)
  list(FILTER test_sources EXCLUDE REGEX "/tests/(native|cli|protocol)/")   # they use native/ and its libraries
else()
  list(APPEND test_sources ${PROJECT_SOURCE_DIR}/web/bindings/catalog.cpp)   # of tests/protocol
endif()
if(CNNLAB_SANITIZE STREQUAL "thread")
  # Readers, files and the program share nothing between threads: ThreadSanitizer watches the backends and the trainer.
  list(FILTER test_sources EXCLUDE REGEX "/tests/(native|cli|data|golden|cuda|exchange)/")
  list(REMOVE_ITEM test_libraries cnnlab_native)
endif()
if(NOT test_sources)
  return()
endif()

if(EXISTS ${CNNLAB_GTEST_SOURCE}/src/gtest-all.cc)
  add_library(cnnlab_gtest STATIC EXCLUDE_FROM_ALL ${CNNLAB_GTEST_SOURCE}/src/gtest-all.cc ${CNNLAB_GTEST_SOURCE}/src/gtest_main.cc)
  target_include_directories(cnnlab_gtest SYSTEM PUBLIC ${CNNLAB_GTEST_SOURCE}/include PRIVATE ${CNNLAB_GTEST_SOURCE})
  if(EMSCRIPTEN)
    target_compile_definitions(cnnlab_gtest PUBLIC GTEST_HAS_PTHREAD=0)
  else()
    target_link_libraries(cnnlab_gtest PUBLIC Threads::Threads)
  endif()
elseif(NOT EMSCRIPTEN AND NOT CNNLAB_SANITIZE)
  find_package(GTest)
  if(GTest_FOUND)
    add_library(cnnlab_gtest INTERFACE)
    target_link_libraries(cnnlab_gtest INTERFACE GTest::gtest GTest::gtest_main)
  endif()
endif()
if(NOT TARGET cnnlab_gtest)
  message(STATUS "no GoogleTest, so no cnnlab_tests: run ./lab setup test")
  return()
endif()

# The table of cases is compiled in: tests also run on machines without the sources.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cases.json)
file(READ ${PROJECT_SOURCE_DIR}/tests/cases.json cases_text)
set(embedded_cases ${PROJECT_BINARY_DIR}/embedded_cases.cpp)
# In pieces, as compilers limit the length of a literal.
set(pieces "")
string(LENGTH "${cases_text}" left)
set(begin 0)
while(left GREATER 0)
  string(SUBSTRING "${cases_text}" ${begin} 30000 piece)
  string(APPEND pieces "    text += R\"cases(${piece})cases\";\n")
  math(EXPR begin "${begin} + 30000")
  math(EXPR left "${left} - 30000")
endwhile()
file(CONFIGURE OUTPUT ${embedded_cases} @ONLY CONTENT
     "#include \"tests/embedded_cases.hpp\"\nstd::string cnnlab::test::embedded_cases() {\n    std::string text;\n@pieces@    return text;\n}\n")
list(APPEND test_sources ${embedded_cases})

if(COMMAND cnnlab_http)
  cnnlab_http(${PROJECT_SOURCE_DIR}/tests/native/answer/http_server_test.cpp ${PROJECT_SOURCE_DIR}/tests/cli/answer_test.cpp)
endif()

# Not part of the default target: ./lab train must not wait for them.
add_executable(cnnlab_tests EXCLUDE_FROM_ALL ${test_sources})
cnnlab_unity(cnnlab_tests ${test_sources})
set(test_paths CNNLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
if(TARGET cnnlab AND NOT CNNLAB_SANITIZE STREQUAL "thread")
  # Tests of the command line start the program of the same build.
  add_dependencies(cnnlab_tests cnnlab)
  list(APPEND test_paths CNNLAB_PROGRAM="$<TARGET_FILE:cnnlab>")
endif()
set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/paths.cpp PROPERTIES COMPILE_DEFINITIONS "${test_paths}")
target_link_libraries(cnnlab_tests PRIVATE ${test_libraries} cnnlab_gtest cnnlab_flags)
# The tests themselves need not be fast, but they take long to compile.
target_compile_options(cnnlab_tests PRIVATE $<$<CONFIG:Release>:-O1>)
if(CNNLAB_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A fixture in an anonymous namespace looks like one of a header there.
  target_compile_options(cnnlab_tests PRIVATE -Wno-subobject-linkage)
endif()
cnnlab_precompile(cnnlab_tests PRIVATE <gtest/gtest.h> ${PROJECT_SOURCE_DIR}/engine/train/trainer.hpp)
if(EMSCRIPTEN)
  target_sources(cnnlab_tests PRIVATE $<TARGET_OBJECTS:cnnlab_kernels_wasm>)
  set_target_properties(cnnlab_tests PROPERTIES SUFFIX .cjs)
  # NODERAWFS: the tests read their fixtures from the disk.
  target_link_options(cnnlab_tests PRIVATE -sNODERAWFS=1 -sALLOW_MEMORY_GROWTH=1 -sSTACK_SIZE=1MB -sEXIT_RUNTIME=1)
  # What Binaryen adds takes a minute and makes no test faster. The page's modules have it.
  target_link_options(cnnlab_tests PRIVATE -O1)
endif()

# ./lab generate: what C++ knows, for TypeScript.
if(NOT EMSCRIPTEN)
  add_executable(cnnlab_generate EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/protocol/generate.cpp
                 ${PROJECT_SOURCE_DIR}/tests/protocol/page_catalog.cpp ${PROJECT_SOURCE_DIR}/tests/protocol/page_keys.cpp
                 ${PROJECT_SOURCE_DIR}/tests/protocol/protocol_types.cpp ${PROJECT_SOURCE_DIR}/web/bindings/catalog.cpp)
  target_link_libraries(cnnlab_generate PRIVATE cnnlab_engine cnnlab_flags)
  add_dependencies(cnnlab_tests cnnlab_generate)
endif()

enable_testing()
include(GoogleTest)
gtest_discover_tests(cnnlab_tests DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 600)

# The time of single ops over the same table of cases: `./lab bench --ops`.
if(TARGET cnnlab AND NOT CNNLAB_SANITIZE)
  add_executable(cnnlab_op_timing EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/timing/op_timing.cpp
                 ${PROJECT_SOURCE_DIR}/tests/cases.cpp ${embedded_cases})
  target_link_libraries(cnnlab_op_timing PRIVATE cnnlab_native cnnlab_flags)
endif()

# The CUDA backend on the host: its kernels compiled as C++ and run by tests/cuda/emulator, held to the reference by the
# conformance suite. A program of its own, as the emulator stands in for CUDA's runtime.
if(TARGET cnnlab_cuda)
  file(GLOB_RECURSE cuda_test_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cuda/*.cpp)
  file(GLOB conformance_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/conformance/*.cpp)
  set(emulated_cuda ${PROJECT_BINARY_DIR}/emulated_cuda)
  foreach(source IN LISTS cuda_sources)
    # the same file under another name, so that CMake takes it for C++
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/native/cuda ${source})
    file(CONFIGURE OUTPUT ${emulated_cuda}/${name}.cpp CONTENT "#include \"native/cuda/${name}\"\n")
    list(APPEND emulated_sources ${emulated_cuda}/${name}.cpp)
  endforeach()
  add_executable(cnnlab_cuda_tests EXCLUDE_FROM_ALL ${cuda_test_sources} ${conformance_sources} ${emulated_sources}
                 ${PROJECT_SOURCE_DIR}/tests/cases.cpp ${embedded_cases})
  target_compile_definitions(cnnlab_cuda_tests PRIVATE CNNLAB_CUDA_EMULATED=1)
  target_include_directories(cnnlab_cuda_tests SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
  # Unrolling is for nvcc. Fibers leave stacks by long jumps, which a fortified C library takes for an error.
  target_compile_options(cnnlab_cuda_tests PRIVATE -O1 -ffp-contract=off -Wno-unknown-pragmas -U_FORTIFY_SOURCE)
  target_link_libraries(cnnlab_cuda_tests PRIVATE cnnlab_reference cnnlab_engine cnnlab_gtest cnnlab_flags ${CMAKE_DL_LIBS})
  add_dependencies(cnnlab_tests cnnlab_cuda_tests)   # who builds the tests builds all of them
  gtest_discover_tests(cnnlab_cuda_tests DISCOVERY_MODE PRE_TEST TEST_PREFIX emulated_ PROPERTIES TIMEOUT 600)
endif()
