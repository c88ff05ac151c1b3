#include <emscripten/bind.h>

#include <algorithm>
#include <map>

#include "engine/core/message_json.hpp"
#include "engine/data/card.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/folder.hpp"
#include "engine/data/folder_names.hpp"
#include "engine/data/picture_bytes.hpp"
#include "engine/data/picture_fit.hpp"
#include "engine/model/model_file.hpp"
#include "web/bindings/training.hpp"
#include "web/bindings/values.hpp"

/// What the files of a person hold. The page opens, unpacks and decodes what a browser can; the bytes are read here.
namespace cnnlab::web {

namespace {

/// A reader, and all paths among which it has found its files.
struct Reading {
    std::unique_ptr<DatasetReader> reader;
    std::vector<std::string> paths;
};

std::map<int, Reading> readers;
int next_reader = 1;

/// A list of texts, which cross fastest as JSON.
std::vector<std::string> texts_of(const std::string& json) {
    std::vector<std::string> texts;
    read_json(parse_json(json, "texts"), texts, "texts");
    return texts;
}

datasets::Folder folder_of(const std::string& fields) {
    datasets::Folder folder;
    read_fields(parse_json(fields, "folder"), folder, "folder");
    return folder;
}

/// {notes, unused}: messages, and {path, files, reason} each.
Json report_json(const DataReport& report) {
    Json notes = Json::array(), unused = Json::array();
    for (const Message& note : report.notes) notes.push_back(message_json(note));
    for (const UnusedFiles& one : report.unused)
        unused.push_back({{"path", one.path}, {"files", one.files}, {"reason", message_json(one.reason)}});
    return {{"notes", notes}, {"unused", unused}};
}

/// {id, files}: a reader of the official files among these, and which it wants in which
/// order; null where there are none.
val reader_new(const std::string& paths, const std::string& fields) {
    return guarded([&] {
        std::vector<std::string> all = texts_of(paths);
        auto reader = DatasetReader::recognise(all, folder_of(fields));
        if (!reader) return val::null();
        val result = val::object(), files = val::array();
        for (const size_t file : reader->files()) files.call<void>("push", static_cast<double>(file));
        result.set("id", next_reader);
        result.set("files", files);
        readers[next_reader++] = {std::move(reader), std::move(all)};
        return result;
    });
}

val reader_add(int id, const val& bytes) {
    return guarded([&] {
        readers.at(id).reader->add(copy_in<uint8_t>(bytes));
        return val::undefined();
    });
}

val reader_finish(int id) {
    return guarded([&] {
        const Reading& reading = readers.at(id);
        Dataset data = reading.reader->finish();
        const std::vector<size_t>& used = reading.reader->files();
        for (size_t i = 0; i < reading.paths.size(); ++i)
            if (std::find(used.begin(), used.end(), i) == used.end())
                data.report.unused.push_back({reading.paths[i], 1, say_file("unused.of_no_set")});
        readers.erase(id);
        val result = val::object();
        result.set("card", value_of(data.card));
        result.set("train", split_value(data.train, data.card.image));
        data.train = {};
        result.set("test", split_value(data.test, data.card.image));
        result.set("report", json_value(report_json(data.report)));
        return result;
    });
}

val reader_drop(int id) {
    return guarded([&] {
        readers.erase(id);
        return val::undefined();
    });
}

val pictures_value(const std::vector<FolderPlan::Picture>& pictures) {
    std::vector<int32_t> paths, labels;
    for (const auto& [path, label] : pictures) {
        paths.push_back(static_cast<int32_t>(path));
        labels.push_back(label);
    }
    val result = val::object();
    result.set("paths", copy_out("Int32Array", std::span<const int32_t>(paths)));
    result.set("labels", copy_out("Int32Array", std::span<const int32_t>(labels)));
    return result;
}

/// {classes, shape, train, test, report}, each split {paths, labels}. `known` are the classes of a run, or none; `bad`
/// the indices of paths that turned out to be no pictures; `tables` the bytes of those that labelTables names.
val plan_pictures(const std::string& paths, const std::string& fields, const std::string& known,
                  const val& tables, const val& bad) {
    return guarded([&] {
        const datasets::Folder folder = folder_of(fields);
        const std::vector<std::string> all = texts_of(paths);
        const auto given = tables["length"].as<size_t>();
        std::vector<LabelTable> with_labels;
        for (const size_t path : label_tables(all)) {
            if (with_labels.size() == given) break;
            const auto bytes = copy_in<uint8_t>(tables[with_labels.size()]);
            with_labels.push_back({path, std::string(bytes.begin(), bytes.end())});
        }
        FolderPlan plan = plan_folder(all, folder, "", texts_of(known), with_labels);
        std::vector<BadPicture> pictures;
        for (const int32_t path : copy_in<int32_t>(bad)) pictures.push_back({static_cast<size_t>(path), {}});
        leave_out(plan, pictures, all, folder);
        DatasetCard card;
        folder.adapt(card);
        val result = val::object(), shape = val::array();
        for (const int extent : {card.image.height, card.image.width, card.image.channels})
            shape.call<void>("push", extent);
        result.set("shape", shape);
        result.set("classes", json_value(Json(plan.classes)));
        result.set("train", pictures_value(plan.train));
        result.set("test", pictures_value(plan.test));
        result.set("report", json_value(report_json(plan.report)));
        return result;
    });
}

val tables_among(const std::string& paths) {
    return guarded([&] { return json_value(Json(label_tables(texts_of(paths)))); });
}

/// {kept, pictures}: indices of the paths without what systems leave in folders, and of those that are pictures by
/// their names.
val sort_paths(const std::string& paths) {
    return guarded([&] {
        Json kept = Json::array(), pictures = Json::array(), unread = Json::array();
        const std::vector<std::string> all = texts_of(paths);
        for (size_t i = 0; i < all.size(); ++i) {
            if (is_path_passed_over(all[i])) continue;
            kept.push_back(i);
            const PictureName kind = picture_named(file_name(all[i]));
            if (kind == PictureName::unread) unread.push_back(i);
            if (kind == PictureName::picture && !suffix_of(file_name(all[i])).empty()) pictures.push_back(i);
        }
        return json_value({{"kept", kept}, {"pictures", pictures}, {"unread", unread}});
    });
}

/// The card of pictures, of which the training images' pixels are given.
val card_of_pictures(const std::string& fields, const std::string& classes, const val& pixels,
                     const val& labels) {
    return guarded([&] {
        const Split train{copy_in<uint8_t>(pixels), copy_in<int32_t>(labels)};
        const DatasetCard card = folder_card(folder_of(fields), texts_of(classes), train, {});
        check_split(train, card, "images");
        return value_of(card);
    });
}

/// {format, orientation, bytes}: a picture file as every browser decodes it, "none" where it is of no known format.
val plain_picture_of(const val& bytes, const std::string& place) {
    return guarded([&] {
        const PlainPicture plain = plain_picture(copy_in<uint8_t>(bytes), place);
        val result = val::object();
        result.set("format", std::string(EnumNames<PictureFormat>::names[static_cast<size_t>(plain.format)]));
        result.set("orientation", plain.orientation);
        result.set("bytes", copy_out("Uint8Array", std::span<const uint8_t>(plain.bytes)));
        return result;
    });
}

std::map<int, PictureFit> fits;
int next_fit = 1;

val fit_new(int height, int width, int orientation, int rows, int columns, int channels) {
    return guarded([&] {
        fits.try_emplace(next_fit, height, width, orientation, ImageShape(rows, columns, channels));
        return val(next_fit++);
    });
}

/// The next rows, four bytes a pixel.
val fit_add(int id, const val& rows) {
    return guarded([&] {
        fits.at(id).add(copy_in<uint8_t>(rows), 4);
        return val::undefined();
    });
}

val fit_finish(int id) {
    return guarded([&] {
        const std::vector<uint8_t> pixels = fits.at(id).finish();
        return copy_out("Uint8Array", std::span<const uint8_t>(pixels));
    });
}

val fit_drop(int id) {
    return guarded([&] {
        fits.erase(id);
        return val::undefined();
    });
}

val checkpoint_experiment(const val& bytes, const std::string& name) {
    return guarded([&] { return json_value(experiment_of_checkpoint(copy_in<uint8_t>(bytes), name)); });
}

/// The classes that a run was trained with; none in a checkpoint of before.
val checkpoint_classes(const val& bytes, const std::string& name) {
    return guarded([&] { return json_value(Json(classes_in_file(copy_in<uint8_t>(bytes), name))); });
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_files) {
    using emscripten::function;
    function("readerNew", &reader_new);
    function("readerAdd", &reader_add);
    function("readerFinish", &reader_finish);
    function("readerDrop", &reader_drop);
    function("planFolder", &plan_pictures);
    function("sortPaths", &sort_paths);
    function("labelTables", &tables_among);
    function("folderCard", &card_of_pictures);
    function("plainPicture", &plain_picture_of);
    function("fitNew", &fit_new);
    function("fitAdd", &fit_add);
    function("fitFinish", &fit_finish);
    function("fitDrop", &fit_drop);
    function("checkpointExperiment", &checkpoint_experiment);
    function("checkpointClasses", &checkpoint_classes);
}

}  // namespace cnnlab::web
