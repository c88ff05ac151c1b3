#include "engine/backend/backend.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/transfer_messages.hpp"

namespace cnnlab {

void Backend::check_persistent(int persistent) const {
    if (persistent < 0 || static_cast<size_t>(persistent) >= persistents_.size())
        throw Error(ErrorCode::out_of_range, "tensor " + std::to_string(persistent),
                    say("backend.no_tensor", persistents_.size()), say("backend.allocate_it"));
}

void Backend::check_prepared(const Executable& executable) const {
    if (executable.backend_ != this)
        throw Error(ErrorCode::unsupported, "run", say("backend.other"), say("backend.prepare_here"));
    if (executable.generation_ != generation_)
        throw Error(ErrorCode::unsupported, "run", say("backend.stale"), say("backend.prepare_again"));
}

void Backend::check_idle(const Executable& executable) {
    if (executable.begun_ > 0)
        throw Error(ErrorCode::unsupported, "run", say("backend.other_runs", executable.begun_),
                    say("backend.finish_them"));
}

void Backend::check_run(const Executable& executable, const RunInput& input) const {
    const Program& program = executable.program();
    const SplitInfo& split = splits_[static_cast<size_t>(input.split)];
    const int64_t end = input.cursor + input.count;
    if (input.count < 1 || input.count > program.batch || input.cursor < 0 || end > split.order_length)
        throw Error(ErrorCode::out_of_range, "run",
                    say("backend.images", input.cursor, end, split.order_length), say("backend.upload"));
    const ImageShape wanted(program.shape(program.images));
    if (split.image != wanted)
        throw Error(ErrorCode::shape_mismatch, "run",
                    say("backend.image_shape", split.image.str(), wanted.str()), say("backend.upload_shape"));
    if (split.floats != program.float_images)
        throw Error(
            ErrorCode::shape_mismatch, "run",
            split.floats ? say_transfer("transfer.split_floats") : say_transfer("transfer.split_pixels"),
            say_transfer("transfer.upload_other"));
    // with one output a label is a number to reach, or yes or no
    const int64_t outputs = program.shape(program.logits).count();
    if (split.lowest_label < 0 || (outputs > 1 && split.highest_label >= outputs))
        throw Error(ErrorCode::out_of_range, "run",
                    say("backend.labels", split.lowest_label, split.highest_label, outputs),
                    say("backend.upload_labels"));
}

void Backend::allocate(std::span<const PersistentInfo> tensors) {
    ++generation_;  // first, as what is there may be gone even if there is no room for more
    persistents_.clear();
    do_allocate(tensors);
    persistents_.assign(tensors.begin(), tensors.end());
}

void Backend::upload(int persistent, const HostTensor& tensor) {
    check_persistent(persistent);
    const PersistentInfo& info = persistent_info(persistent);
    if (tensor.shape() != info.shape)
        throw Error(ErrorCode::shape_mismatch, info.name,
                    say("backend.shape", tensor.shape().str(), info.shape.str()), say("backend.give_shape"));
    do_upload(persistent, tensor);
}

HostTensor Backend::download(int persistent) {
    check_persistent(persistent);
    return do_download(persistent);
}

void Backend::upload_split(SplitName name, const ImageShape& image, const Split& split) {
    const int64_t bytes = split.floats ? int64_t{sizeof(float)} : 1;
    if (static_cast<int64_t>(split.images.size()) != split.count() * image.count() * bytes)
        throw Error(ErrorCode::shape_mismatch, "split",
                    say("backend.pixels", split.images.size(), split.count(), image.str()),
                    say("backend.give_pixels"));
    SplitInfo& info = splits_[static_cast<size_t>(name)];
    info = {};  // none, should there be no room
    do_upload_split(name, image, split);
    info = {image, split.count(), split.count()};
    info.floats = split.floats;
    if (split.count() == 0) return;
    const auto [lowest, highest] = std::minmax_element(split.labels.begin(), split.labels.end());
    info.lowest_label = *lowest;
    info.highest_label = *highest;
}

void Backend::upload_order(SplitName name, std::span<const uint32_t> order) {
    SplitInfo& info = splits_[static_cast<size_t>(name)];
    for (const uint32_t number : order)
        if (number >= info.images)
            throw Error(ErrorCode::out_of_range, "order", say("backend.order", number, info.images),
                        say("backend.count_from_0"));
    do_upload_order(name, order);
    info.order_length = static_cast<int64_t>(order.size());
}

std::unique_ptr<Executable> Backend::prepare(const Program& program) {
    for (const ValueInfo& info : program.values)
        if (info.role == Role::persistent &&
            (info.persistent < 0 || static_cast<size_t>(info.persistent) >= persistents_.size() ||
             persistent_info(info.persistent).shape != info.shape))
            throw Error(ErrorCode::shape_mismatch, info.name, say("backend.not_allocated"),
                        say("backend.allocate"));
    if (program.local_statistics > 0 && program.local_statistics != processes())
        throw Error(ErrorCode::unsupported, "train.local_statistics",
                    say("backend.local_statistics", program.local_statistics, processes()),
                    say("backend.start_so_many", program.local_statistics));
    auto executable = do_prepare(program);
    executable->backend_ = this;
    executable->generation_ = generation_;
    return executable;
}

RunOutput Backend::run(Executable& executable, const RunInput& input) {
    check_prepared(executable);
    check_idle(executable);
    check_run(executable, input);
    executable.part_.reset();
    const RunOutput output = do_run(executable, input);
    executable.has_run_ = true;
    return output;
}

std::optional<RunOutput> Backend::run_part(Executable& executable, const RunInput& input,
                                           std::chrono::milliseconds budget) {
    check_prepared(executable);
    check_idle(executable);
    check_run(executable, input);
    const bool goes_on = executable.part_.has_value();
    if (goes_on && executable.part_ != input)
        throw Error(ErrorCode::unsupported, "run", say("backend.in_parts"), say("backend.finish_or_cancel"));
    executable.part_ = input;
    auto output = do_run_part(executable, input, budget, goes_on);
    if (output) {
        executable.part_.reset();
        executable.has_run_ = true;
    }
    return output;
}

void Backend::begin(Executable& executable, const RunInput& input) {
    check_prepared(executable);
    if (executable.begun_ >= runs_in_flight())
        throw Error(ErrorCode::unsupported, "run", say("backend.most_runs", executable.begun_),
                    say("backend.finish_one"));
    check_run(executable, input);
    executable.part_.reset();
    do_begin(executable, input);
    ++executable.begun_;
    executable.has_run_ = true;
}

RunOutput Backend::finish(Executable& executable) {
    check_prepared(executable);
    if (executable.begun_ == 0)
        throw Error(ErrorCode::unsupported, "run", say("backend.no_run"), say("backend.begin_one"));
    --executable.begun_;
    return do_finish(executable);
}

HostTensor Backend::download(Executable& executable, ValueId value) {
    check_prepared(executable);
    const Program& program = executable.program();
    if (value.index < 0 || static_cast<size_t>(value.index) >= program.values.size())
        throw Error(ErrorCode::unknown_name, "value " + std::to_string(value.index),
                    say("backend.no_value", program.values.size()), say("backend.take_it"));
    if (std::find(program.kept.begin(), program.kept.end(), value) == program.kept.end())
        throw Error(ErrorCode::unknown_name, program.info(value).name, say("backend.not_kept"),
                    say("backend.keep"));
    if (!executable.has_run_ || executable.part_)
        throw Error(ErrorCode::unsupported, program.info(value).name,
                    executable.part_ ? say("backend.computing") : say("backend.not_computed"),
                    say("backend.finish_run"));
    return do_download(executable, value);
}

void Backend::set_profiling(Executable& executable, bool on) {
    check_prepared(executable);
    do_set_profiling(executable, on);
}

std::vector<double> Backend::op_seconds(Executable& executable) {
    check_prepared(executable);
    return do_op_seconds(executable);
}

std::optional<RunOutput> Backend::do_run_part(Executable& executable, const RunInput& input,
                                              std::chrono::milliseconds /*budget*/, bool /*goes_on*/) {
    return do_run(executable, input);
}

void Backend::do_begin(Executable& executable, const RunInput& input) {
    executable.finished_ = do_run(executable, input);
}

RunOutput Backend::do_finish(Executable& executable) {
    return std::exchange(executable.finished_, std::nullopt).value();
}

void Backend::do_set_profiling(Executable& /*executable*/, bool /*on*/) {}

std::vector<double> Backend::do_op_seconds(Executable& /*executable*/) { return {}; }

}  // namespace cnnlab
