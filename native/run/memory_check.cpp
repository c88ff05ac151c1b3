#include "native/run/memory_check.hpp"

#include <algorithm>
#include <functional>

#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"
#include "native/system/process_facts.hpp"

namespace cnnlab {

namespace {

constexpr int64_t value_bytes = sizeof(float);

/// What one part takes in all.
struct Need {
    int64_t bytes = 0;
    std::string what, remedy;
    std::function<int64_t()> fixed = [] { return int64_t{0}; };  ///< bytes that weights take, not images
};

/// The first of `needs` are the weights.
void check(std::vector<Need> needs) {
    const int64_t left = available_memory_bytes();
    int64_t sum = 0;
    for (const Need& need : needs) sum += need.bytes;
    if (left == 0 || sum <= left) return;
    for (size_t i = 1; i < needs.size(); ++i) {
        const int64_t fixed = needs[i].fixed();
        needs.front().bytes += fixed;
        needs[i].bytes -= fixed;
    }
    std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return a.bytes > b.bytes; });
    std::string parts;
    for (const Need& need : needs)
        if (need.bytes > sum / 20)
            parts += (parts.empty() ? ": " : ", ") + bytes_text(need.bytes) + " for " + need.what;
    throw Error(ErrorCode::unsupported, "memory",
                "this takes about " + bytes_text(sum) + " and " + bytes_text(left) + " are left" + parts,
                needs.front().remedy);
}

CompileOptions options_for(Phase phase, int batch, const DatasetCard& card) {
    CompileOptions options;
    options.phase = phase;
    options.batch = batch;
    options.input = card.image;
    options.classes = static_cast<int>(card.classes.size());
    options.mean = card.mean;
    options.stddev = card.stddev;
    return options;
}

Need weights_of(const std::vector<PersistentSpec>& persistents) {
    const PersistentSpec* largest = nullptr;
    int64_t count = 0;
    for (const PersistentSpec& spec : persistents) {
        count += spec.shape.count();
        if (spec.parameter && (largest == nullptr || spec.shape.count() > largest->shape.count()))
            largest = &spec;
    }
    Need need{.bytes = 3 * count * value_bytes,
              .what = "weights, what goes with them in training, and saving them",
              .remedy = "use a smaller network"};
    if (largest != nullptr)
        need.remedy += ": " + largest->name + " (" + largest->shape.str() + ") alone has " +
                       grouped_number(largest->shape.count()) + " numbers";
    return need;
}

Need program_need(Program program, const CpuOptions& options, const std::string& what,
                  const std::string& remedy) {
    Need need{.bytes = cpu_program_bytes(program, options), .what = what, .remedy = remedy};
    need.fixed = [program = std::move(program), options]() mutable {
        program.batch = 1;
        return cpu_program_bytes(program, options);
    };
    return need;
}

Need batch_need(Program program, const CpuOptions& options) {
    const std::string what = "a batch of " + count_text(program.batch, "image");
    return program_need(std::move(program), options, what,
                        "use a smaller --batch, smaller images or fewer channels");
}

Need evaluation_need(Program program, const CpuOptions& options) {
    const std::string what = "evaluating " + count_text(program.batch, "image") + " at a time";
    return program_need(std::move(program), options, what,
                        "use a smaller train.eval_batch (--set train.eval_batch=N)");
}

}  // namespace

void check_training_memory(const Experiment& experiment, const Dataset& images, const BackendChoice& choice) {
    if (device_of(choice) != "cpu") return;
    const CpuOptions options = cpu_options(choice);
    Compiled training = compile(experiment, options_for(Phase::train, experiment.train.batch, images.card));
    std::vector<Need> needs{weights_of(training.persistents),
                            batch_need(std::move(training.program), options)};
    if (images.test.count() > 0) {
        const auto batch =
            static_cast<int>(std::min<int64_t>(images.test.count(), experiment.train.eval_batch));
        needs.push_back(evaluation_need(
            compile(experiment, options_for(Phase::evaluate, batch, images.card)).program, options));
    }
    check(std::move(needs));
}

void check_evaluation_memory(const Model& model, int64_t count, const BackendChoice& choice) {
    if (device_of(choice) != "cpu") return;
    const auto batch =
        static_cast<int>(std::min<int64_t>(std::max<int64_t>(count, 1), model.experiment().train.eval_batch));
    check({Need{.what = "weights", .remedy = "use a smaller network"},
           evaluation_need(model.compile_for(Phase::evaluate, batch).program, cpu_options(choice))});
}

}  // namespace cnnlab
