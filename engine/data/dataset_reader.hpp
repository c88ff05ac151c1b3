#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Reads the official files of a data set from memory, one after the other. Opening and unpacking them is the driver's,
/// so that a page reads what the command line reads.
///
///     auto reader = DatasetReader::recognise(paths); for (size_t file : reader->files())
///     reader->add(bytes_of(paths[file])); Dataset data = reader->finish();
class DatasetReader {
  public:
    /// The reader of the first format that knows files of these names, "/" between folders; nullptr where none does.
    /// `own` says what a person's own data become. Throws Error (missing_data), the place being the name of the file
    /// that lacks where some of a set are there.
    static std::unique_ptr<DatasetReader> recognise(std::span<const std::string> paths,
                                                    const datasets::Folder& own = {});

    DatasetReader(const DatasetReader&) = delete;
    DatasetReader& operator=(const DatasetReader&) = delete;
    virtual ~DatasetReader() = default;

    /// The files that are wanted, as indices among the paths, in the order in which add() takes them.
    [[nodiscard]] const std::vector<size_t>& files() const { return files_; }
    /// The bytes of the next of files(), unpacked. Throws Error: bad_file or out_of_range,
    /// the place being the file's path.
    void add(std::vector<uint8_t> bytes);
    /// The data set, once all files are added. A card of the library where these are its files; else one of format
    /// folder that names classes by number, with mean and deviation of the training images, and images in the
    /// order of their classes, as a folder has them. Throws Error: missing_data before all are there, bad_file for
    /// files that do not belong together.
    [[nodiscard]] Dataset finish();

    struct File {
        size_t path;  ///< index among the paths
        std::string name;
    };

  protected:
    explicit DatasetReader(const std::vector<File>& files);

    /// Takes the file of that number, counted from 0.
    virtual void take(size_t number, std::vector<uint8_t> bytes, const std::string& name) = 0;
    virtual Dataset complete() = 0;

  private:
    std::vector<size_t> files_;
    std::vector<std::string> names_;
    size_t added_ = 0;
};

/// The names of a pair of arrays for tests, such as x_test and y_test, where the pair for training is not whole; none
/// elsewhere.
[[nodiscard]] std::vector<std::string> test_arrays_alone(std::span<const std::string> paths);

/// A reader of these files by format; nullptr where it knows none of them. Formats without official files know none.
std::unique_ptr<DatasetReader> reader_of(const datasets::Idx& format, std::span<const std::string> paths,
                                         const datasets::Folder& own);
std::unique_ptr<DatasetReader> reader_of(const datasets::Cifar10Binary& format,
                                         std::span<const std::string> paths, const datasets::Folder& own);
std::unique_ptr<DatasetReader> reader_of(const datasets::Lines& format, std::span<const std::string> paths,
                                         const datasets::Folder& own);
/// A person's own data that are no pictures: CIFAR for Python, CIFAR-100, STL-10, SVHN, arrays of NumPy, tables. Throws
/// Error (unsupported) for MATLAB's files that the driver could not open, where there is nothing else.
std::unique_ptr<DatasetReader> reader_of(const datasets::Folder& format, std::span<const std::string> paths,
                                         const datasets::Folder& own);

// The last one's readers, asked in this order.
std::unique_ptr<DatasetReader> python_cifar_reader(std::span<const std::string> paths,
                                                   const datasets::Folder& own);
std::unique_ptr<DatasetReader> cifar100_reader(std::span<const std::string> paths,
                                               const datasets::Folder& own);
std::unique_ptr<DatasetReader> stl10_reader(std::span<const std::string> paths, const datasets::Folder& own);
std::unique_ptr<DatasetReader> svhn_reader(std::span<const std::string> paths, const datasets::Folder& own);
std::unique_ptr<DatasetReader> npy_reader(std::span<const std::string> paths, const datasets::Folder& own);
std::unique_ptr<DatasetReader> table_reader(std::span<const std::string> paths, const datasets::Folder& own);

/// Throws Error (unsupported) where a MATLAB file is among the paths and no picture.
void refuse_matlab(std::span<const std::string> paths);

/// The last part of a path.
[[nodiscard]] std::string_view file_name(std::string_view path);

}  // namespace cnnlab
