#include "engine/data/folder_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder_labels.hpp"

namespace cnnlab {

namespace {

using datasets::FolderMeaning;
using datasets::ValidationUse;

std::string comma_list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::vector<std::string> names_of(const std::vector<ClassPictures>& classes) {
    std::vector<std::string> names;
    for (const ClassPictures& one : classes) names.push_back(one.name);
    return names;
}

std::string with_slash(const FolderTree& folder) { return folder.name + "/"; }

class Reader {
  public:
    Reader(std::span<const std::string> paths, const datasets::Folder& spec, const std::string& place,
           std::span<const std::string> known, std::span<const LabelTable> tables)
        : paths_(paths), spec_(spec), place_(place), known_(known), tables_(tables) {}

    FolderLayout read() {
        FolderTree root = folder_tree(paths_);
        if (spec_.layout == FolderMeaning::automatic && is_flat(root.innermost()))
            if (auto labelled =
                    tree_by_labels(paths_, tables_, root.innermost().place, place_, layout_.report))
                root = std::move(*labelled);
        const FolderTree& top = root.innermost();
        leave_around(root, top);
        top_ = top.place;
        if (spec_.layout == FolderMeaning::classes || !read_splits(top)) {
            if (spec_.layout == FolderMeaning::splits)
                fail(top.place, say("folder.no_train"), say("folder.name_train"));
            check_groups(top);
            layout_.train = as_known(classes_of(top));
            leave_loose(top);
            note_divided(top);
        }
        if (known_.empty()) note_alike();
        return std::move(layout_);
    }

  private:
    [[noreturn]] void fail(const std::string& place, Message problem, Message remedy) const {
        throw Error(ErrorCode::missing_data, joined(place_, place), std::move(problem), std::move(remedy));
    }

    void leave(const FolderTree& folder, const Message& reason) {
        const int64_t files = folder.count_files();
        if (files > 0) layout_.report.unused.push_back({folder.place + "/", files, reason});
    }
    void leave(const FolderTree::File& file, const Message& reason) {
        layout_.report.unused.push_back(unused_file(paths_[file.path], reason));
    }
    void leave_loose(const FolderTree& folder) {
        for (const FolderTree::File& file : folder.files) leave(file, say("unused.loose"));
    }

    // ---- folders around everything ----

    /// What lies beside the way from a folder to one inside it is not used.
    void leave_around(const FolderTree& from, const FolderTree& to) {
        for (const FolderTree* at = &from; at != &to; at = at->next()) {
            leave_loose(*at);
            for (const FolderTree& other : at->folders)
                if (&other != at->next()) leave(other, say("unused.no_pictures"));
        }
    }

    /// Whether the folders cannot be classes, but perhaps splits.
    static bool is_flat(const FolderTree& top) {
        const auto holding = top.folders_with_pictures();
        return holding.size() < 2 ||
               std::all_of(holding.begin(), holding.end(), [](const FolderTree* folder) {
                   return split_named(folder->name).kind != SplitKind::none && !holds_classes(*folder);
               });
    }

    // ---- splits ----

    /// The one of several whose name is nothing but a split's.
    const SplitFolder* choose(const FolderTree& top, const std::vector<SplitFolder>& all) const {
        if (all.size() == 1) return all.data();
        const SplitFolder* chosen = nullptr;
        for (const SplitFolder& one : all) {
            if (!one.whole || !one.folder.has_pictures()) continue;
            if (chosen != nullptr)
                fail(top.place, say("folder.two_splits", with_slash(chosen->folder), with_slash(one.folder)),
                     say("folder.join_splits"));
            chosen = &one;
        }
        if (chosen == nullptr && !all.empty())
            fail(top.place, say("folder.two_splits", with_slash(all[0].folder), with_slash(all[1].folder)),
                 say("folder.join_splits"));
        return chosen;
    }

    static bool holds_classes(const FolderTree& folder) { return !folder.folders_with_pictures().empty(); }

