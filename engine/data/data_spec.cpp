#include "engine/data/data_spec.hpp"

namespace cnnlab {

namespace {

struct Common {
    std::string name;
    int train_limit = 0, test_limit = 0;
    bool permute_pixels = false;

    static constexpr auto fields() {
        return std::tuple{field("name", &Common::name, "a data set: `data` lists them").must(),
                          field("train_limit", &Common::train_limit, "use only the first so many training images; 0: all", 0, 1e9),
                          field("test_limit", &Common::test_limit, "use only the first so many test images; 0: all", 0, 1e9),
                          field("permute_pixels", &Common::permute_pixels, "shuffle the pixels of every image by one fixed permutation")};
    }
};

}  // namespace

DataSpec DataSpec::from_json(const Json& json, const std::string& place) {
    if (json.is_string()) return {.name = json.get<std::string>()};
    if (!json.is_object()) wrong_type(place, json, "the name of a data set, or an object with a \"name\"");
    Json own = Json::object(), common_part = Json::object();
    const auto names = field_names<Common>();
    for (const auto& [key, value] : json.items())
        (std::find(names.begin(), names.end(), key) != names.end() ? common_part : own)[key] = value;
    Common common;
    read_fields(common_part, common, place);
    return {common.name, own, common.train_limit, common.test_limit, common.permute_pixels};
}

Json DataSpec::to_json() const {
    Json json = Json::object();
    write_fields(Common{name, train_limit, test_limit, permute_pixels}, json);
    json.update(options);
    return json;
}

}  // namespace cnnlab
