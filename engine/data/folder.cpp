#include "engine/data/folder.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"
#include "engine/data/division.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder_layout.hpp"
#include "engine/data/folder_tree.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

namespace {

/// Which of a class's pictures are test images.
std::vector<bool> divide(const ClassPictures& all, size_t label, const std::string& place,
                         const datasets::Folder& spec) {
    const size_t count = all.pictures.size();
    if (count == 1 && spec.test_share > 0) {
        throw Error(ErrorCode::missing_data, joined(place, all.place), say("folder.single"),
                    say("folder.add_images"));
    }
    return test_images_of(count, static_cast<double>(spec.test_share), spec.seed,
                          static_cast<uint32_t>(label));
}

void append(std::vector<FolderPlan::Picture>& to, const std::vector<ClassPictures>& classes) {
    for (size_t label = 0; label < classes.size(); ++label)
        for (const size_t path : classes[label].pictures) to.push_back({path, static_cast<int32_t>(label)});
}

constexpr size_t most_listed = 50;  ///< bad pictures in one message

Message bad_list(std::span<const BadPicture> bad, std::span<const std::string> paths) {
    std::string list;
    for (size_t i = 0; i < std::min(bad.size(), most_listed); ++i)
        list += (i > 0 ? "; " : "") + paths[bad[i].path] +
                (bad[i].problem.empty() ? "" : " " + bad[i].problem.english());
    return bad.size() > most_listed ? say("folder.bad_more", list, bad.size() - most_listed) : Message(list);
}

}  // namespace

FolderPlan plan_folder(std::span<const std::string> paths, const datasets::Folder& spec,
                       const std::string& place, std::span<const std::string> known,
                       std::span<const LabelTable> tables) {
    check_range(spec.size.height, 4, 1024, "data.size");
    check_range(spec.size.width, 4, 1024, "data.size");
    check_range(static_cast<double>(spec.test_share), 0, 0.9, "data.test_share");
    FolderLayout layout = layout_of(paths, spec, place, known, tables);
    FolderPlan plan;
    plan.report = std::move(layout.report);
    for (const ClassPictures& one : layout.train) plan.classes.push_back(one.name);
    if (!layout.test.empty()) {
        append(plan.train, layout.train);
        append(plan.test, layout.test);
        const datasets::Folder usual;
        for (const auto& [field, given] : {std::pair{"test_share", spec.test_share != usual.test_share},
                                           {"seed", spec.seed != usual.seed}})
            if (given) plan.report.notes.push_back(say_file("folder.field_unused", field));
        return plan;
    }
    for (size_t label = 0; label < layout.train.size(); ++label) {
        const ClassPictures& all = layout.train[label];
        const std::vector<bool> is_test = divide(all, label, place, spec);
        for (size_t i = 0; i < is_test.size(); ++i)
            (is_test[i] ? plan.test : plan.train).push_back({all.pictures[i], static_cast<int32_t>(label)});
    }
    return plan;
}

void leave_out(FolderPlan& plan, std::span<const BadPicture> bad, std::span<const std::string> paths,
               const datasets::Folder& spec, const std::string& place) {
    if (bad.empty()) return;
    if (!spec.skip_bad) {
        throw Error(ErrorCode::bad_file, place, say("folder.bad", bad.size(), bad_list(bad, paths)),
                    say("folder.mend_bad"));
    }
    const auto with_pictures = [&] {
        std::vector<bool> classes(plan.classes.size(), false);
        for (const auto& [path, label] : plan.train) classes[static_cast<size_t>(label)] = true;
        return classes;
    };
    const std::vector<bool> before = with_pictures();
    std::vector<bool> is_bad(paths.size(), false);
    for (const BadPicture& one : bad) {
        is_bad[one.path] = true;
        plan.report.unused.push_back(
            {paths[one.path], 1,
             one.problem.empty() ? say("unused.undecodable") : say("unused.bad", one.problem)});
    }
    for (std::vector<FolderPlan::Picture>* split : {&plan.train, &plan.test})
        std::erase_if(*split, [&](const FolderPlan::Picture& picture) { return is_bad[picture.path]; });
    const std::vector<bool> after = with_pictures();
    for (size_t c = 0; c < after.size(); ++c) {
        if (before[c] && !after[c]) {
            throw Error(ErrorCode::missing_data, joined(place, plan.classes[c]), say("folder.all_bad"),
                        say("folder.add_or_remove"));
        }
    }
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
