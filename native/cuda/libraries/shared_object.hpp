#pragma once

#include <string>
#include <vector>

namespace cnnlab::cuda {

/// A shared library that is loaded while the program runs. It stays loaded: its threads and memory may outlive us.
class SharedObject {
  public:
    /// Tries the names in order, then each beside /usr/local/cuda's libraries.
    explicit SharedObject(const std::vector<std::string>& names);
    [[nodiscard]] explicit operator bool() const { return handle_ != nullptr; }
    /// Sets a pointer to a function of this name; false if there is none.
    template <class F>
    bool get(F*& function, const char* name) const {
        function = reinterpret_cast<F*>(symbol(name));
        return function != nullptr;
    }

  private:
    [[nodiscard]] void* symbol(const char* name) const;
    void* handle_ = nullptr;
};

}  // namespace cnnlab::cuda
