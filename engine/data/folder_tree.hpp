#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.hpp"
#include "engine/data/folder_names.hpp"

namespace cnnlab {

/// Files and folders as a tree, without what is passed over. Names are in Unicode's form NFC and in order, by byte.
struct FolderTree {
    struct File {
        std::string name;
        size_t path = 0;  ///< index among the paths
        PictureName kind = PictureName::other;
    };
    std::string name;
    std::string place;  ///< the folders from the root to here, "pets/cats"; empty for the root
    std::vector<FolderTree> folders;
    std::vector<File> files;

    [[nodiscard]] bool has_files() const;
    [[nodiscard]] bool has_pictures() const;
    [[nodiscard]] bool has_own_pictures() const;
    [[nodiscard]] int64_t count_files() const;
    /// Its folders in which pictures lie, however deep.
    [[nodiscard]] std::vector<const FolderTree*> folders_with_pictures() const;
    /// The next folder on the way to where there is more than one to choose from; null at its end. What lies beside
    /// the way cannot be classes.
    [[nodiscard]] const FolderTree* next() const;
    /// The end of that way.
    [[nodiscard]] const FolderTree& innermost() const;
    /// All files below, those of a folder before those of its folders.
    void for_files(const auto& one) const {
        for (const File& file : files) one(file);
        for (const FolderTree& folder : folders) folder.for_files(one);
    }
};

/// Throws Error (missing_data) for folders nested deeper than anybody keeps pictures.
[[nodiscard]] FolderTree folder_tree(std::span<const std::string> paths);

/// A folder of a split, by its name.
struct SplitFolder {
    FolderTree folder;
    bool whole = false;   ///< its name says nothing else
    bool turned = false;  ///< made of folders inside the classes
};
/// The folders of each kind of split in a folder. CLASS/train/PICTURE comes as train/CLASS/PICTURE.
[[nodiscard]] std::map<SplitKind, std::vector<SplitFolder>> split_folders(const FolderTree& top);

/// A file that is not used, with the reason: that of its type where that is not read, else `otherwise`.
[[nodiscard]] UnusedFiles unused_file(const std::string& path, const Message& otherwise);

/// "a/b"; only one of them where the other is empty.
[[nodiscard]] std::string joined(const std::string& folder, const std::string& name);

}  // namespace cnnlab
