#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/data/data_spec.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab {
namespace {

Program training_of(const std::string& name, int batch, int size = 0) {
    Json json = experiment_json(name);
    if (size > 0) json["dataset"] = {{"name", json["dataset"]}, {"size", size}};
    const Experiment experiment = Experiment::parse(json);
    CompileOptions options;
    options.phase = Phase::train;
    options.batch = batch;
    options.input = card_of(experiment.dataset).image;
    return compile(experiment, options).program;
}

/// Threads that are woken for less take longer than one alone, and on a busy machine many times as long.
TEST(ByWork, OnlyTinyProgramsAreDoneByOneThread) {
    EXPECT_TRUE(is_tiny(training_of("lines", 1)));
    EXPECT_TRUE(is_tiny(training_of("lines", 64)));
    EXPECT_FALSE(is_tiny(training_of("lines", 4096, 64))) << "a small network, but a large step";
    EXPECT_FALSE(is_tiny(training_of("fashion-dense", 64)));
    EXPECT_FALSE(is_tiny(training_of("fashion-cnn", 1)));
}

#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
TEST(ByWork, TheBackendSaysHowManyThreadsThereMayBe) {
    EXPECT_NE(make_cpu_backend({.threads = 3, .by_work = true})->info().detail.find("up to 3 threads"),
              std::string::npos);
    EXPECT_EQ(make_cpu_backend({.threads = 3})->info().detail.find("up to"), std::string::npos);
    const Program program = training_of("fashion-cnn", 64);
    EXPECT_GT(cpu_program_bytes(program, {.threads = 2}), cpu_program_bytes(program, {.threads = 1}));
}
#endif

}  // namespace
}  // namespace cnnlab
