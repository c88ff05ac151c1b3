#include "engine/data/folder_tree.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/file_messages.hpp"

namespace cnnlab {

namespace {

constexpr size_t most_folders = 32;

std::vector<std::string> parts_of(const std::string& path) {
    std::vector<std::string> parts;
    size_t begin = 0;
    for (size_t end; (end = path.find('/', begin)) != std::string::npos; begin = end + 1)
        if (end > begin) parts.push_back(path.substr(begin, end - begin));
    parts.push_back(path.substr(begin));
    return parts;
}

/// The folder of that name within another, made where there is none.
FolderTree& enter(FolderTree& folder, const std::string& given) {
    const std::string name = composed(given);
    const auto before = [](const FolderTree& one, const std::string& other) { return one.name < other; };
    auto at = std::lower_bound(folder.folders.begin(), folder.folders.end(), name, before);
    if (at == folder.folders.end() || at->name != name)
        at = folder.folders.insert(at, {.name = name, .place = joined(folder.place, given)});
    return *at;
}

void sort_files(FolderTree& folder, std::span<const std::string> paths) {
    std::sort(folder.files.begin(), folder.files.end(),
              [&](const FolderTree::File& a, const FolderTree::File& b) {
                  return a.name != b.name ? a.name < b.name : paths[a.path] < paths[b.path];
              });
    for (FolderTree& inner : folder.folders) sort_files(inner, paths);
}

/// The only folder of this one that pictures can lie in; null where there are several, or none.
const FolderTree* only_folder(const FolderTree& folder) {
    if (folder.folders.size() == 1) return &folder.folders.front();
    const auto holding = folder.folders_with_pictures();
    if (holding.size() != 1 || holding.front()->folders_with_pictures().size() < 2) return nullptr;
    for (const FolderTree& other : folder.folders) {
        if (&other == holding.front()) continue;
        // An empty folder may be a class, and so may one of pictures of another type.
        bool may_be_class = !other.has_files();
        other.for_files([&](const FolderTree::File& f) { may_be_class |= f.kind != PictureName::other; });
        if (may_be_class) return nullptr;
    }
    return holding.front();
}

/// The splits that lie inside the classes.
std::map<SplitKind, std::vector<SplitFolder>> turned(const FolderTree& top) {
    std::map<SplitKind, std::vector<SplitFolder>> found;
    for (const FolderTree& one : top.folders) {
        if (one.has_own_pictures() || one.folders.empty()) return {};
        for (const FolderTree& inner_folder : one.folders) {
            const NamedSplit split = split_named(inner_folder.name);
            if (split.kind == SplitKind::none) return {};
            std::vector<SplitFolder>& kind = found[split.kind];
            if (kind.empty())
                kind.push_back(
                    {{.name = inner_folder.name, .place = joined(top.place, "*/" + inner_folder.name)},
                     true,
                     true});
            FolderTree& copy = kind.front().folder.folders.emplace_back(inner_folder);
            copy.name = one.name;
        }
    }
    // In every class, and more than one split: else they are classes of some other meaning.
    const bool is_one = found.size() > 1 && found[SplitKind::train].size() == 1 &&
                        found[SplitKind::train].front().folder.folders.size() == top.folders.size();
    return is_one ? found : std::map<SplitKind, std::vector<SplitFolder>>();
}

}  // namespace

bool FolderTree::has_files() const {
    return !files.empty() ||
           std::any_of(folders.begin(), folders.end(), [](const FolderTree& f) { return f.has_files(); });
}

bool FolderTree::has_own_pictures() const {
    return std::any_of(files.begin(), files.end(),
                       [](const File& file) { return file.kind == PictureName::picture; });
}

bool FolderTree::has_pictures() const {
    return has_own_pictures() ||
           std::any_of(folders.begin(), folders.end(), [](const FolderTree& f) { return f.has_pictures(); });
}

int64_t FolderTree::count_files() const {
    int64_t count = 0;
    for_files([&](const File&) { ++count; });
    return count;
}

std::vector<const FolderTree*> FolderTree::folders_with_pictures() const {
    std::vector<const FolderTree*> found;
    for (const FolderTree& folder : folders)
        if (folder.has_pictures()) found.push_back(&folder);
    return found;
}

const FolderTree* FolderTree::next() const {
    const FolderTree* only = only_folder(*this);
    if (only == nullptr || only->folders.empty()) return nullptr;
    // Pictures beside classes are nobody's; those beside one folder are a class with a folder inside.
    return only->has_own_pictures() && only->folders_with_pictures().size() < 2 ? nullptr : only;
}

const FolderTree& FolderTree::innermost() const {
    const FolderTree* at = this;
    for (const FolderTree* further = at; further != nullptr; further = at->next()) at = further;
    return *at;
}

std::map<SplitKind, std::vector<SplitFolder>> split_folders(const FolderTree& top) {
    std::map<SplitKind, std::vector<SplitFolder>> found;
    for (const FolderTree& folder : top.folders) {
        const NamedSplit split = split_named(folder.name);
        if (split.kind != SplitKind::none && folder.has_files())
            found[split.kind].push_back({folder, split.whole, false});
    }
    return found.empty() ? turned(top) : found;
}

UnusedFiles unused_file(const std::string& path, const Message& otherwise) {
    const std::string name = path.substr(path.rfind('/') + 1);
    switch (picture_named(name)) {
        case PictureName::picture:
            return {path, 1, otherwise};
        case PictureName::unread:
            return {path, 1, say("unused.type", suffix_of(name))};
        case PictureName::other:
            break;
    }
    return {path, 1, is_packed_name(name) ? say_file("unused.archive") : say("unused.no_picture")};
}

FolderTree folder_tree(std::span<const std::string> paths) {
    FolderTree root;
    for (size_t i = 0; i < paths.size(); ++i) {
        if (is_path_passed_over(paths[i])) continue;
        const std::vector<std::string> parts = parts_of(paths[i]);
        if (parts.size() > most_folders) {
            throw Error(ErrorCode::missing_data, paths[i], say("folder.deep", most_folders),
                        say("folder.less_deep"));
        }
        FolderTree* folder = &root;
        for (size_t part = 0; part + 1 < parts.size(); ++part) folder = &enter(*folder, parts[part]);
        if (!parts.back().empty())
            folder->files.push_back({composed(parts.back()), i, picture_named(parts.back())});
    }
    sort_files(root, paths);
    return root;
}

std::string joined(const std::string& folder, const std::string& name) {
    if (folder.empty() || name.empty()) return folder + name;
    return folder.back() == '/' ? folder + name : folder + "/" + name;
}

}  // namespace cnnlab
