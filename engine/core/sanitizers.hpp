#pragma once

// CNNLAB_ADDRESS_SANITIZER and CNNLAB_THREAD_SANITIZER: defined in builds with one. GCC has macros, clang a question.
#if defined(__SANITIZE_ADDRESS__)
#define CNNLAB_ADDRESS_SANITIZER 1
#endif
#if defined(__SANITIZE_THREAD__)
#define CNNLAB_THREAD_SANITIZER 1
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(CNNLAB_ADDRESS_SANITIZER)
#define CNNLAB_ADDRESS_SANITIZER 1
#endif
#if __has_feature(thread_sanitizer) && !defined(CNNLAB_THREAD_SANITIZER)
#define CNNLAB_THREAD_SANITIZER 1
#endif
#endif
