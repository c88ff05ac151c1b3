#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cnnlab {

/// A table among the files of a folder that may say what its pictures show: labels.csv, train.csv, _classes.csv.
struct LabelTable {
    size_t path = 0;   ///< index among the paths
    std::string text;  ///< all of it
};

/// Which of the paths are such tables, by their names: .csv and .tsv, few and not deep.
[[nodiscard]] std::vector<size_t> label_tables(std::span<const std::string> paths);

/// Rows of a table of texts (see plain_text): fields between commas, semicolons, tabs or bars (whichever the first line
/// has most of), in double quotes or not, without blanks around them. Empty lines are left out.
[[nodiscard]] std::vector<std::vector<std::string>> table_rows(std::string_view text);

/// What a table says of pictures. A column names pictures, with or without their folders and suffix. Another one has
/// their labels: the only other one, or one that is called label, class, category, …; or each of the others is a class,
/// with a single 1 in a row (one-hot). A column whose every field names a split ("train", "valid", "test") says in
/// which split a picture is.
struct PictureLabels {
    struct Row {
        size_t path;  ///< index among the paths
        std::string label;
        std::string split;  ///< of the column of splits; empty where there is none
    };
    std::vector<Row> rows;                ///< of pictures that are among the paths
    std::vector<std::string> missing;     ///< pictures that are not
    std::vector<std::string> unlabelled;  ///< pictures whose label is empty
    std::string label_column;             ///< heads of columns; empty where there is no first line of them
    std::string split_column;
    std::vector<std::string> unused_columns;
    size_t named = 0;  ///< pictures of the paths that the table names, whether or not it says their labels
    size_t label_columns = 0;  ///< columns that may be the labels
};
/// Empty rows where the table is none of labels: fewer than half of its rows name a picture of these, or no column can
/// be told to be the labels.
[[nodiscard]] PictureLabels labels_of(const LabelTable& table, std::span<const std::string> paths);

}  // namespace cnnlab
