// KServe's requests and answers: every form of data, and the field of every mistake.

#include "native/answer/infer.hpp"

#include "tests/errors.hpp"

namespace cnnlab::test {
namespace {

const ModelFacts model = model_facts("net", {1, 2, 3}, 2);
constexpr size_t most = 4;

Json tensor(Json data, Json shape = {1, 1, 2, 3}) {
    return {{"name", "image"}, {"datatype", "UINT8"}, {"shape", std::move(shape)}, {"data", std::move(data)}};
}
std::string body(const Json& input) { return Json{{"id", "7"}, {"inputs", Json::array({input})}}.dump(); }
InferRequest read(const std::string& text, std::optional<size_t> json_bytes = {}) {
    return read_infer(text, json_bytes, model, most);
}

TEST(Infer, ReadsListsFlatAndNested) {
    const Pixels first{0, 1, 2, 253, 254, 255}, second{6, 5, 4, 3, 2, 1};
    const InferRequest flat = read(body(tensor({0, 1, 2, 253, 254.0, 255, 6, 5, 4, 3, 2, 1}, {2, 1, 2, 3})));
    EXPECT_EQ(flat.id, "7");
    EXPECT_EQ(flat.images, (std::vector<Pixels>{first, second}));
    const Json nested = Json::parse("[[[[0, 1, 2], [253, 254, 255]]], [[[6, 5, 4], [3, 2, 1]]]]");
    EXPECT_EQ(read(body(tensor(nested, {2, 1, 2, 3}))).images, flat.images);
    Json floats = tensor({0, 1, 2, 253, 254, 255});
    floats["datatype"] = "FP32";
    EXPECT_EQ(read(body(floats)).images, (std::vector<Pixels>{first}));
}

TEST(Infer, ReadsBytesBehindTheJson) {
    Json input = tensor({});
    input.erase("data");
    input["parameters"] = {{"binary_data_size", 6}};
    const std::string json = body(input);
    EXPECT_EQ(read(json + "abcdef", json.size()).images,
              (std::vector<Pixels>{{'a', 'b', 'c', 'd', 'e', 'f'}}));
    expect_error(
        ErrorCode::shape_mismatch, [&] { (void)read(json + "abcde", json.size()); }, "5 bytes");
    expect_error(
        ErrorCode::shape_mismatch, [&] { (void)read(json + "abcdefg", json.size()); }, "7 bytes");
    expect_error(
        ErrorCode::shape_mismatch, [&] { (void)read(json, json.size() + 1); },
        "Inference-Header-Content-Length");
    input["parameters"]["binary_data_size"] = 5;
    expect_error(
        ErrorCode::shape_mismatch, [&] { (void)read(body(input)); }, "binary_data_size", "give 6");
    input["datatype"] = "FP32";
    expect_error(
        ErrorCode::unsupported, [&] { (void)read(body(input)); }, "inputs[0].datatype", "UINT8");
}

TEST(Infer, NamesTheFieldOfAMistake) {
    const Json good = tensor({0, 1, 2, 3, 4, 5});
    EXPECT_EQ(read(body(good)).images.size(), 1U);
    const auto with = [&](const char* field, Json value) {
        Json input = good;
        input[field] = std::move(value);
        return body(input);
    };
    const auto refused = [&](ErrorCode code, const std::string& text, const std::string& place) {
        const Error error = error_of([&] { (void)read(text); });
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_EQ(error.place(), place) << error.what();
    };
    using enum ErrorCode;
    refused(bad_file, "", "body");
    refused(bad_file, "{\"inputs\": [", "body");
    refused(bad_file, std::string(200, '['), "body");
    refused(wrong_type, "[]", "body");
    refused(missing_data, "{}", "inputs");
    refused(wrong_type, R"({"inputs": {}})", "inputs");
    refused(shape_mismatch, R"({"inputs": []})", "inputs");
    refused(shape_mismatch, Json{{"inputs", {good, good}}}.dump(), "inputs");
    refused(wrong_type, R"({"inputs": [3]})", "inputs[0]");
    refused(wrong_type, R"({"id": 3, "inputs": []})", "id");
    refused(unknown_name, with("name", "input"), "inputs[0].name");
    refused(wrong_type, with("name", 1), "inputs[0].name");
    refused(wrong_type, with("datatype", "BYTES"), "inputs[0].datatype");
    refused(wrong_type, with("datatype", Json::array()), "inputs[0].datatype");
    refused(shape_mismatch, with("shape", {1, 2, 1, 3}), "inputs[0].shape");
    refused(shape_mismatch, with("shape", {6}), "inputs[0].shape");
    refused(shape_mismatch, with("shape", Json::array()), "inputs[0].shape");
    refused(shape_mismatch, with("shape", {0, 1, 2, 3}), "inputs[0].shape");
    refused(shape_mismatch, with("shape", {-1, 1, 2, 3}), "inputs[0].shape");
    refused(out_of_range, with("shape", {5, 1, 2, 3}), "inputs[0].shape");
    refused(out_of_range, with("shape", {4611686018427387904, 1, 2, 3}), "inputs[0].shape");
    refused(shape_mismatch, with("shape", {2, 1, 2, 3}), "inputs[0].data");
    refused(wrong_type, with("data", "AAAA"), "inputs[0].data");
    refused(shape_mismatch, with("data", Json::array()), "inputs[0].data");
    refused(out_of_range, with("data", {0, 1, 2, 3, 4, 256}), "inputs[0].data[5]");
    refused(out_of_range, with("data", {0, 1, .5, 3, 4, 5}), "inputs[0].data[2]");
    refused(out_of_range, with("data", {0, -1, 2, 3, 4, 5}), "inputs[0].data[1]");
    refused(out_of_range, with("data", {0, 1, 2, "3", 4, 5}), "inputs[0].data[3]");
    refused(out_of_range, with("data", {0, 1, 2, nullptr, 4, 5}), "inputs[0].data[3]");
    refused(shape_mismatch, with("data", Json::parse("[[[[0, 1, 2], [3, 4]]]]")), "inputs[0].data[0][0][1]");
    refused(wrong_type, with("data", Json::parse("[[[[0, 1, 2], 3]]]")), "inputs[0].data[0][0][1]");
    refused(missing_data,
            Json{{"inputs", {{{"name", "image"}, {"datatype", "UINT8"}, {"shape", {1, 1, 2, 3}}}}}}.dump(),
            "inputs[0].data");
    refused(unknown_name, R"({"input": []})", "body");
}

TEST(Infer, AnswersWhatIsWanted) {
    const std::vector<Row> rows{{.25, .75}, {.5F, .5F}};
    const std::vector<std::string> classes{"cat", "dog"};
    InferRequest request = read(body(tensor({0, 1, 2, 3, 4, 5})));
    const Json all = infer_answer(request, model, classes, rows);
    EXPECT_EQ(all["model_name"], "net");
    EXPECT_EQ(all["model_version"], "1");
    EXPECT_EQ(all["id"], "7");
    ASSERT_EQ(all["outputs"].size(), 2U);
    EXPECT_EQ(all["outputs"][0]["name"], "probabilities");
    EXPECT_EQ(all["outputs"][0]["shape"], (Json{2, 2}));
    EXPECT_EQ(all["outputs"][0]["data"], (Json{.25, .75, .5, .5}));
    EXPECT_EQ(all["outputs"][1]["shape"], Json::array({2}));
    EXPECT_EQ(all["outputs"][1]["data"], (Json{"dog", "cat"}));

    Json wanted = Json::parse(body(tensor({0, 1, 2, 3, 4, 5})));
    wanted["outputs"] = Json::array({{{"name", "class"}}});
    EXPECT_EQ(infer_answer(read(wanted.dump()), model, classes, rows)["outputs"].size(), 1U);
    wanted["outputs"] = Json::array({{{"name", "clas"}}});
    expect_error(
        ErrorCode::unknown_name, [&] { (void)read(wanted.dump()); }, "outputs[0].name",
        "did you mean \"class\"?");
    wanted["outputs"] = Json::array({3});
    expect_error(
        ErrorCode::wrong_type, [&] { (void)read(wanted.dump()); }, "outputs[0]");
}

TEST(Infer, ProbabilitiesKeepTheirBits) {
    const float value = .1F;
    const Json answer = infer_answer({}, model, {"a", "b"}, std::vector<Row>{{value, 1 - value}});
    EXPECT_EQ(Json::parse(answer.dump())["outputs"][0]["data"][0].get<float>(), value);
}

}  // namespace
}  // namespace cnnlab::test
