#pragma once

#include <string>
#include <string_view>

namespace cnnlab {

/// What the names of files and folders say: in which split pictures are, what is a picture, what is nobody's.

/// A name with letters and accents put together (Unicode's form NFC), as people see it: macOS stores them apart. A name
/// that is no UTF-8 stays as it is.
[[nodiscard]] std::string composed(std::string_view name);
/// The same in lower case: to compare names.
[[nodiscard]] std::string folded(std::string_view name);

/// What systems and programs leave in folders, in capitals or not: hidden files, __MACOSX, Thumbs.db, desktop.ini, …
[[nodiscard]] bool is_passed_over(std::string_view name);
/// Whether any part of a path is, "/" between folders.
[[nodiscard]] bool is_path_passed_over(std::string_view path);

enum class SplitKind { none, train, validation, test };

struct NamedSplit {
    SplitKind kind = SplitKind::none;
    bool whole = false;  ///< the name says nothing else: "train_set", not "seg_train"
};
/// The split that a folder's name tells of, by its words: "train", "Training", "seg_train", "valid", "test_images",
/// "entrenamiento". None where it tells of several, but for "trainval", which is for training.
[[nodiscard]] NamedSplit split_named(std::string_view folder);

enum class PictureName {
    picture,  ///< by its suffix; or without one, so that only its bytes tell
    unread,   ///< a picture of a type that is not read: HEIC, TIFF, …
    other     ///< no picture
};
[[nodiscard]] PictureName picture_named(std::string_view file);
/// Whether it is an archive or a packed file by its name, of a kind that is read here or not.
[[nodiscard]] bool is_packed_name(std::string_view file);
/// The suffix in capitals, "HEIC"; empty where there is none.
[[nodiscard]] std::string suffix_of(std::string_view file);

}  // namespace cnnlab
