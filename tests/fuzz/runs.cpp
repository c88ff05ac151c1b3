#include <algorithm>

#include "engine/data/card.hpp"
#include "engine/model/description.hpp"
#include "engine/study/study.hpp"
#include "engine/train/trainer.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/metrics_log.hpp"
#include "native/study/run_record.hpp"
#include "tests/fuzz/fuzz.hpp"

/// Experiments, and what a run leaves.
namespace cnnlab::fuzz {

namespace {

void json(const Bytes& bytes) { (void)parse_json(text_of(bytes), "fuzz"); }

void experiment(const Bytes& bytes) {
    const Experiment read = Experiment::parse(parse_json(text_of(bytes), "fuzz"), "fuzz");
    (void)Experiment::parse(read.to_json(), "again");
    DatasetCard card = card_of(read.dataset);
    if (card.classes.empty()) card.classes = {"a", "b"};
    (void)describe(read, card);
}

void study(const Bytes& bytes) {
    const Study read = Study::parse(parse_json(text_of(bytes), "fuzz"));
    for (size_t v = 0; v < std::min<size_t>(read.variants.size(), 4); ++v) (void)variant_experiment(read, v);
}

void card(const Bytes& bytes) { (void)to_json(parse_card(text_of(bytes), "fuzz")); }

/// data.json: what a run keeps of its images.
void kept_data(const Bytes& bytes) { (void)kept_data_lines(parse_json(text_of(bytes), "fuzz")); }

/// metrics.jsonl, as `runs` reads it and as a training goes on with it.
void metrics(const Bytes& bytes) {
    const MemoryFile file(bytes);
    (void)MetricsLog(file.path()).rewind(7);
    RunHistory run;
    add_metrics(MemoryFile(bytes).path(), run);
}

/// A backend that keeps tensors and computes nothing.
class Shelf final : public Backend {
  public:
    [[nodiscard]] BackendInfo info() const override { return {"shelf", ""}; }
    void synchronize() override {}

  private:
    struct Prepared final : Executable {
        explicit Prepared(const Program& program) : Executable(program) {}
    };
    void do_allocate(std::span<const PersistentInfo> tensors) override {
        tensors_.clear();
        for (const PersistentInfo& info : tensors) tensors_.emplace_back(info.shape);
    }
    void do_upload(int persistent, const HostTensor& tensor) override {
        tensors_[static_cast<size_t>(persistent)] = tensor;
    }
    HostTensor do_download(int persistent) override { return tensors_[static_cast<size_t>(persistent)]; }
    void do_upload_split(SplitName, const ImageShape&, const Split&) override {}
    void do_upload_order(SplitName, std::span<const uint32_t>) override {}
    std::unique_ptr<Executable> do_prepare(const Program& program) override {
        return std::make_unique<Prepared>(program);
    }
    RunOutput do_run(Executable&, const RunInput&) override { return {}; }
    HostTensor do_download(Executable& executable, ValueId value) override {
        return HostTensor(executable.program().host_shape(value));
    }

    std::vector<HostTensor> tensors_;
};

/// A training of the small network.
Trainer& training() {
    static const Dataset images = [] {
        Dataset data;
        data.card = small_model().card;
        const auto pixels = static_cast<size_t>(data.card.image.count());
        data.train = {Bytes(8 * pixels), {0, 1, 0, 1, 0, 1, 0, 1}};
        data.test = {Bytes(2 * pixels), {0, 1}};
        return data;
    }();
    static Shelf shelf;
    static Trainer trainer(small_model().experiment, images, shelf);
    return trainer;
}
void checkpoint(const Bytes& bytes) {
    (void)experiment_of_checkpoint(bytes, "fuzz");
    training().restore(bytes, "fuzz");
}
Bytes checkpoint_seed() { return training().checkpoint(); }

constexpr Reader readers[] = {{"json", json},
                              {"experiment", experiment},
                              {"study", study},
                              {"card", card},
                              {"kept_data", kept_data},
                              {"metrics", metrics},
                              {"checkpoint", checkpoint, checkpoint_seed}};

}  // namespace

std::span<const Reader> run_readers() { return readers; }

}  // namespace cnnlab::fuzz
