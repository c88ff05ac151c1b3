#include "native/cuda/libraries/shared_object.hpp"

#include <dlfcn.h>

namespace cnnlab::cuda {

SharedObject::SharedObject(const std::vector<std::string>& names) {
    for (const char* folder : {"", "/usr/local/cuda/lib64/", "/usr/local/cuda/lib/"})
        for (const std::string& name : names)
            if (handle_ == nullptr) handle_ = dlopen((folder + name).c_str(), RTLD_NOW | RTLD_LOCAL);
}

void* SharedObject::symbol(const char* name) const {
    return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

}  // namespace cnnlab::cuda