    /// Reads training and test split where the folders are splits; false where they are not.
    bool read_splits(const FolderTree& top) {
        auto found = split_folders(top);
        const bool has_class_folders =
            std::any_of(found[SplitKind::train].begin(), found[SplitKind::train].end(),
                        [](const SplitFolder& one) { return holds_classes(one.folder); });
        if (!has_class_folders) {
            refuse_flat_splits(top, found);
            return false;
        }
        const SplitFolder* train = choose(top, found[SplitKind::train]);
        const SplitFolder* validation = choose(top, found[SplitKind::validation]);
        const SplitFolder* test = choose(top, found[SplitKind::test]);
        leave_others(top, train, validation, test);
        layout_.train = as_known(classes_in(*train));
        const auto drop_unlabelled = [&](const SplitFolder*& split) {
            if (split == nullptr || has_labels(*split)) return;
            leave(split->folder, say("unused.unlabelled"));
            split = nullptr;
        };
        drop_unlabelled(test);
        drop_unlabelled(validation);
        const std::string train_name = with_slash(train->folder);
        ValidationUse use = spec_.validation;
        if (use == ValidationUse::automatic)
            use = test == nullptr ? ValidationUse::test : ValidationUse::unused;
        if (validation != nullptr) {
            const std::string name = with_slash(validation->folder);
            if (use == ValidationUse::train) {
                join(classes_in(*validation), name, train_name);
                note(say("layout.validation_joined", name));
            } else if (use == ValidationUse::test) {
                if (test != nullptr) leave(test->folder, say("unused.not_chosen"));
                note(say("layout.validation_is_test", name));
                test = validation;
            } else {
                leave(validation->folder, say("unused.validation"));
            }
        }
        if (test != nullptr) {
            const std::string name = with_slash(test->folder);
            layout_.test = matched(classes_in(*test), name, train_name);
            note(say("layout.splits", train_name, name));
        } else {
            note(spec_.test_share == 0 ? say("layout.train_whole", train_name)
                                       : say("layout.train_only", train_name, percent(spec_.test_share)));
        }
        return true;
    }

    /// Pictures right in train/ and test/ have no class.
    void refuse_flat_splits(const FolderTree& top,
                            const std::map<SplitKind, std::vector<SplitFolder>>& found) const {
        const auto holding = top.folders_with_pictures();
        const auto is_split = [](const FolderTree* f) {
            return split_named(f->name).kind != SplitKind::none;
        };
        size_t kinds = 0;
        for (const auto& [kind, all] : found) kinds += all.empty() ? 0 : 1;
        if (kinds < 2 || spec_.layout == FolderMeaning::splits ||
            !std::all_of(holding.begin(), holding.end(), is_split))
            return;
        const auto train = found.find(SplitKind::train);
        if (train == found.end() || train->second.empty()) {
            const bool nested =
                std::any_of(holding.begin(), holding.end(), [](const auto* f) { return holds_classes(*f); });
            if (nested) fail(top.place, say("folder.no_train"), say("folder.name_train"));
            return;
        }
        fail(train->second.front().folder.place, say("folder.flat"), say("folder.sort_them"));
    }

    void leave_others(const FolderTree& top, const SplitFolder* train, const SplitFolder* validation,
                      const SplitFolder* test) {
        const auto is_chosen = [&](const FolderTree& folder) {
            for (const SplitFolder* one : {train, validation, test})
                if (one != nullptr && one->folder.place == folder.place) return true;
            return false;
        };
        if (!train->turned) {
            for (const FolderTree& other : top.folders) {
                if (is_chosen(other)) continue;
                const bool is_alone = validation == nullptr && test == nullptr;
                if (is_alone && other.has_pictures() && spec_.layout == FolderMeaning::automatic)
                    fail(top.place,
                         say("folder.split_or_class", with_slash(train->folder), with_slash(other)),
                         say("folder.say_layout"));
                leave(other, say("unused.beside_splits"));
            }
        }
        leave_loose(top);
    }

    /// Whether the pictures of a test or validation split lie in folders of classes.
    [[nodiscard]] bool has_labels(const SplitFolder& split) const {
        const auto holding = split.folder.innermost().folders_with_pictures();
        if (holding.size() != 1) return holding.size() > 1;
        const std::string name = folded(holding.front()->name);
        return std::any_of(layout_.train.begin(), layout_.train.end(),
                           [&](const ClassPictures& one) { return folded(one.name) == name; });
    }

    std::vector<ClassPictures> classes_in(const SplitFolder& split) {
        const FolderTree& folder = split.folder.innermost();
        leave_around(split.folder, folder);
        std::vector<ClassPictures> classes = classes_of(folder);
        leave_loose(folder);
        return classes;
    }

    // ---- classes ----

    /// Folders that all hold the same folders are hardly classes.
    void check_groups(const FolderTree& top) const {
        if (spec_.layout != FolderMeaning::automatic || top.folders.size() < 2) return;
        std::set<std::string> first;
        for (const FolderTree& folder : top.folders) {
            std::set<std::string> names;
            for (const FolderTree& one : folder.folders) names.insert(folded(one.name));
            if (folder.has_own_pictures() || names.size() < 2) return;
            if (first.empty()) first = names;
            if (names != first) return;
        }
        fail(top.place,
             say("folder.groups", with_slash(top.folders[0]), with_slash(top.folders[1]),
                 comma_list({first.begin(), first.end()})),
             say("folder.say_groups"));
    }

