#include "native/system/file_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "engine/core/error.hpp"
#include "native/system/huge_pages.hpp"

namespace cnnlab {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what, int reason) {
    const bool is_full = reason == ENOSPC || reason == EDQUOT;
    const bool is_forbidden = reason == EACCES || reason == EPERM || reason == EROFS;
    throw Error(ErrorCode::io, path.string(), what + ": " + std::generic_category().message(reason),
                is_full        ? "free some space on that disk, or choose another folder"
                : is_forbidden ? "choose a folder that you may use"
                               : "check the path");
}

/// An open file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int value() const { return value_; }

  private:
    int value_;
};

/// A file that is open for reading.
class Reader {
  public:
    explicit Reader(const std::filesystem::path& path)
        : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (file_.value() < 0 && (errno == ENOENT || errno == ENOTDIR)) {
            throw Error(ErrorCode::missing_data, path.string(), "there is no such file", "check the path");
        }
        struct stat info {};
        if (file_.value() < 0 || ::fstat(file_.value(), &info) != 0) fail(path, "cannot be read", errno);
        if (S_ISDIR(info.st_mode)) fail(path, "cannot be read", EISDIR);
        size_ = static_cast<size_t>(info.st_size);
    }

    /// As the file system has it: a pipe has none, and a file may grow meanwhile.
    [[nodiscard]] size_t size() const { return size_; }

    /// Fills `into`; less only at the end of the file.
    size_t read(std::span<uint8_t> into) {
        size_t done = 0;
        while (done < into.size()) {
            const ssize_t count = ::read(file_.value(), into.data() + done, into.size() - done);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail(path_, "cannot be read", errno);
            if (count == 0) break;
            done += static_cast<size_t>(count);
        }
        return done;
    }

    void skip(size_t count) {
        if (::lseek(file_.value(), static_cast<off_t>(count), SEEK_CUR) < 0)
            fail(path_, "cannot be read", errno);
    }

  private:
    const std::filesystem::path& path_;
    Descriptor file_;
    size_t size_ = 0;
};

}  // namespace

std::vector<uint8_t> read_file(const std::filesystem::path& path) {
    Reader reader(path);
    std::vector<uint8_t> bytes;
    reserve_huge(bytes, reader.size() + 1);
    bytes.resize(reader.size() + 1);  // one more, so that the end is seen without another piece of memory
    size_t size = reader.read(bytes);
    while (size == bytes.size()) {
        bytes.resize(size + 65536);
        size += reader.read(std::span(bytes).subspan(size));
    }
    bytes.resize(size);
    return bytes;
}

FileEnd read_end(const std::filesystem::path& path, size_t count) {
    Reader reader(path);
    FileEnd end{reader.size(), std::vector<uint8_t>(std::min(count, reader.size()))};
    reader.skip(end.size - end.bytes.size());
    end.bytes.resize(reader.read(end.bytes));
    return end;
}

void read_pieces(const std::filesystem::path& path, size_t piece,
                 const std::function<void(std::span<const uint8_t>)>& take) {
    Reader reader(path);
    std::vector<uint8_t> bytes(piece);
    for (size_t size = piece; size == piece;) {
        size = reader.read(bytes);
        if (size > 0) take(std::span(bytes).first(size));
    }
}

void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes) {
    TemporaryFile file(path);
    file.write(bytes);
    file.commit();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
    write_file(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

TemporaryFile::TemporaryFile(std::filesystem::path destination) : destination_(std::move(destination)) {
    const std::filesystem::path folder = destination_.parent_path();
    std::error_code error;
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    if (error) fail(folder, "the folder cannot be made", error.value());

    // The process and a number make the name unique among running programs. A leftover of a crash is skipped.
    int number = 0;
    do {
        temporary_ = destination_.string() + "." + std::to_string(::getpid()) + "-" +
                     std::to_string(number++) + ".part";
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 && errno == EEXIST && number < 1000);
    if (descriptor_ < 0) fail(destination_, "cannot be written", errno);
}

TemporaryFile::~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void TemporaryFile::write(std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(destination_, "cannot be written", errno);
        bytes = bytes.subspan(static_cast<size_t>(count));
    }
}

void TemporaryFile::commit() {
    // A full disk may show only here.
    if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(destination_, "cannot be written", errno);
    if (::rename(temporary_.c_str(), destination_.c_str()) != 0)
        fail(destination_, "cannot be written", errno);
    temporary_.clear();
}

}  // namespace cnnlab
