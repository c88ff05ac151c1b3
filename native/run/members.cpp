#include "native/run/members.hpp"

#include <zlib.h>

#include <array>
#include <cstdio>

#include "engine/model/features.hpp"
#include "native/distributed/agreement.hpp"
#include "native/run/image_checksum.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

std::string hash_text(uLong checksum) {
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%08lx", checksum);
    return text.data();
}

std::string hash_of(std::span<const uint8_t> bytes) {
    return hash_text(::crc32_z(0, bytes.data(), bytes.size()));
}

std::string hash_of(const std::string& text) {
    return hash_of(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace

std::string bits_of(const BackendInfo& info) {
    const std::string detail = info.detail.substr(0, info.detail.find(','));
    return info.name + (detail.empty() ? "" : " (" + detail + ")");
}

void Members::check(const Experiment& experiment, const std::string& backend, const std::string& images,
                    std::span<const uint8_t> weights) {
    // two builds may differ in any bit
    const std::vector<uint8_t> program = read_file("/proc/self/exe");
    check_members(
        *group_, group_->host(),
        {{"programs", hash_of(program),
          "install the same build on all machines, or give up the same bits with --mixed", may_differ_},
         // their partial sums have other shapes
         {"instruction sets", backend, "name one that all have, as in --arch avx2", false},
         {"experiments", hash_of(experiment.to_json().dump()), "give all the same description"},
         {"weights", hash_of(weights), "give all the same run", false},
         {"images", images, "give all the same data: see --data", false},
         // who does fewer steps than the others would leave them waiting
         {"limits of steps", std::to_string(steps_), "give all the same --steps", false},
         {"wishes", may_differ_ ? "--mixed" : "no --mixed", "give --mixed to all or to none", false}});
}

void Members::share_state(Trainer& trainer) {
    std::vector<uint8_t> bytes;
    if (rank() == 0) bytes = trainer.checkpoint();
    share_bytes(*group_, bytes);
    if (rank() > 0) trainer.restore(bytes, "the state of rank 0");
}

void Members::share_features(std::optional<Features>& features, const Dataset& images) {
    // rank 0's answer: the others have none
    if (!any_member(*group_, features.has_value())) return;
    if (!features) {
        features.emplace();
        features->train.labels = images.train.labels;
        features->test.labels = images.test.labels;
        features->train.floats = features->test.floats = true;
    }
    share_bytes(*group_, features->train.images);
    share_bytes(*group_, features->test.images);
}

void Members::end_epoch(Trainer& trainer) {
    if (may_differ_) share_state(trainer);
}

bool Members::is_stopped() { return any_member(*group_, InterruptWatch::signal() != 0); }

bool is_stopped(Members* members) {
    return members != nullptr ? members->is_stopped() : InterruptWatch::signal() != 0;
}

std::optional<Features> make_features(Model& model, const FrozenPart& part, const Dataset& images,
                                      Members* members, const std::function<void(int64_t)>& progress) {
    int64_t done = 0;
    const auto make = [&](SplitName name, const Split& split) {
        FeatureMaker maker(model, part, name, split);
        while (!is_stopped(members) && maker.step()) progress(done + maker.done());
        done += maker.done();
        return maker.take();
    };
    Features features;
    features.train = make(SplitName::train, images.train);
    features.test = make(SplitName::test, images.test);
    if (done < images.train.count() + images.test.count()) return std::nullopt;
    return features;
}

void follow(Members& members, const Experiment& experiment, const Dataset& images, Backend& backend,
            int64_t steps) {
    Trainer trainer(experiment, images, backend);
    const InterruptWatch watch;
    members.check(experiment, bits_of(backend.info()), image_checksum(images));
    members.share_state(trainer);
    if (trainer.finished()) return;
    Model& model = trainer.model();
    const FrozenPart part = frozen_part(model.experiment(), model.layers());
    if (is_computed_once(part, model.experiment(), images.train.count() + images.test.count())) {
        std::optional<Features> features;
        members.share_features(features, images);
        if (!features) features = make_features(model, part, images, &members, [](int64_t /*done*/) {});
        if (!features) return;
        trainer.use_features(part, std::move(features->train), std::move(features->test));
    }
    // as TrainingRun::train
    const int64_t end = trainer.steps_done() + steps;
    while (!members.is_stopped() && (steps == 0 || trainer.steps_done() < end) && trainer.step())
        if (trainer.steps_done() % trainer.steps_per_epoch() == 0) members.end_epoch(trainer);
}

}  // namespace cnnlab