    std::vector<ClassPictures> classes_of(const FolderTree& split) {
        std::vector<ClassPictures> classes;
        std::vector<std::string> unread;
        std::string unread_place;
        for (const FolderTree& folder : split.folders) {
            if (!folder.has_files()) fail(folder.place, say("folder.empty"), say("folder.add_or_remove"));
            if (!folder.has_pictures()) {
                unread.push_back(unread_text(folder));
                unread_place = folder.place;
            } else if (spec_.layout == FolderMeaning::deepest) {
                add_deepest(folder, classes);
            } else {
                add_class(folder, classes);
            }
        }
        if (unread.size() == 1)
            fail(unread_place, say("folder.unread", unread.front()), say("folder.convert"));
        if (unread.size() > 1)
            fail(split.place, say("folder.unread_several", comma_list(unread)), say("folder.convert"));
        if (classes.empty() && known_.empty() && !tables_.empty()) fail_for_table(split.place);
        if (classes.size() < 2 && known_.empty())
            fail(split.place,
                 classes.empty() ? say("folder.classes", classes.size())
                                 : say("folder.one_class", classes.front().name),
                 say("folder.make_two"));
        std::sort(classes.begin(), classes.end(),
                  [](const ClassPictures& a, const ClassPictures& b) { return a.name < b.name; });
        return classes;
    }

    /// The classes that a run knows, in its order; those without a folder have no pictures.
    std::vector<ClassPictures> as_known(std::vector<ClassPictures> classes) const {
        if (known_.empty()) return classes;
        std::vector<ClassPictures> result;
        for (const std::string& name : known_) result.push_back({composed(name), name, {}});
        for (ClassPictures& one : classes) {
            const auto same = std::find_if(result.begin(), result.end(),
                                           [&](const ClassPictures& c) { return c.name == one.name; });
            if (same == result.end())
                fail(one.place, say("folder.unknown_class", comma_list(names_of(result))),
                     say("folder.its_own"));
            *same = std::move(one);
        }
        for (size_t i = 0; i < result.size(); ++i) result[i].name = known_[i];
        return result;
    }

    /// Why a table among the pictures is not taken for their labels.
    [[noreturn]] void fail_for_table(const std::string& place) const {
        const PictureLabels found = labels_of(tables_.front(), paths_);
        const auto pictures = std::count_if(paths_.begin(), paths_.end(), [](const std::string& path) {
            return !path.ends_with('/') && !is_path_passed_over(path) &&
                   picture_named(path.substr(path.rfind('/') + 1)) == PictureName::picture;
        });
        fail(place,
             say_file("table.unused", paths_[tables_.front().path], found.named, pictures,
                      found.label_columns),
             say_file("table.give_columns"));
    }

    /// "emus/ (IMG_0.HEIC)"
    static std::string unread_text(const FolderTree& folder) {
        std::optional<std::string> first, first_picture;
        folder.for_files([&](const FolderTree::File& file) {
            if (!first) first = file.name;
            if (!first_picture && file.kind == PictureName::unread) first_picture = file.name;
        });
        if (first_picture) first = first_picture;
        return with_slash(folder) + first.value_or("");
    }

    void add_class(const FolderTree& folder, std::vector<ClassPictures>& classes) {
        ClassPictures& one = classes.emplace_back(ClassPictures{folder.name, folder.place, {}});
        folder.for_files([&](const FolderTree::File& file) { take(file, one); });
        std::vector<std::string> nested;
        for (const FolderTree* inner_folder : folder.folders_with_pictures())
            nested.push_back(inner_folder->name);
        if (!nested.empty()) note(say("layout.nested", folder.name, comma_list(nested)));
    }

    void add_deepest(const FolderTree& folder, std::vector<ClassPictures>& classes) {
        if (folder.has_own_pictures()) {
            auto one = std::find_if(classes.begin(), classes.end(),
                                    [&](const ClassPictures& c) { return c.name == folder.name; });
            if (one == classes.end()) {
                classes.push_back({folder.name, folder.place, {}});
                one = classes.end() - 1;
            }
            for (const FolderTree::File& file : folder.files) take(file, *one);
        } else {
            leave_loose(folder);
        }
        for (const FolderTree& inner_folder : folder.folders) add_deepest(inner_folder, classes);
    }

