#include "engine/data/label_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/data/folder_names.hpp"
#include "engine/data/plain_text.hpp"

namespace cnnlab {

namespace {

constexpr size_t most_tables = 16;
constexpr size_t none = std::string::npos;
constexpr long deepest_table = 4;  ///< folders above it

std::string_view without_suffix(std::string_view name) {
    const size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

std::string_view last_part(std::string_view path) {
    const size_t slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Pictures by what a table may call them; a name that two have is nobody's.
class PictureNames {
  public:
    explicit PictureNames(std::span<const std::string> paths) {
        for (size_t i = 0; i < paths.size(); ++i) {
            if (is_path_passed_over(paths[i]) || picture_named(last_part(paths[i])) != PictureName::picture ||
                paths[i].ends_with('/'))
                continue;
            std::string path = composed(paths[i]);
            // "a/b/c.png" is also "b/c.png" and "c.png", and each of them without its suffix
            for (std::string_view rest = path;;) {
                add(rest, i);
                add(without_suffix(rest), i);
                const size_t slash = rest.find('/');
                if (slash == std::string_view::npos) break;
                rest.remove_prefix(slash + 1);
            }
        }
    }
    [[nodiscard]] std::optional<size_t> find(std::string_view name) const {
        std::string path = composed(name);
        std::replace(path.begin(), path.end(), '\\', '/');
        while (path.starts_with("./")) path.erase(0, 2);
        const auto found = paths_.find(path);
        return found == paths_.end() ? std::nullopt : found->second;
    }

  private:
    void add(std::string_view name, size_t path) {
        const auto [at, is_new] = paths_.try_emplace(std::string(name), path);
        if (!is_new && at->second != path) at->second = std::nullopt;
    }

    std::map<std::string, std::optional<size_t>> paths_;
};

using Rows = std::vector<std::vector<std::string>>;

/// How many pictures the rows name in this column. (Numbers of classes may be names of a few pictures, too.)
size_t named_in(const Rows& rows, size_t column, const PictureNames& names) {
    std::set<size_t> found;
    for (size_t r = 1; r < rows.size(); ++r)
        if (column < rows[r].size())
            if (const auto path = names.find(rows[r][column])) found.insert(*path);
    return found.size();
}

bool is_label_word(const std::string& head) {
    const std::string word = folded(head);
    for (const char* known : {"label", "labels", "class", "classes", "class_name", "category", "target",
                              "breed", "species", "diagnosis", "y", "clase", "etiqueta"})
        if (word == known) return true;
    return false;
}

/// A column with a head whose every field names a split; `none` where there is none.
size_t split_column(const Rows& rows, size_t file_column) {
    for (size_t c = 0; c < rows[0].size(); ++c) {
        const bool names_splits = std::all_of(rows.begin() + 1, rows.end(), [&](const auto& row) {
            return c < row.size() && split_named(row[c]).kind != SplitKind::none;
        });
        if (c != file_column && names_splits && split_named(rows[0][c]).kind == SplitKind::none &&
            !is_label_word(rows[0][c]))
            return c;
    }
    return none;
}

/// Whether the rows say the same in both columns, one for one: a name and its number.
bool say_the_same(const Rows& rows, size_t a, size_t b) {
    std::map<std::string, std::string> forth, back;
    return std::all_of(rows.begin() + 1, rows.end(), [&](const auto& row) {
        return a < row.size() && b < row.size() &&
               forth.try_emplace(row[a], row[b]).first->second == row[b] &&
               back.try_emplace(row[b], row[a]).first->second == row[a];
    });
}

/// The columns of labels: one of names, or all that have a 0 or 1 in each row.
std::vector<size_t> label_columns(const Rows& rows, const std::vector<size_t>& others) {
    for (const size_t c : others)
        if (is_label_word(rows[0][c])) return {c};
    if (others.size() < 2) return others;
    const bool is_one_hot = std::all_of(rows.begin() + 1, rows.end(), [&](const auto& row) {
        size_t ones = 0, zeros = 0;
        for (const size_t c : others) {
            const std::string cell = c < row.size() ? row[c] : "";
            ones += cell == "1" || cell == "1.0" ? 1 : 0;
            zeros += cell == "0" || cell == "0.0" ? 1 : 0;
        }
        return ones == 1 && ones + zeros == others.size();
    });
    return is_one_hot ? others : std::vector<size_t>();
}

std::string label_in(const Rows& rows, const std::vector<std::string>& row,
                     const std::vector<size_t>& columns) {
    if (columns.size() == 1) return columns[0] < row.size() ? row[columns[0]] : "";
    for (const size_t c : columns)
        if (row[c].starts_with('1')) return rows[0][c];
    return "";
}

}  // namespace

std::vector<size_t> label_tables(std::span<const std::string> paths) {
    std::vector<size_t> found;
    for (size_t i = 0; i < paths.size(); ++i) {
        const std::string suffix = suffix_of(last_part(paths[i]));
        if ((suffix == "CSV" || suffix == "TSV") && !is_path_passed_over(paths[i]) &&
            std::count(paths[i].begin(), paths[i].end(), '/') <= deepest_table)
            found.push_back(i);
    }
    if (found.size() > most_tables) found.clear();
    return found;
}

std::vector<std::vector<std::string>> table_rows(std::string_view text) {
    const std::string plain = plain_text(text);
    text = plain;
    const char separator = separator_in(text);
    Rows rows;
    std::vector<std::string> row;
    std::string field;
    bool was_quoted = false;
    const auto end_field = [&] {
        row.emplace_back(without_blanks(field));
        field.clear();
        was_quoted = false;
    };
    const auto end_row = [&] {
        end_field();
        if (row.size() > 1 || !row[0].empty()) rows.push_back(row);
        row.clear();
    };
    for (size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"' && without_blanks(field).empty() && !was_quoted) {
            field.clear();
            was_quoted = true;
            for (++at; at < text.size(); ++at) {
                if (text[at] == '"' && (at + 1 >= text.size() || text[at + 1] != '"')) break;
                if (text[at] == '"') ++at;
                field += text[at];
            }
        } else if (c == separator) {
            end_field();
        } else if (c == '\n') {
            end_row();
        } else if (!was_quoted) {
            field += c;
        }
    }
    if (!field.empty() || !row.empty() || was_quoted) end_row();
    return rows;
}

PictureLabels labels_of(const LabelTable& table, std::span<const std::string> paths) {
    const Rows rows = table_rows(table.text);
    if (rows.size() < 2 || rows[0].size() < 2) return {};
    const PictureNames names(paths);
    size_t file_column = 0, best = 0;
    for (size_t c = 0; c < rows[0].size(); ++c) {
        const size_t count = named_in(rows, c, names);
        if (count > best || (count == best && is_label_word(rows[0][file_column]))) {
            best = count;
            file_column = c;
        }
    }
    const bool has_head = !names.find(rows[0][file_column]);
    const size_t splits = has_head && best > 0 ? split_column(rows, file_column) : none;
    std::vector<size_t> others;
    for (size_t c = 0; c < rows[0].size(); ++c)
        if (c != file_column && c != splits) others.push_back(c);
    PictureLabels result;
    result.named = best;
    result.label_columns = others.size();
    if (best * 2 < rows.size() - 1) return result;
    const std::vector<size_t> columns = label_columns(rows, others);
    if (columns.empty() || (columns.size() > 1 && !has_head)) return result;
    if (has_head && columns.size() == 1) {
        result.label_column = rows[0][columns[0]];
        for (const size_t c : others)
            if (c != columns[0] && !say_the_same(rows, c, columns[0]))
                result.unused_columns.push_back(rows[0][c]);
    }
    if (splits != none) result.split_column = rows[0][splits];
    for (size_t r = has_head ? 1 : 0; r < rows.size(); ++r) {
        const std::string name = file_column < rows[r].size() ? rows[r][file_column] : "";
        const std::optional<size_t> path = names.find(name);
        std::string label = label_in(rows, rows[r], columns);
        if (!path) {
            result.missing.push_back(name);
        } else if (label.empty()) {
            result.unlabelled.push_back(name);
        } else {
            result.rows.push_back({*path, std::move(label), splits != none ? rows[r][splits] : ""});
        }
    }
    return result;
}

}  // namespace cnnlab
