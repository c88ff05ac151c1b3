#include "engine/data/folder_labels.hpp"

#include <algorithm>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/file_messages.hpp"

namespace cnnlab {

namespace {

/// The folder of the split that a path lies in, by the name of a folder or of the table; empty where none tells.
std::string split_of_path(const std::string& path, const std::string& table, const std::string& top) {
    for (size_t begin = top.empty() ? 0 : top.size() + 1, end;
         (end = path.find('/', begin)) != std::string::npos; begin = end + 1)
        if (split_named(path.substr(begin, end - begin)).kind != SplitKind::none)
            return path.substr(begin, end - begin);
    const std::string name = table.substr(table.rfind('/') + 1);
    switch (split_named(name.substr(0, name.rfind('.'))).kind) {
        case SplitKind::train:
            return "train";
        case SplitKind::validation:
            return "validation";
        case SplitKind::test:
            return "test";
        case SplitKind::none:
            break;
    }
    return {};
}

/// The first few of them.
std::string names_text(const std::vector<std::string>& names) {
    constexpr size_t most = 5;
    std::string text;
    for (size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > most ? text + ", …" : text;
}

/// What a person should know of a table that is used.
void tell(const PictureLabels& found, const std::string& table, std::vector<Message>& notes) {
    notes.push_back(say("layout.table", table, found.rows.size()));
    if (!found.split_column.empty())
        notes.push_back(say_file("table.split_column", table, found.split_column));
    if (!found.unused_columns.empty())
        notes.push_back(
            say_file("table.columns_used", table, found.label_column, names_text(found.unused_columns)));
    if (!found.missing.empty()) {
        notes.push_back(say("layout.table_missing", table, found.missing.size()));
        notes.push_back(say_file("table.not_found", names_text(found.missing)));
    }
    if (!found.unlabelled.empty())
        notes.push_back(
            say_file("table.unlabelled", table, found.unlabelled.size(), names_text(found.unlabelled)));
}

}  // namespace

std::optional<FolderTree> tree_by_labels(std::span<const std::string> paths,
                                         std::span<const LabelTable> tables, const std::string& top,
                                         const std::string& place, DataReport& report) {
    std::vector<std::string> moved(paths.begin(), paths.end());
    std::vector<const std::string*> labels(paths.size(), nullptr);
    std::vector<PictureLabels> all;
    all.reserve(tables.size());
    std::set<std::string> labelled_folders;
    for (const LabelTable& table : tables) {
        const PictureLabels& found = all.emplace_back(labels_of(table, paths));
        if (found.rows.empty()) continue;
        moved[table.path].clear();
        tell(found, paths[table.path], report.notes);
        for (const auto& [path, label, split_in_row] : found.rows) {
            if (labels[path] != nullptr && *labels[path] != label)
                throw Error(ErrorCode::missing_data, joined(place, paths[path]),
                            say("folder.two_labels", *labels[path], label), say("folder.one_label"));
            labels[path] = &label;
            const std::string split =
                split_in_row.empty() ? split_of_path(paths[path], paths[table.path], top) : split_in_row;
            labelled_folders.insert(split);
            std::string name = label;
            for (size_t at; (at = name.find('/')) != std::string::npos;) name.replace(at, 1, "\u2215");
            moved[path] =
                joined(joined(joined(top, split), name), paths[path].substr(paths[path].rfind('/') + 1));
        }
    }
    if (labelled_folders.empty()) return std::nullopt;
    const size_t used_before = report.unused.size();
    for (size_t i = 0; i < paths.size(); ++i) {
        if (labels[i] != nullptr || moved[i].empty() || is_path_passed_over(moved[i])) continue;
        const std::string split = split_of_path(paths[i], "", top);
        if (!split.empty() && !labelled_folders.contains(split)) continue;
        moved[i].clear();
        if (!paths[i].ends_with('/')) report.unused.push_back(unused_file(paths[i], say("unused.no_label")));
    }
    std::sort(report.unused.begin() + static_cast<std::ptrdiff_t>(used_before), report.unused.end(),
              [](const UnusedFiles& a, const UnusedFiles& b) { return a.path < b.path; });
    return folder_tree(moved);
}

}  // namespace cnnlab
