#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cnnlab {

/// A row of a table of messages: a key and its English. A {name} stands for an argument; arguments come in the order
/// in which the English names them first. {n, plural, one {# layer} other {# layers}} chooses by a number, as in ICU's
/// MessageFormat, with the plural categories of CLDR.
struct Sentence {
    std::string_view id, english;
};

/// The names in a sentence, in the order of their first appearance.
struct SentenceNames {
    std::array<std::string_view, 8> names{};
    size_t count = 0;

    constexpr explicit SentenceNames(std::string_view text) {
        for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at)) {
            add(text.substr(at + 1, text.find_first_of(",}", at) - at - 1));
            at = end_of(text, at);
        }
    }
    /// The position of a name, or `count` if there is none.
    [[nodiscard]] constexpr size_t find(std::string_view name) const {
        size_t i = 0;
        while (i < count && names[i] != name) ++i;
        return i;
    }
    /// One past the bracket that closes the one at `at`.
    static constexpr size_t end_of(std::string_view text, size_t at) {
        int depth = 0;
        for (; at < text.size(); ++at) {
            if (text[at] == '{') ++depth;
            if (text[at] == '}' && --depth == 0) return at + 1;
        }
        return text.size();
    }

  private:
    constexpr void add(std::string_view name) {
        if (find(name) == count) names[count++] = name;
    }
};

/// A message by key, which can be said in any language; say() of a table makes one. An argument is a number, a text
/// that stays as it is (a name, a shape), a list of such, or a message.
class Message {
  public:
    enum class Kind : uint8_t { nothing, text, number, list, sentence };

    Message() = default;
    Message(std::string text) : kind_(Kind::text), text_(std::move(text)) {}  // NOLINT
    Message(std::string_view text) : kind_(Kind::text), text_(text) {}        // NOLINT
    Message(const char* text) : kind_(Kind::text), text_(text) {}             // NOLINT
    explicit Message(const std::vector<std::string>& list);
    template <std::integral T>
    explicit Message(T number) : kind_(Kind::number), text_(std::to_string(number)) {}
    Message(std::string id, std::string_view english)
        : kind_(Kind::sentence), text_(std::move(id)), english_(english) {}

    Message& add(Message argument) {
        arguments_.push_back(std::move(argument));
        return *this;
    }

    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] bool empty() const { return kind_ == Kind::nothing; }
    /// The text, the number's digits, or the sentence's id.
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const std::vector<Message>& arguments() const { return arguments_; }
    /// The sentence's names, one for each argument.
    [[nodiscard]] SentenceNames names() const { return SentenceNames(english_); }
    /// All of it in English.
    [[nodiscard]] std::string english() const;

  private:
    Kind kind_ = Kind::nothing;
    std::string text_;
    std::string_view english_;
    std::vector<Message> arguments_;
};

/// A key of `table`. It does not compile if the table has no such key, or if its sentence has not one name an argument.
template <const auto& table, class... Args>
struct SentenceOf {
    const Sentence* sentence = nullptr;

    consteval SentenceOf(const char* id) {  // NOLINT: a key is a sentence
        // GCC 12 with UBSan takes no comparison of a row's address for a constant: so nothing here asks for one.
        bool known = false, fits = false;
        for (const Sentence& row : table) {
            if (row.id != std::string_view(id)) continue;
            sentence = &row;
            known = true;
            fits = SentenceNames(row.english).count == sizeof...(Args);
        }
        if (!known) throw "the table of messages has no such key";
        if (!fits) throw "the sentence has other arguments";
    }
};

/// A sentence with its arguments.
template <class... Args>
[[nodiscard]] Message fill(const Sentence& sentence, const Args&... args) {
    Message message(std::string(sentence.id), sentence.english);
    (message.add(Message(args)), ...);
    return message;
}

}  // namespace cnnlab
