# Target cnnlab_fuzz: the readers of files under clang's libFuzzer (preset "fuzz", tests/fuzz/run.sh). Of the engine and
# of native/ it has what reads: no kernels, no verbs.
set(fuzz_sources ${engine_sources})
list(FILTER fuzz_sources EXCLUDE REGEX "/engine/(cpu|distributed|look)/")
file(GLOB fuzz_pictures CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/native/pictures/*.cpp)
list(FILTER fuzz_pictures EXCLUDE REGEX "/contact_sheet")
list(APPEND fuzz_sources ${fuzz_pictures})
foreach(source IN ITEMS data/archive_file data/gzip data/gzip_stream data/hdf5_file data/matlab_elements data/tar report/text run/data_facts
    run/image_checksum run/metrics_log run/training_history study/run_metrics system/file_bytes
    system/system_error)
  list(APPEND fuzz_sources ${PROJECT_SOURCE_DIR}/native/${source}.cpp)
endforeach()

add_library(cnnlab_fuzz_readers STATIC EXCLUDE_FROM_ALL ${fuzz_sources} ${embedded_source})
target_include_directories(cnnlab_fuzz_readers PUBLIC ${PROJECT_SOURCE_DIR})
target_include_directories(cnnlab_fuzz_readers SYSTEM PRIVATE ${WEBP_INCLUDE} ${ISAL_INCLUDE})
target_link_libraries(cnnlab_fuzz_readers PUBLIC cnnlab_headers ZLIB::ZLIB LibArchive::LibArchive ${ISAL_LIBRARY} JPEG::JPEG PNG::PNG GIF::GIF
    ${WEBPDEMUX_LIBRARY} ${WEBP_LIBRARY} Threads::Threads
  PRIVATE cnnlab_flags)
if(HDF5_INCLUDE AND HDF5_LIBRARY)
  target_include_directories(cnnlab_fuzz_readers SYSTEM PRIVATE ${HDF5_INCLUDE})
  target_link_libraries(cnnlab_fuzz_readers PUBLIC ${HDF5_LIBRARY})
endif()
cnnlab_unity(cnnlab_fuzz_readers ${fuzz_sources})

file(GLOB fuzz_targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*.cpp)
add_executable(cnnlab_fuzz EXCLUDE_FROM_ALL ${fuzz_targets})
target_link_libraries(cnnlab_fuzz PRIVATE cnnlab_fuzz_readers cnnlab_flags)
target_link_options(cnnlab_fuzz PRIVATE -fsanitize=fuzzer)
