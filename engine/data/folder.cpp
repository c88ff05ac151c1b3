#include "engine/data/folder.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"
#include "engine/data/sampler.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

namespace {

/// A file (or, with an empty name, a folder) and the folders above it.
struct PathEntry {
    std::vector<std::string> folders;
    std::string name;
    size_t path;
};

struct ClassFiles {
    std::string name;
    std::vector<PathEntry> files;  ///< in order of their names
};

[[noreturn]] void fail(const std::string& place, Message problem, Message remedy) {
    throw Error(ErrorCode::missing_data, place, std::move(problem), std::move(remedy));
}

std::string joined(const std::string& folder, const std::string& name) {
    if (folder.empty() || name.empty()) return folder + name;
    return folder.back() == '/' ? folder + name : folder + "/" + name;
}

bool is_passed_over(const std::string& name) {
    return name.starts_with('.') || name == "__MACOSX" || name == "Thumbs.db" || name == "desktop.ini";
}

std::vector<PathEntry> entries_of(std::span<const std::string> paths) {
    std::vector<PathEntry> entries;
    for (size_t i = 0; i < paths.size(); ++i) {
        PathEntry entry{{}, {}, i};
        size_t begin = 0;
        for (size_t end; (end = paths[i].find('/', begin)) != std::string::npos; begin = end + 1)
            entry.folders.push_back(paths[i].substr(begin, end - begin));
        entry.name = paths[i].substr(begin);
        const bool hidden = std::any_of(entry.folders.begin(), entry.folders.end(), is_passed_over);
        if (!hidden && !is_passed_over(entry.name) && !entry.folders.empty())
            entries.push_back(std::move(entry));
    }
    return entries;
}

/// Takes off the folders that are around everything; returns them for messages.
std::string strip(std::vector<PathEntry>& entries) {
    std::string stripped;
    const auto depth = [](const PathEntry& entry) { return entry.folders.size(); };
    while (!entries.empty()) {
        const std::string first = entries[0].folders[0];
        const bool shared = std::all_of(entries.begin(), entries.end(),
                                        [&](const PathEntry& entry) { return entry.folders[0] == first; });
        const bool goes_on = std::any_of(entries.begin(), entries.end(),
                                         [&](const PathEntry& entry) { return depth(entry) > 1; });
        if (!shared || !goes_on) break;
        stripped = joined(stripped, first);
        for (PathEntry& entry : entries) entry.folders.erase(entry.folders.begin());
        std::erase_if(entries, [&](const PathEntry& entry) { return depth(entry) == 0; });
    }
    return stripped;
}

/// The classes of one split; `place` is its folder.
std::vector<ClassFiles> classes_of(std::vector<PathEntry> entries, const std::string& place) {
    std::map<std::string, ClassFiles> classes;
    for (PathEntry& entry : entries) {
        if (entry.folders.empty()) continue;
        const std::string& name = entry.folders[0];
        if (entry.folders.size() > 1) {
            fail(joined(joined(place, name), entry.folders[1]), say("folder.inside", name),
                 say("folder.put_right"));
        }
        ClassFiles& one = classes[name];
        one.name = name;
        if (!entry.name.empty()) one.files.push_back(std::move(entry));
    }
    if (classes.size() < 2) {
        fail(place, say("folder.classes", classes.size()), say("folder.make_two"));
    }
    std::vector<ClassFiles> result;
    for (auto& [name, one] : classes) {
        if (one.files.empty()) fail(joined(place, name), say("folder.empty"), say("folder.add_or_remove"));
        std::sort(one.files.begin(), one.files.end(),
                  [](const PathEntry& a, const PathEntry& b) { return a.name < b.name; });
        result.push_back(std::move(one));
    }
    return result;
}

/// Which of a class's pictures are test images.
std::vector<bool> divide(const ClassFiles& all, size_t label, const std::string& place,
                         const datasets::Folder& spec) {
    const size_t count = all.files.size();
    std::vector<bool> is_test(count, false);
    if (spec.test_share == 0) return is_test;
    if (count < 2) {
        fail(joined(place, all.name), say("folder.single"), say("folder.add_images"));
    }
    const auto wanted =
        static_cast<size_t>(std::lround(static_cast<double>(spec.test_share) * static_cast<double>(count)));
    const auto order =
        epoch_order(static_cast<int64_t>(count), spec.seed, static_cast<uint32_t>(label), true);
    const size_t test_count = std::clamp<size_t>(wanted, 1, count - 1);
    for (size_t i = 0; i < test_count; ++i) is_test[order[i]] = true;
    return is_test;
}

std::vector<std::string> names_of(const std::vector<ClassFiles>& classes) {
    std::vector<std::string> names;
    for (const ClassFiles& one : classes) names.push_back(one.name);
    return names;
}

void append(std::vector<FolderPlan::Picture>& to, const std::vector<ClassFiles>& classes) {
    for (size_t label = 0; label < classes.size(); ++label)
        for (const PathEntry& file : classes[label].files)
            to.push_back({file.path, static_cast<int32_t>(label)});
}

/// "train" for Train, TRAIN, …
std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

struct SplitFolder {
    std::string name;  ///< as it is written
    std::vector<PathEntry> entries;
};

/// The folders of the splits, by "train" and "test"; empty unless both are there.
std::map<std::string, SplitFolder> splits_of(const std::vector<PathEntry>& entries) {
    std::map<std::string, SplitFolder> splits;
    for (PathEntry entry : entries) {
        const std::string split = lower_case(entry.folders[0]);
        if (split != "train" && split != "test") continue;
        SplitFolder& mine = splits[split];
        mine.name = entry.folders[0];
        entry.folders.erase(entry.folders.begin());
        mine.entries.push_back(std::move(entry));
    }
    return splits.size() == 2 ? splits : std::map<std::string, SplitFolder>();
}

}  // namespace

