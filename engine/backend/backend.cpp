#include "engine/backend/backend.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace cnnlab {

void Backend::check_persistent(int persistent) const {
    if (persistent < 0 || static_cast<size_t>(persistent) >= persistents_.size())
        throw Error(ErrorCode::out_of_range, "tensor " + std::to_string(persistent),
                    "is none of the " + std::to_string(persistents_.size()) + " that were allocated",
                    "allocate it first");
}

void Backend::check_prepared(const Executable& executable) const {
    if (executable.backend_ != this)
        throw Error(ErrorCode::unsupported, "run", "the Program was prepared by another backend",
                    "prepare it on this one");
    if (executable.generation_ != generation_)
        throw Error(ErrorCode::unsupported, "run", "the Program was prepared before the last allocate()",
                    "prepare it again");
}

void Backend::check_idle(const Executable& executable) {
    if (executable.begun_ > 0)
        throw Error(ErrorCode::unsupported, "run",
                    std::to_string(executable.begun_) + " other runs are under way", "finish them first");
}

void Backend::check_run(const Executable& executable, const RunInput& input) const {
    const Program& program = executable.program();
    const SplitInfo& split = splits_[static_cast<size_t>(input.split)];
    const int64_t end = input.cursor + input.count;
    if (input.count < 1 || input.count > program.batch || input.cursor < 0 || end > split.order_length)
        throw Error(ErrorCode::out_of_range, "run",
                    "asks for images " + std::to_string(input.cursor) + " to " + std::to_string(end) +
                        " of " + std::to_string(split.order_length),
                    "upload the split first, and stay within it and the Program's batch");
    const ImageShape wanted(program.shape(program.images));
    if (split.image != wanted)
        throw Error(ErrorCode::shape_mismatch, "run",
                    "has a split with images of " + split.image.str() + " for a Program of " + wanted.str(),
                    "upload images of the Program's shape");
    // with one output a label is a number to reach, or yes or no
    const int64_t outputs = program.shape(program.logits).count();
    if (split.lowest_label < 0 || (outputs > 1 && split.highest_label >= outputs))
        throw Error(ErrorCode::out_of_range, "run",
                    "has a split with labels from " + std::to_string(split.lowest_label) + " to " +
                        std::to_string(split.highest_label) + " for " + std::to_string(outputs) + " outputs",
                    "upload labels that the Program has outputs for");
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
                    "is " + tensor.shape().str() + ", not " + info.shape.str(),
                    "give a tensor of that shape");
    do_upload(persistent, tensor);
}

HostTensor Backend::download(int persistent) {
    check_persistent(persistent);
    return do_download(persistent);
}

void Backend::upload_split(SplitName name, const ImageShape& image, const Split& split) {
    if (static_cast<int64_t>(split.images.size()) != split.count() * image.count())
        throw Error(ErrorCode::shape_mismatch, "split",
                    "has " + std::to_string(split.images.size()) + " bytes of pixels for " +
                        std::to_string(split.count()) + " images of " + image.str(),
                    "give height × width × channels bytes for each label");
    SplitInfo& info = splits_[static_cast<size_t>(name)];
    info = {};  // none, should there be no room
    do_upload_split(name, image, split);
    info = {image, split.count(), split.count()};
    if (split.count() == 0) return;
    const auto [lowest, highest] = std::minmax_element(split.labels.begin(), split.labels.end());
    info.lowest_label = *lowest;
    info.highest_label = *highest;
}

void Backend::upload_order(SplitName name, std::span<const uint32_t> order) {
    SplitInfo& info = splits_[static_cast<size_t>(name)];
    for (const uint32_t number : order)
        if (number >= info.images)
            throw Error(ErrorCode::out_of_range, "order",
                        "names image " + std::to_string(number) + " of " + std::to_string(info.images),
                        "count from 0, and upload the split first");
    do_upload_order(name, order);
    info.order_length = static_cast<int64_t>(order.size());
}

std::unique_ptr<Executable> Backend::prepare(const Program& program) {
    for (const ValueInfo& info : program.values)
        if (info.role == Role::persistent &&
            (info.persistent < 0 || static_cast<size_t>(info.persistent) >= persistents_.size() ||
             persistent_info(info.persistent).shape != info.shape))
            throw Error(ErrorCode::shape_mismatch, info.name, "is not what was allocated",
                        "allocate this Program's tensors first");
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
        throw Error(ErrorCode::unsupported, "run", "another run is under way in parts",
                    "finish or cancel it first");
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
        throw Error(ErrorCode::unsupported, "run",
                    std::to_string(executable.begun_) + " runs are under way, and there can be no more",
                    "finish one before beginning another");
    check_run(executable, input);
    executable.part_.reset();
    do_begin(executable, input);
    ++executable.begun_;
    executable.has_run_ = true;
}

RunOutput Backend::finish(Executable& executable) {
    check_prepared(executable);
    if (executable.begun_ == 0)
        throw Error(ErrorCode::unsupported, "run", "none is under way", "begin one before finishing it");
    --executable.begun_;
    return do_finish(executable);
}

HostTensor Backend::download(Executable& executable, ValueId value) {
    check_prepared(executable);
    const Program& program = executable.program();
    if (value.index < 0 || static_cast<size_t>(value.index) >= program.values.size())
        throw Error(ErrorCode::unknown_name, "value " + std::to_string(value.index),
                    "is none of the Program's " + std::to_string(program.values.size()),
                    "take it from this Program");
    if (std::find(program.kept.begin(), program.kept.end(), value) == program.kept.end())
        throw Error(ErrorCode::unknown_name, program.info(value).name, "is not kept by this Program",
                    "name it in CompileOptions::keep");
    if (!executable.has_run_ || executable.part_)
        throw Error(ErrorCode::unsupported, program.info(value).name,
                    executable.part_ ? "is being computed" : "has not been computed yet",
                    "finish a run of the Program first");
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
