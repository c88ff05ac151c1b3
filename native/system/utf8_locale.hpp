#pragma once

#include <clocale>

namespace cnnlab {

/// While it lives, this thread's characters are UTF-8, whatever the person's locale: a library may take names that the
/// locale cannot write for none at all.
class Utf8Locale {
  public:
    Utf8Locale() : mine_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (mine_ != nullptr) before_ = ::uselocale(mine_);
    }
    ~Utf8Locale() {
        if (mine_ == nullptr) return;
        ::uselocale(before_);
        ::freelocale(mine_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

  private:
    locale_t mine_, before_ = nullptr;
};

}  // namespace cnnlab
