#include "native/report/progress.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

constexpr auto redraw_pause = std::chrono::milliseconds(100);
constexpr auto plain_pause = std::chrono::seconds(30);
constexpr size_t shortest_bar = 8, longest_bar = 30;

std::string right(const std::string& text, size_t width) {
    const size_t taken = text_width(text);
    return (taken < width ? std::string(width - taken, ' ') : "") + text;
}

std::string head(int epoch, int epochs) {
    const std::string all = std::to_string(epochs);
    return "epoch " + right(std::to_string(epoch + 1), all.size()) + "/" + all;
}

/// One part of the line and how early it leaves a narrow one; 0 stays.
struct Part {
    std::string text;
    int leaves;
};

std::string bar(double share, size_t width, const Terminal& terminal) {
    const auto done = static_cast<size_t>(std::lround(share * static_cast<double>(width)));
    std::string full, rest;
    for (size_t i = 0; i < width; ++i) (i < done ? full : rest) += i < done ? "━" : "─";
    return full + terminal.dim(rest);
}

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::string progress_line(const ProgressState& state, int width, const Terminal& terminal) {
    const double share =
        static_cast<double>(state.step) / static_cast<double>(std::max<int64_t>(state.steps, 1));
    std::vector<Part> parts{
        {head(state.epoch, state.epochs), 0},
        {"", 3},  // the bar
        {right(std::to_string(static_cast<int>(100 * share)) + " %", 5), 1},
        {"loss " + right(loss_text(state.loss), 5), 0},
        {"accuracy " + right(percent_text(state.accuracy), 7), 4},
        {right(rate_text(state.images_per_second), 6) + " img/s", 2},
        {state.is_testing ? "  testing" : right(duration_text(state.seconds_left), 5) + " left", 5}};
    const auto available = static_cast<size_t>(std::max(width - 1, 1));
    const auto taken = [&] {
        size_t sum = 0;
        for (const Part& part : parts)
            sum += (sum > 0 ? 2 : 0) + (part.leaves == 3 ? shortest_bar : text_width(part.text));
        return sum;
    };
    for (int leaving = 1; leaving <= 5 && taken() > available; ++leaving) {
        std::erase_if(parts, [&](const Part& part) { return part.leaves == leaving; });
    }
    const size_t spare = std::max(available, taken()) - taken();
    std::string line;
    for (const Part& part : parts) {
        const std::string text =
            part.leaves == 3 ? bar(share, std::min(shortest_bar + spare, longest_bar), terminal) : part.text;
        line += (line.empty() ? "" : "  ") + text;
    }
    return taken() > available ? clip_text(line, available) : line;
}

void Progress::on_event(const TrainEvent& event) {
    if (const auto* e = std::get_if<TrainBegin>(&event)) begin(*e);
    if (const auto* e = std::get_if<BatchEnd>(&event)) batch(*e);
    if (std::holds_alternative<EvalEnd>(event)) has_test_ = true;
    if (const auto* e = std::get_if<EpochEnd>(&event)) epoch(*e);
    if (std::holds_alternative<TrainEnd>(event)) terminal_->clear();
}

void Progress::begin(const TrainBegin& begin) {
    state_ = {};
    state_.epochs = begin.epochs;
    state_.steps = begin.steps_per_epoch;
    state_.epoch = static_cast<int>(begin.step / begin.steps_per_epoch);
    total_steps_ = begin.total_steps;
    began_ = epoch_began_ = drawn_ = Clock::now();
}

void Progress::batch(const BatchEnd& batch) {
    state_.epoch = batch.epoch;
    state_.step = batch.step - int64_t{batch.epoch} * state_.steps + 1;
    loss_sum_ += batch.loss * batch.count;
    right_sum_ += batch.accuracy * batch.count;
    images_ += batch.count;
    state_.is_testing = state_.step == state_.steps;
    const auto now = Clock::now();
    // The evaluation may take long, so its beginning is always shown.
    if (now - drawn_ <
            (terminal_->is_live() ? Clock::duration(redraw_pause) : Clock::duration(plain_pause)) &&
        !(state_.is_testing && now - epoch_began_ > redraw_pause)) {
        return;
    }
    if (!terminal_->is_live() && state_.is_testing) return;
    drawn_ = now;
    state_.loss = loss_sum_ / static_cast<double>(images_);
    state_.accuracy = right_sum_ / static_cast<double>(images_);
    state_.images_per_second = speed_->images_per_second();
    state_.seconds_left = seconds_between(began_, now) / static_cast<double>(speed_->steps()) *
                          static_cast<double>(total_steps_ - batch.step - 1);
    if (terminal_->is_live()) {
        terminal_->redraw(progress_line(state_, terminal_->width(), *terminal_));
    } else {
        terminal_->print(head(state_.epoch, state_.epochs) + "  step " + std::to_string(state_.step) + "/" +
                         std::to_string(state_.steps) + "  loss " + loss_text(state_.loss) + "  accuracy " +
                         percent_text(state_.accuracy) + "  " + rate_text(state_.images_per_second) +
                         " img/s  " + duration_text(state_.seconds_left) + " left");
    }
}

void Progress::epoch(const EpochEnd& end) {
    std::string line = head(end.epoch, state_.epochs) + "  train loss " +
                       right(loss_text(end.train_loss), 5) + ", accuracy " +
                       right(percent_text(end.train_accuracy), 7);
    if (has_test_) {
        line += "   test loss " + right(loss_text(end.test_loss.value_or(0)), 5) + ", accuracy " +
                terminal_->bold(right(percent_text(end.test_accuracy.value_or(0)), 7));
    }
    const auto now = Clock::now();
    terminal_->print(line + "   " + duration_text(seconds_between(epoch_began_, now)));
    loss_sum_ = right_sum_ = 0;
    images_ = 0;
    epoch_began_ = now;
    if (!terminal_->is_live()) drawn_ = now;
}

}  // namespace cnnlab
