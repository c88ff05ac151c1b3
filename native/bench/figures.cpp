#include "native/bench/figures.hpp"

#include <array>

#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

constexpr std::array<const char*, 4> unit_names{"ratio", "share", "MiB", "s"};

}  // namespace

bool Figure::reaches(double bound) const {
    return value && (less_is_better() ? *value <= bound : *value >= bound);
}

std::string Figure::reached() const {
    if (!value) return "–";
    return reaches(aim) ? "aim" : reaches(must) ? "must" : "no";
}

std::string figure_text(double value, Figure::Unit unit) {
    switch (unit) {
        case Figure::Unit::ratio:
            return short_number(value, value < 10 ? 2 : 1) + "×";
        case Figure::Unit::share:
            return percent_text(value);
        case Figure::Unit::mebibytes:
            return short_number(value, 1) + " MiB";
        case Figure::Unit::seconds:
            return short_number(value, 2) + " s";
    }
    return {};
}

std::string figure_table(const std::vector<Figure>& figures) {
    constexpr auto right = Table::Align::right;
    Table table({{"what"}, {"figure", right}, {"must", right}, {"aim", right}, {"reached"}, {""}});
    for (const Figure& f : figures)
        table.add({f.what, f.value ? figure_text(*f.value, f.unit) : "–", figure_text(f.must, f.unit),
                   figure_text(f.aim, f.unit), f.reached(), f.note});
    return table.str();
}

Json figure_json(const std::vector<Figure>& figures) {
    Json list = Json::array();
    for (const Figure& f : figures)
        list.push_back({{"what", f.what},
                        {"value", f.value ? Json(*f.value) : Json()},
                        {"unit", unit_names[static_cast<size_t>(f.unit)]},
                        {"must", f.must},
                        {"aim", f.aim},
                        {"reached", f.value ? Json(f.reached()) : Json()},
                        {"note", f.note}});
    return list;
}

}  // namespace cnnlab
