#include "native/data/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <new>

namespace cnnlab {

namespace {

EVP_MD_CTX* context_of(const std::shared_ptr<void>& pointer) {
    return static_cast<EVP_MD_CTX*>(pointer.get());
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), [](void* c) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(c)); }) {
    if (!context_ || EVP_DigestInit_ex(context_of(context_), EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}

void Sha256::update(std::span<const uint8_t> bytes) {
    EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_of(context_), digest.data(), &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        constexpr const char* digits = "0123456789abcdef";
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 15U];
    }
    return text;
}

}  // namespace cnnlab
