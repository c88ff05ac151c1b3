// Numbers, tables, the progress line and the curves, without starting the program.

#include "native/report/text.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <memory>

#include "native/report/progress.hpp"
#include "native/run/curves_svg.hpp"

namespace cnnlab {
namespace {

TEST(Text, NumbersHaveAsManyDigitsAsMeanSomething) {
    EXPECT_EQ(loss_text(0.2764), ".276");
    EXPECT_EQ(loss_text(1.2832), "1.283");
    EXPECT_EQ(loss_text(0.00571), ".0057");
    EXPECT_EQ(loss_text(0.00001), "<.0001");
    EXPECT_EQ(loss_text(0), "0");
    EXPECT_EQ(loss_text(3.4352e44), "3.4e+44");
    EXPECT_EQ(loss_text(std::numeric_limits<double>::infinity()), "not a number");
    EXPECT_EQ(percent_text(0.9138), "91.4 %");
    EXPECT_EQ(percent_text(1), "100.0 %");
    EXPECT_EQ(rate_text(12345.4), "12,345");
    EXPECT_EQ(rate_text(7.26), "7.3");
    EXPECT_EQ(rate_text(0.0123), "0.012");
    EXPECT_EQ(duration_text(42), "0:42");
    EXPECT_EQ(duration_text(725.4), "12:05");
    EXPECT_EQ(duration_text(11232), "3:07:12");
    EXPECT_EQ(bytes_text(512), "512 B");
    EXPECT_EQ(bytes_text(2180392), "2.2 MB");
    EXPECT_EQ(bytes_text(170052171), "170 MB");
    EXPECT_EQ(count_text(1, "epoch"), "1 epoch");
    EXPECT_EQ(count_text(1200, "step"), "1,200 steps");
}

TEST(Text, WidthsAreCharactersNotBytes) {
    EXPECT_EQ(text_width("3×3 ━ é"), 7U);
    EXPECT_EQ(clip_text("32×32×3", 4), "32×…");
    EXPECT_EQ(clip_text("short", 5), "short");
    Table table({{"shape"}, {"count", Table::Align::right}});
    table.add({"3×3", "9"});
    table.rule();
    table.add({"total", "1,000"});
    EXPECT_EQ(table.str(), "shape  count\n────────────\n3×3        9\n────────────\ntotal  1,000\n");
}

TEST(Text, PathsCanBePastedIntoAShell) {
    EXPECT_EQ(shell_word("runs/fashion-cnn"), "runs/fashion-cnn");
    EXPECT_EQ(shell_word("my runs/it's"), "'my runs/it'\\''s'");
    EXPECT_EQ(shell_word(""), "''");
}

TEST(ProgressLine, FitsEveryWidthAndKeepsWhatMatters) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"), std::fclose);
    const Terminal terminal(nowhere.get());
    ProgressState state;
    state.epoch = 2;
    state.epochs = 10;
    state.step = 581;
    state.steps = 938;
    state.loss = 0.2764;
    state.accuracy = 0.9138;
    state.images_per_second = 12345;
    state.seconds_left = 83;
    for (int width = 1; width <= 200; ++width) {
        EXPECT_LT(static_cast<int>(text_width(progress_line(state, width, terminal))), std::max(width, 2))
            << width;
    }
    EXPECT_EQ(progress_line(state, 200, terminal),
              "epoch  3/10  ━━━━━━━━━━━━━━━━━━━───────────   61 %  loss  .276  accuracy  91.4 %  12,345 "
              "img/s   1:23 left");
    const std::string narrow = progress_line(state, 36, terminal);
    EXPECT_TRUE(narrow.find("3/10") != std::string::npos && narrow.find(".276") != std::string::npos)
        << narrow;
}

TEST(Curves, AreDrawnWhateverThereIs) {
    TrainingHistory history;
    const auto is_whole = [&] {
        const std::string svg = curves_svg(history, "a < b & c");
        return svg.starts_with("<svg") && svg.ends_with("</svg>\n") && svg.find("nan") == std::string::npos &&
               svg.find("inf") == std::string::npos && svg.find("a &lt; b &amp; c") != std::string::npos;
    };
    EXPECT_TRUE(is_whole()) << "nothing yet";
    history.add({{"event", "train_begin"}, {"steps_per_epoch", 10}, {"epochs", 3}});
    history.add({{"event", "batch_end"}, {"step", 0}, {"loss", 2.3}, {"accuracy", 0.1}});
    EXPECT_TRUE(is_whole()) << "one batch";
    history.add({{"event", "batch_end"},
                 {"step", 9},
                 {"loss", std::numeric_limits<double>::infinity()},
                 {"accuracy", 0.5}});
    history.add({{"event", "eval_end"}, {"epoch", 0}, {"loss", 0.0}, {"accuracy", 1.0}});
    history.add({{"event", "epoch_end"}, {"epoch", 0}, {"train_loss", 0.0}, {"train_accuracy", 1.0}});
    EXPECT_TRUE(is_whole()) << "one epoch, and a loss beyond all numbers";
    const std::string svg = curves_svg(history, "run");
    history.add({{"event", "eval_end"}, {"epoch", 1}, {"loss", nullptr}, {"accuracy", 0.1}});
    EXPECT_TRUE(is_whole()) << "a loss that JSON could not hold";
    EXPECT_NE(svg.find("test 100.0 %"), std::string::npos);
    EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
}

}  // namespace
}  // namespace cnnlab