    void take(const FolderTree::File& file, ClassPictures& one) {
        if (file.kind == PictureName::picture) {
            one.pictures.push_back(file.path);
        } else {
            leave(file, {});
        }
    }

    // ---- classes that splits share ----

    /// The training class of that name, in any case of letters where only one has it.
    ClassPictures* training_class(const std::string& name) {
        std::vector<ClassPictures*> alike;
        for (ClassPictures& one : layout_.train) {
            if (composed(one.name) == name) return &one;
            if (folded(one.name) == folded(name)) alike.push_back(&one);
        }
        if (alike.size() != 1) return nullptr;
        note(say("layout.same_class", alike.front()->name, name));
        return alike.front();
    }

    [[noreturn]] void fail_different(const std::vector<ClassPictures>& other, const std::string& other_name,
                                     const std::string& train_name,
                                     const std::vector<std::string>& missing_in_train,
                                     const std::vector<std::string>& missing_in_other) const {
        const bool in_train = !missing_in_other.empty();
        fail(top_,
             in_train ? say("folder.differ", train_name, other_name, comma_list(missing_in_other),
                            comma_list(names_of(layout_.train)), comma_list(names_of(other)))
                      : say("folder.differ", other_name, train_name, comma_list(missing_in_train),
                            comma_list(names_of(other)), comma_list(names_of(layout_.train))),
             say("folder.both"));
    }

    /// The classes of the test split under the names and in the order of the training classes.
    std::vector<ClassPictures> matched(const std::vector<ClassPictures>& classes, const std::string& name,
                                       const std::string& train_name) {
        std::map<const ClassPictures*, ClassPictures> by_class;
        std::vector<std::string> unknown, missing;
        for (const ClassPictures& one : classes) {
            const ClassPictures* same = training_class(one.name);
            if (same == nullptr) {
                unknown.push_back(one.name);
                continue;
            }
            ClassPictures& mine = by_class[same];
            mine.name = same->name;
            mine.place = one.place;
            mine.pictures.insert(mine.pictures.end(), one.pictures.begin(), one.pictures.end());
        }
        std::vector<ClassPictures> result;
        for (const ClassPictures& one : layout_.train) {
            const auto found = by_class.find(&one);
            if (found == by_class.end()) {
                if (known_.empty()) missing.push_back(one.name);
                result.push_back({one.name, one.place, {}});
            } else {
                result.push_back(found->second);
            }
        }
        if (!unknown.empty() || !missing.empty()) fail_different(classes, name, train_name, unknown, missing);
        return result;
    }

    /// More training pictures.
    void join(const std::vector<ClassPictures>& classes, const std::string& name,
              const std::string& train_name) {
        std::vector<std::string> unknown;
        for (const ClassPictures& one : classes) {
            ClassPictures* same = training_class(one.name);
            if (same == nullptr) {
                unknown.push_back(one.name);
            } else {
                same->pictures.insert(same->pictures.end(), one.pictures.begin(), one.pictures.end());
            }
        }
        if (!unknown.empty()) fail_different(classes, name, train_name, unknown, {});
    }

    // ---- what is said ----

    void note(Message message) { layout_.report.notes.push_back(std::move(message)); }

    /// Names that differ by case or by blanks at their ends are perhaps slips.
    void note_alike() {
        std::map<std::string, std::string> seen;
        for (const ClassPictures& one : layout_.train) {
            std::string plain = folded(one.name);
            while (plain.ends_with(' ')) plain.pop_back();
            plain.erase(0, plain.find_first_not_of(' '));
            const auto [at, is_new] = seen.try_emplace(plain, one.name);
            if (!is_new) note(say_file("classes.alike", at->second, one.name));
        }
    }

    static std::string percent(float share) { return std::to_string(std::lround(100 * share)) + " %"; }

    void note_divided(const FolderTree& top) {
        const std::string place = top.place.empty() ? "." : top.place;
        note(spec_.test_share == 0
                 ? say("layout.classes_only", layout_.train.size(), place)
                 : say("layout.classes", layout_.train.size(), place, percent(spec_.test_share)));
    }

    std::span<const std::string> paths_;
    const datasets::Folder& spec_;
    const std::string& place_;
    std::span<const std::string> known_;
    std::span<const LabelTable> tables_;
    std::string top_;  ///< the folder in which splits or classes lie
    FolderLayout layout_;
};

}  // namespace

FolderLayout layout_of(std::span<const std::string> paths, const datasets::Folder& spec,
                       const std::string& place, std::span<const std::string> known,
                       std::span<const LabelTable> tables) {
    return Reader(paths, spec, place, known, tables).read();
}

}  // namespace cnnlab