FolderPlan plan_folder(std::span<const std::string> paths, const datasets::Folder& spec,
                       const std::string& place) {
    check_range(spec.size.height, 4, 1024, "data.size");
    check_range(spec.size.width, 4, 1024, "data.size");
    check_range(static_cast<double>(spec.test_share), 0, 0.9, "data.test_share");
    std::vector<PathEntry> entries = entries_of(paths);
    const std::string root = joined(place, strip(entries));
    FolderPlan plan;
    const auto splits = splits_of(entries);
    if (!splits.empty()) {
        const auto read = [&](const SplitFolder& split) {
            return classes_of(split.entries, joined(root, split.name));
        };
        const auto train = read(splits.at("train")), test = read(splits.at("test"));
        plan.classes = names_of(train);
        if (plan.classes != names_of(test)) fail(root, say("folder.differ"), say("folder.both"));
        append(plan.train, train);
        append(plan.test, test);
        return plan;
    }
    const auto classes = classes_of(std::move(entries), root);
    plan.classes = names_of(classes);
    for (size_t label = 0; label < classes.size(); ++label) {
        const std::vector<bool> is_test = divide(classes[label], label, root, spec);
        for (size_t i = 0; i < is_test.size(); ++i)
            (is_test[i] ? plan.test : plan.train)
                .push_back({classes[label].files[i].path, static_cast<int32_t>(label)});
    }
    return plan;
}

void datasets::Folder::adapt(DatasetCard& card) const {
    card.image = ImageShape(size.height, size.width, grey ? 1 : 3);
    card.mean.resize(static_cast<size_t>(card.image.channels));
    card.stddev.resize(static_cast<size_t>(card.image.channels));
}

DatasetCard folder_card(const datasets::Folder& spec, std::vector<std::string> classes, const Split& train,
                        const Split& test) {
    DatasetCard card = find_card("folder");
    spec.adapt(card);
    card.format = spec;
    card.classes = std::move(classes);
    card.train_count = train.count();
    card.test_count = test.count();
    normalise_by(train, card);
    return card;
}

}  // namespace cnnlab
