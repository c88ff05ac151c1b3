#include "engine/data/card.hpp"

#include <set>

#include "engine/core/embedded.hpp"
#include "engine/core/spec.hpp"

namespace cnnlab {

namespace {

constexpr double max_bytes = 1099511627776.0;  // 2⁴⁰: beyond any data set that fits in memory

// The structs of dataset.hpp with their reflection beside them, so that including a data set does not include JSON.

struct ImageFields {
    int height = 0, width = 0, channels = 0;
    static constexpr auto fields() {
        using I = ImageFields;
        return std::tuple{
            field("height", &I::height, "rows of pixels", 1, 4096).must(),
            field("width", &I::width, "columns of pixels", 1, 4096).must(),
            field("channels", &I::channels, "1 for grey, 3 for red, green, blue", 1, 16).must()};
    }
};

struct FileFields : DatasetFile {
    static constexpr auto fields() {
        using F = DatasetFile;
        return std::tuple{
            field("name", &F::name, "the file's name, without a folder").must(),
            field("url", &F::url, "the official address").must(),
            field("sha256", &F::sha256, "64 hexadecimal digits, as sha256sum prints them").must(),
            field("bytes", &F::bytes, "the file's size", 1, max_bytes).must()};
    }
};

struct CardFields : DatasetCard {
    ImageFields image_fields;
    std::vector<FileFields> file_fields;

    static constexpr auto fields() {
        using C = DatasetCard;
        return std::tuple{
            field("name", &C::name, "what an experiment calls the data set").must(),
            field("title", &C::title, "what a person calls it").must(),
            field("licence", &C::licence, "who may use it for what").must(),
            field("source", &C::source, "the page or paper that it comes from").must(),
            field("format", &C::format, "the reader: idx, cifar10-binary, lines or folder").must(),
            field("image", &CardFields::image_fields, "the shape of one image").must(),
            field("classes", &C::classes, "names in label order").must(),
            field("mean", &C::mean, "per channel, of pixels / 255", 0, 1).must(),
            field("stddev", &C::stddev, "per channel, of pixels / 255", 1e-6, 1e3).must(),
            field("train_count", &C::train_count, "training images; 0: whatever the files hold", 0,
                  max_bytes),
            field("test_count", &C::test_count, "test images; 0: whatever the files hold", 0, max_bytes),
            field("files", &CardFields::file_fields, "the official files").must(),
            field("system_directory", &C::system_directory, "where the system's package puts the files"),
            field("install", &C::install, "the command that installs that package")};
    }
};

void check_file(const DatasetFile& file, const std::string& place) {
    if (file.name.empty() || file.name.find_first_of("/\\") != std::string::npos) {
        throw Error(ErrorCode::out_of_range, place + ".name", "\"" + file.name + "\" is no file name",
                    "give the name without a folder");
    }
    if (file.sha256.size() != 64 || file.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
        throw Error(ErrorCode::out_of_range, place + ".sha256", "is not 64 lower-case hexadecimal digits",
                    "write what sha256sum prints");
    }
}

void check_card(const DatasetCard& card, const std::string& place) {
    if (card.name.empty()) {
        throw Error(ErrorCode::out_of_range, place + ".name", "is empty", "give the data set a name");
    }
    for (const auto& [name, values] : {std::pair{".mean", &card.mean}, std::pair{".stddev", &card.stddev}}) {
        if (values->size() == static_cast<size_t>(card.image.channels)) continue;
        throw Error(ErrorCode::shape_mismatch, place + name,
                    "holds " + std::to_string(values->size()) + " numbers",
                    "give one a channel: " + std::to_string(card.image.channels));
    }
    const std::set<std::string> names(card.classes.begin(), card.classes.end());
    if (names.size() != card.classes.size()) {
        throw Error(ErrorCode::out_of_range, place + ".classes", "names a class twice",
                    "give every class a name of its own");
    }
    for (size_t i = 0; i < card.files.size(); ++i) {
        check_file(card.files[i], place + ".files[" + std::to_string(i) + "]");
    }
}

}  // namespace

DatasetCard parse_card(std::string_view json, const std::string& place) {
    Json root;
    try {
        root = Json::parse(json);
    } catch (const Json::exception& error) {
        throw Error(ErrorCode::bad_file, place, std::string("is no JSON: ") + error.what(),
                    "correct the text there");
    }
    CardFields read;
    read_fields(root, read, place);
    DatasetCard card = read;
    card.image = ImageShape(read.image_fields.height, read.image_fields.width, read.image_fields.channels);
    card.files.assign(read.file_fields.begin(), read.file_fields.end());
    check_card(card, place);
    return card;
}

std::string to_json(const DatasetCard& card) {
    CardFields fields;
    static_cast<DatasetCard&>(fields) = card;
    fields.image_fields = {card.image.height, card.image.width, card.image.channels};
    for (const DatasetFile& file : card.files) fields.file_fields.push_back(FileFields{file});
    // A class name may be a folder's name in any encoding; a card must not fail to print for that.
    return write_json(fields).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const std::vector<DatasetCard>& built_in_cards() {
    static const std::vector<DatasetCard> cards = [] {
        std::vector<DatasetCard> result;
        for (const embedded::File& file : embedded::dataset_cards()) {
            result.push_back(parse_card(file.text, "datasets/" + std::string(file.name) + "/card.json"));
        }
        return result;
    }();
    return cards;
}

const DatasetCard& find_card(const std::string& name) {
    std::vector<std::string> known;
    for (const DatasetCard& card : built_in_cards()) {
        if (card.name == name) return card;
        known.push_back(card.name);
    }
    throw Error(ErrorCode::unknown_name, "dataset", "\"" + name + "\" is not a known data set",
                suggest(name, known));
}

}  // namespace cnnlab
