#include <emscripten/bind.h>

#include <map>

#include "engine/data/card.hpp"
#include "engine/data/dataset_reader.hpp"
#include "engine/data/folder.hpp"
#include "engine/data/picture_bytes.hpp"
#include "engine/data/picture_fit.hpp"
#include "web/bindings/training.hpp"
#include "web/bindings/values.hpp"

/// What the files of a person hold. The page opens, unpacks and decodes what a browser can; the bytes are read here.
namespace cnnlab::web {

namespace {

std::map<int, std::unique_ptr<DatasetReader>> readers;
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

/// {id, files}: a reader of the official files among these, and which it wants in which
/// order; null where there are none.
val reader_new(const std::string& paths, const std::string& fields) {
    return guarded([&] {
        auto reader = DatasetReader::recognise(texts_of(paths), folder_of(fields));
        if (!reader) return val::null();
        val result = val::object(), files = val::array();
        for (const size_t file : reader->files()) files.call<void>("push", static_cast<double>(file));
        result.set("id", next_reader);
        result.set("files", files);
        readers[next_reader++] = std::move(reader);
        return result;
    });
}

val reader_add(int id, const val& bytes) {
    return guarded([&] {
        readers.at(id)->add(copy_in<uint8_t>(bytes));
        return val::undefined();
    });
}

val reader_finish(int id) {
    return guarded([&] {
        Dataset data = readers.at(id)->finish();
        readers.erase(id);
        val result = val::object();
        result.set("card", value_of(data.card));
        result.set("train", split_value(data.train, data.card.image));
        data.train = {};
        result.set("test", split_value(data.test, data.card.image));
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

/// {classes, shape, train, test}, each split {paths, labels}.
val plan_pictures(const std::string& paths, const std::string& fields) {
    return guarded([&] {
        const datasets::Folder folder = folder_of(fields);
        const FolderPlan plan = plan_folder(texts_of(paths), folder);
        DatasetCard card;
        folder.adapt(card);
        val result = val::object(), shape = val::array();
        for (const int extent : {card.image.height, card.image.width, card.image.channels})
            shape.call<void>("push", extent);
        result.set("shape", shape);
        result.set("classes", json_value(Json(plan.classes)));
        result.set("train", pictures_value(plan.train));
        result.set("test", pictures_value(plan.test));
        return result;
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

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_files) {
    using emscripten::function;
    function("readerNew", &reader_new);
    function("readerAdd", &reader_add);
    function("readerFinish", &reader_finish);
    function("readerDrop", &reader_drop);
    function("planFolder", &plan_pictures);
    function("folderCard", &card_of_pictures);
    function("plainPicture", &plain_picture_of);
    function("fitNew", &fit_new);
    function("fitAdd", &fit_add);
    function("fitFinish", &fit_finish);
    function("fitDrop", &fit_drop);
    function("checkpointExperiment", &checkpoint_experiment);
}

}  // namespace cnnlab::web
