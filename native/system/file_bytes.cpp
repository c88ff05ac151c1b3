#include "native/system/file_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

#include "engine/core/error.hpp"
#include "engine/core/huge_pages.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

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
    /// `pipes`: they may be read, too.
    explicit Reader(const std::filesystem::path& path, bool pipes = false)
        // opening a pipe waits for who writes into it
        : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | (pipes ? 0 : O_NONBLOCK))) {
        if (file_.value() < 0 && (errno == ENOENT || errno == ENOTDIR)) {
            throw Error(ErrorCode::missing_data, path.string(), "there is no such file", "check the path");
        }
        struct stat info {};
        if (file_.value() < 0 || ::fstat(file_.value(), &info) != 0) fail_io(path, "cannot be read", errno);
        if (S_ISDIR(info.st_mode)) fail_io(path, "cannot be read", EISDIR);
        if (!S_ISREG(info.st_mode) && !pipes)
            throw Error(ErrorCode::bad_file, path.string(),
                        S_ISFIFO(info.st_mode)   ? "is a pipe"
                        : S_ISSOCK(info.st_mode) ? "is a socket"
                                                 : "is a device",
                        "name a regular file");
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
            if (count < 0) fail_io(path_, "cannot be read", errno);
            if (count == 0) break;
            done += static_cast<size_t>(count);
        }
        return done;
    }

    void skip(size_t count) {
        if (::lseek(file_.value(), static_cast<off_t>(count), SEEK_CUR) < 0)
            fail_io(path_, "cannot be read", errno);
    }

  private:
    const std::filesystem::path& path_;
    Descriptor file_;
    size_t size_ = 0;
};

}  // namespace

void refuse_large(const std::filesystem::path& path, size_t size, size_t most) {
    throw Error(ErrorCode::bad_file, path.string(),
                (size > most ? "has " + std::to_string(size) + " bytes, " : std::string("has ")) +
                    "more than the " + std::to_string(most) + " that are read",
                "give a smaller file");
}

namespace {

std::vector<uint8_t> read_whole(const std::filesystem::path& path, size_t most, bool pipes) {
    Reader reader(path, pipes);
    // A sparse file has a size, but no contents.
    if (reader.size() > most) refuse_large(path, reader.size(), most);
    std::vector<uint8_t> bytes;
    reserve_huge(bytes, reader.size() + 1);
    bytes.resize(reader.size() + 1);  // one more, so that the end is seen without another piece of memory
    size_t size = reader.read(bytes);
    while (size == bytes.size()) {
        if (size > most) refuse_large(path, 0, most);
        bytes.resize(size + 65536);
        size += reader.read(std::span(bytes).subspan(size));
    }
    if (size > most) refuse_large(path, 0, most);
    bytes.resize(size);
    return bytes;
}

}  // namespace

std::vector<uint8_t> read_file(const std::filesystem::path& path, size_t most) {
    return read_whole(path, most, false);
}

std::vector<uint8_t> read_stream(const std::filesystem::path& path, size_t most) {
    return read_whole(path, most, true);
}

std::vector<uint8_t> read_start(const std::filesystem::path& path, size_t count) {
    Reader reader(path);
    std::vector<uint8_t> bytes(std::min(count, reader.size()));
    bytes.resize(reader.read(bytes));
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

void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes, MissingFolder missing) {
    TemporaryFile file(path, missing);
    file.write(bytes);
    file.commit();
}

void write_file(const std::filesystem::path& path, std::string_view text, MissingFolder missing) {
    write_file(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, missing);
}

bool is_leftover(std::string_view name, std::string_view destination) {
    // DESTINATION.PROCESS-NUMBER.part
    constexpr std::string_view ending = ".part";
    const size_t begin = destination.size() + 1;
    if (!name.starts_with(destination) || !name.ends_with(ending) || name.size() <= begin + ending.size() ||
        name[begin - 1] != '.')
        return false;
    const std::string_view numbers = name.substr(begin, name.size() - ending.size() - begin);
    return numbers.find_first_not_of("0123456789-") == std::string_view::npos &&
           numbers.find('-') != std::string_view::npos;
}

void remove_old_leftovers(const std::filesystem::path& destination) {
    namespace fs = std::filesystem;
    constexpr auto age = std::chrono::hours(24);
    std::error_code error;
    fs::directory_iterator at(destination.parent_path(), error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
        std::error_code ignored;
        if (!is_leftover(at->path().filename().string(), destination.filename().string())) continue;
        const auto written = fs::last_write_time(at->path(), ignored);
        if (!ignored && fs::file_time_type::clock::now() - written > age) fs::remove(at->path(), ignored);
    }
}

TemporaryFile::TemporaryFile(std::filesystem::path destination, MissingFolder missing)
    : destination_(std::move(destination)) {
    std::error_code error;
    // Who names a link means what it leads to; a device would be replaced by a file.
    if (std::filesystem::is_symlink(destination_, error))
        if (auto target = std::filesystem::canonical(destination_, error); !error)
            destination_ = std::move(target);
    const auto there = std::filesystem::status(destination_, error).type();
    using enum std::filesystem::file_type;
    if (there == character || there == block || there == fifo || there == socket)
        throw Error(ErrorCode::io, destination_.string(),
                    "is no regular file, so it cannot be replaced by one", "name a file");
    error.clear();
    const std::filesystem::path folder = destination_.parent_path();
    const bool makes = missing == MissingFolder::is_made && !folder.empty();
    if (makes) std::filesystem::create_directories(folder, error);
    if (error) fail_io(folder, "the folder cannot be made", error.value());

    // The process and a number make the name unique among running programs. A leftover of a crash is skipped.
    int number = 0;
    do {
        temporary_ = destination_.string() + "." + std::to_string(::getpid()) + "-" +
                     std::to_string(number++) + ".part";
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 && errno == EEXIST && number < 1000);
    if (descriptor_ < 0) fail_io(destination_, "cannot be written", errno);
}

TemporaryFile::~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void TemporaryFile::write(std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_io(destination_, "cannot be written", errno);
        bytes = bytes.subspan(static_cast<size_t>(count));
    }
}

void TemporaryFile::commit() {
    // A full disk may show only here.
    if (::fsync(descriptor_) != 0 && errno != EINVAL) fail_io(destination_, "cannot be written", errno);
    if (::rename(temporary_.c_str(), destination_.c_str()) != 0)
        fail_io(destination_, "cannot be written", errno);
    temporary_.clear();
}

}  // namespace cnnlab
