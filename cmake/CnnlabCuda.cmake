# Target cnnlab_cuda from native/cuda, where nvcc is found (CNNLAB_CUDA=ON: or fail).
find_program(CNNLAB_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
mark_as_advanced(CNNLAB_NVCC)
if(NOT CNNLAB_NVCC)
  if(CNNLAB_CUDA STREQUAL "ON")
    message(FATAL_ERROR "CNNLAB_CUDA=ON, but there is no nvcc on PATH")
  endif()
  return()
endif()

if(NOT CMAKE_CUDA_COMPILER)
  set(CMAKE_CUDA_COMPILER ${CNNLAB_NVCC})
endif()
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90)   # the last one also as PTX, for later GPUs
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  # Debian 12's CMake does not know that nvcc has C++20.
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
endif()
set(CMAKE_CUDA_STANDARD 20)
find_package(CUDAToolkit REQUIRED)

add_library(cnnlab_cuda STATIC ${cuda_sources})
target_compile_options(cnnlab_cuda PRIVATE
  # The engine's Philox indexes a std::array on the device.
  $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr>
  # nvcc hands g++ pointers to members with parentheses that nobody wrote.
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wshadow,-Wno-parentheses>
  $<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${CNNLAB_WERROR}>>:-Werror=all-warnings;-Xcompiler=-Werror>)
# cuDNN and cuBLASLt are loaded when the program runs; their headers come with the toolkit or from the system.
target_include_directories(cnnlab_cuda SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
target_compile_definitions(cnnlab_cuda PUBLIC CNNLAB_HAS_CUDA=1)
target_link_libraries(cnnlab_cuda PUBLIC cnnlab_engine CUDA::cudart_static PRIVATE cnnlab_flags ${CMAKE_DL_LIBS})
