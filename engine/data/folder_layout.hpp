#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.hpp"
#include "engine/data/label_table.hpp"

namespace cnnlab {

/// The pictures of one class in one split.
struct ClassPictures {
    std::string name;   ///< in Unicode's form NFC
    std::string place;  ///< its folder, for messages
    std::vector<size_t>
        pictures;  ///< indices among the paths, in order of the paths below the class, by byte
};

/// How pictures lie in folders. The classes of both splits are the same, in order of their names, by byte.
struct FolderLayout {
    std::vector<ClassPictures> train;
    std::vector<ClassPictures> test;  ///< empty: the training pictures are to be divided
    DataReport report;
};

/// Understands the layouts in which people keep pictures:
///
///     CLASS/PICTURE      train/CLASS/PICTURE and test/CLASS/PICTURE      CLASS/train/PICTURE and CLASS/test/PICTURE
///
/// with folders around all of it, or around the classes of a split. Splits have the names that split_named knows. A
/// validation split is the test split where there is no other; else `spec.validation` says what it is, and without its
/// word it is not used. A test split without folders of classes has no labels and is not used. Folders inside a class
/// belong to the class. Names are compared in Unicode's form NFC; those of classes in different splits in any case of
/// letters, too. What systems leave (is_passed_over) is passed over; every other file that is not used is in the report
/// with its reason.
///
/// Where no folders tell of classes, `tables` may: labels.csv with the names of the pictures (label_table.hpp).
/// Pictures are then of the split of their folder or table.
///
/// `known` are the classes of a run, where it has some: the layout has just these, in their order, and a class may have
/// no pictures.
///
/// Paths are relative, with "/" between folders; one that ends in "/" is a folder, which may be empty. Throws Error,
/// missing_data, the place being the folder after `place`: for fewer than two classes, a class without pictures that
/// can be read, classes that splits do not share, and folders that may be classes or something else: `spec.layout` says
/// what they are.
[[nodiscard]] FolderLayout layout_of(std::span<const std::string> paths, const datasets::Folder& spec,
                                     const std::string& place, std::span<const std::string> known = {},
                                     std::span<const LabelTable> tables = {});

}  // namespace cnnlab
