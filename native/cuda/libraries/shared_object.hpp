#pragma once

#include <string>
#include <vector>

namespace cnnlab::cuda {

/// A shared library loaded at run time. It stays loaded: its threads and memory may outlive this object.
class SharedObject {
  public:
    /// Tries the names in order, then each in the folder of /usr/local/cuda's libraries.
    explicit SharedObject(const std::vector<std::string>& names);
    [[nodiscard]] explicit operator bool() const { return handle_ != nullptr; }
    /// Sets a pointer to the function of this name. False if there is none.
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
