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

/// Rows of a table of texts: fields between commas, semicolons or tabs (whichever the first line has most of), in
/// double quotes or not, without blanks around them. Empty lines are left out.
[[nodiscard]] std::vector<std::vector<std::string>> table_rows(std::string_view text);

/// What a table says of pictures. A column names pictures, with or without their folders and suffix. Another one has
/// their labels: the only other one, or one that is called label, class, category, …; or each of the others is a class,
/// with a single 1 in a row (one-hot).
struct PictureLabels {
    struct Row {
        size_t path;  ///< index among the paths
        std::string label;
    };
    std::vector<Row> rows;  ///< of pictures that are among the paths
    size_t missing = 0;     ///< rows of pictures that are not
};
/// Empty rows where the table is none of labels: fewer than half of its rows name a picture of these.
[[nodiscard]] PictureLabels labels_of(const LabelTable& table, std::span<const std::string> paths);

}  // namespace cnnlab
