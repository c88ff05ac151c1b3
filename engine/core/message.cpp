#include "engine/core/message.hpp"

#include "engine/core/names.hpp"

namespace cnnlab {

namespace {

/// The form that a number takes: `forms` is "one {…} other {…}", and # stands for the number.
std::string plural(std::string_view forms, const std::string& number) {
    const std::string_view category = number == "1" ? "one {" : "other {";
    size_t at = forms.find(category);
    if (at == std::string_view::npos) at = forms.find("other {");
    at = forms.find('{', at);
    std::string form(forms.substr(at + 1, SentenceNames::end_of(forms, at) - at - 2));
    for (size_t sign = form.find('#'); sign != std::string::npos; sign = form.find('#', sign + number.size()))
        form.replace(sign, 1, number);
    return form;
}

std::string insert(std::string_view text, const SentenceNames& names, const std::vector<Message>& arguments) {
    std::string filled;
    size_t from = 0;
    for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', from)) {
        filled += text.substr(from, at - from);
        from = SentenceNames::end_of(text, at);
        const std::string_view place = text.substr(at + 1, from - at - 2);
        const std::string_view name = place.substr(0, place.find(','));
        const std::string argument = arguments.at(names.find(name)).english();
        filled += name.size() == place.size() ? argument : plural(place, argument);
    }
    filled += text.substr(from);
    return filled;
}

}  // namespace

Message::Message(const std::vector<std::string>& list) : kind_(Kind::list) {
    for (const std::string& item : list) add(Message(item));
}

std::string Message::english() const {
    if (kind_ == Kind::sentence)  // one without arguments may have brackets of its own
        return arguments_.empty() ? std::string(english_) : insert(english_, names(), arguments_);
    if (kind_ != Kind::list) return text_;
    std::vector<std::string> items;
    for (const Message& item : arguments_) items.push_back(item.english());
    return list_of(items);
}

}  // namespace cnnlab
