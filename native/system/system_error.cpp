#include "native/system/system_error.hpp"

#include <cerrno>
#include <system_error>

#include "engine/core/error.hpp"

namespace cnnlab {

std::string remedy_for(int reason, const std::string& otherwise) {
    switch (reason) {
        case ENOSPC:
        case EDQUOT:
            return "free some space on that disk, or choose another folder";
        case EFBIG:
            return "raise the largest size of a file (`ulimit -f`), or choose a disk that holds larger ones";
        case EIO:
            return "the disk or its connection fails (`dmesg` says more): choose another disk";
        case EMFILE:
            return "raise the number of open files (`ulimit -n`)";
        case ENFILE:
            return "too many files are open on this machine: close other programs";
        case ENOMEM:
            return "the machine has no memory left: close other programs";
        case EACCES:
        case EPERM:
            return "choose one that you may use, or change its permissions";
        case EROFS:
            return "choose a folder on a disk that can be written";
        case ELOOP:
            return "a link leads to itself: remove it";
        case ENAMETOOLONG:
            return "choose a shorter name";
        case ENOTDIR:
            return "a part of the path is a file: choose another path";
        case EISDIR:
            return "name a file, not a folder";
        case ENXIO:
        case ENODEV:
            return "name a regular file";
        default:
            return otherwise;
    }
}

void fail_io(const std::filesystem::path& path, const std::string& what, int reason,
             const std::string& otherwise) {
    throw Error(ErrorCode::io, path.string(), what + ": " + std::generic_category().message(reason),
                remedy_for(reason, otherwise));
}

}  // namespace cnnlab
