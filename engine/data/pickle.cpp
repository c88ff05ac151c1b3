#include "engine/data/pickle.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

using Value = PickleRules::Value;
using Kind = PickleValue::Kind;

/// Depth of the stack and of what is remembered: far more than these files need.
constexpr size_t most_values = 4000000;
constexpr int deepest = 4;  ///< tuples in tuples

/// What builds an array of NumPy, old and new.
constexpr std::string_view numpy_globals[] = {"numpy.ndarray", "numpy.dtype",
                                              "numpy.core.multiarray._reconstruct",
                                              "numpy._core.multiarray._reconstruct"};

[[noreturn]] void bad_pickle(const std::string& place, Message problem) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), say("pickle.give"));
}

Value make(Kind kind, std::string_view text = {}) {
    auto value = std::make_shared<PickleValue>();
    value->kind = kind;
    value->text = text;
    return value;
}

class PickleMachine {
  public:
    PickleMachine(std::span<const uint8_t> bytes, const std::string& place, const PickleRules& rules)
        : bytes_(bytes), place_(place), rules_(rules) {}

    Value run() {
        for (;;) {
            const uint8_t opcode = byte();
            if (opcode == '.') return pop();
            step(opcode);
            if (stack_.size() > most_values || memo_.size() > most_values) fail(say("pickle.large"));
        }
    }

  private:
    [[noreturn]] void fail(Message problem) const {
        throw Error(ErrorCode::bad_file, place_, std::move(problem), rules_.remedy());
    }
    void step(uint8_t opcode) {
        switch (opcode) {
            case 0x80:  // PROTO
                if (const uint8_t protocol = byte(); protocol < 2 || protocol > rules_.latest_protocol())
                    fail(say("pickle.protocol"));
                return;
            case 0x95:  // FRAME
                (void)word();
                (void)word();
                return;
            case 0x94:  // MEMOIZE
                return remember(static_cast<uint32_t>(memo_.size()));
            case '}':
                return push(Kind::dictionary);
            case ']':
            case ')':
                return push(Kind::list);
            case '(':
                return marks_.push_back(stack_.size());
            case 'q':
                return remember(byte());
            case 'r':
                return remember(word());
            case 'h':
                return recall(byte());
            case 'j':
                return recall(word());
            case 'U':
                return push_text(byte());
            case 'T':
            case 'X':
                return push_text(word());
            case 0x8C:
            case 'C':
                return push_text(byte());
            case 'B':
                return push_text(word());
            case 'c': {
                std::string name(line());
                name.append(".").append(line());
                return push_global(name);
            }
            case 0x93: {  // STACK_GLOBAL
                const Value name = pop(), module = pop();
                if (name->kind != Kind::text || module->kind != Kind::text) fail(say("pickle.order"));
                return push_global(std::string(module->text).append(".").append(name->text));
            }
            case 'Q':
                return push_outside();
            case 'G': {  // a float: nothing here needs its value
                (void)word();
                (void)word();
                return push(Kind::other);
            }
            case 0x8A:
                return push_long(byte());
            case 'K':
                return push_number(byte());
            case 'M': {
                const uint32_t low = byte();
                return push_number(low + 256 * byte());
            }
            case 'J':
                return push_number(static_cast<int32_t>(word()));
            case 'N':
                return push(Kind::nothing);
            case 0x88:
            case 0x89:
                return push_number(opcode == 0x88 ? 1 : 0);
            case 0x85:
            case 0x86:
            case 0x87:
                return tuple(stack_.size() - std::min<size_t>(stack_.size(), opcode - 0x84U), opcode - 0x84U);
            case 't': {
                const size_t mark = pop_mark();
                return tuple(mark, stack_.size() - mark);
            }
            case 'e':
                return append(pop_mark());
            case 'a':
                return append(stack_.size() - std::min<size_t>(stack_.size(), 1));
            case 'u':
                return set_items(pop_mark());
            case 's':
                return set_items(stack_.size() - std::min<size_t>(stack_.size(), 2));
            case 'R':
                return reduce();
            case 'b':
                return build();
            default: {
                char name[8];
                std::snprintf(name, sizeof name, "0x%02X", opcode);
                fail(rules_.unknown_opcode(name, at_ - 1));
            }
        }
    }

    uint8_t byte() {
        if (at_ == bytes_.size()) fail(say("pickle.cut"));
        return bytes_[at_++];
    }
    uint32_t word() {
        uint32_t value = byte();
        for (const unsigned shift : {8U, 16U, 24U}) value |= uint32_t{byte()} << shift;
        return value;
    }
    std::string_view text(size_t length) {
        if (length > bytes_.size() - at_) fail(say("pickle.cut"));
        at_ += length;
        return {reinterpret_cast<const char*>(bytes_.data()) + at_ - length, length};
    }
    std::string_view line() {
        const size_t begin = at_;
        while (byte() != '\n') {
        }
        return {reinterpret_cast<const char*>(bytes_.data()) + begin, at_ - 1 - begin};
    }

    Value pop() {
        if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail(say("pickle.order"));
        Value value = std::move(stack_.back());
        stack_.pop_back();
        return value;
    }
    size_t pop_mark() {
        if (marks_.empty()) fail(say("pickle.order"));
        const size_t mark = marks_.back();
        marks_.pop_back();
        // what stood behind the mark may have been taken by an opcode that needs none
        if (mark > stack_.size()) fail(say("pickle.order"));
        return mark;
    }
    PickleValue& top(size_t index) {
        if (index == 0 || index > stack_.size()) fail(say("pickle.order"));
        return *stack_[index - 1];
    }
    void push(Kind kind) { stack_.emplace_back(std::make_shared<PickleValue>())->kind = kind; }
    void push_number(int64_t number) {
        push(Kind::number);
        stack_.back()->number = number;
    }
    void push_text(size_t length) {
        push(Kind::text);
        stack_.back()->text = text(length);
    }
    void push_long(size_t length) {
        const std::string_view digits = text(length);
        uint64_t value = 0;
        if (length > 8) fail(say("pickle.order"));
        for (size_t i = 0; i < length; ++i) value |= uint64_t{static_cast<uint8_t>(digits[i])} << (8 * i);
        if (length > 0 && length < 8 && (static_cast<uint8_t>(digits.back()) & 0x80U) != 0)
            value |= ~uint64_t{0} << (8 * length);
        push_number(static_cast<int64_t>(value));
    }
    void push_global(const std::string& name) {
        stack_.push_back(make(Kind::other, rules_.global(name, place_)));
    }
    void push_outside() {
        const Value id = pop();
        Value found = rules_.outside(id);
        if (!found) fail(say("pickle.order"));
        stack_.push_back(std::move(found));
    }
    void remember(uint32_t index) {
        if (index >= most_values) fail(say("pickle.large"));
        if (stack_.empty()) fail(say("pickle.order"));
        if (memo_.size() <= index) memo_.resize(index + 1);
        memo_[index] = stack_.back();
    }
    void recall(uint32_t index) {
        if (index >= memo_.size() || !memo_[index]) fail(say("pickle.order"));
        stack_.push_back(memo_[index]);
    }
    /// The values from `begin` on become one list.
    void tuple(size_t begin, size_t count) {
        if (begin + count != stack_.size() || begin < (marks_.empty() ? 0 : marks_.back()))
            fail(say("pickle.order"));
        auto list = std::make_shared<PickleValue>();
        list->kind = Kind::list;
        list->items.assign(stack_.begin() + static_cast<std::ptrdiff_t>(begin), stack_.end());
        for (const Value& item : list->items) put_into(*list, item, false);
        stack_.resize(begin);
        stack_.push_back(std::move(list));
    }
    /// What a value in a container means for it: a depth, and that the value stays as it is.
    void put_into(PickleValue& container, const Value& item, bool grows) const {
        const bool is_container = item->kind == Kind::dictionary || item->kind == Kind::list;
        container.depth = std::max(container.depth, item->depth + 1);
        if (rules_.deepest() == 0) {
            // No value holds itself: it would never be freed.
            if (item->kind == Kind::dictionary || (is_container && grows) || container.depth > deepest)
                fail(say("pickle.nested"));
            return;
        }
        if (container.inside || item.get() == &container || container.depth > rules_.deepest())
            fail(say("pickle.nested"));
        item->inside = true;
    }
    void append(size_t begin) {
        PickleValue& list = top(begin);
        if (list.kind != Kind::list) fail(say("pickle.order"));
        for (size_t i = begin; i < stack_.size(); ++i) {
            put_into(list, stack_[i], true);
            list.items.push_back(stack_[i]);
        }
        stack_.resize(begin);
    }
    void set_items(size_t begin) {
        PickleValue& dictionary = top(begin);
        if (dictionary.kind != Kind::dictionary || (stack_.size() - begin) % 2 != 0)
            fail(say("pickle.order"));
        for (size_t i = begin; i < stack_.size(); i += 2) {
            const PickleValue& key = *stack_[i];
            const bool digits = key.kind == Kind::number && rules_.deepest() > 0;
            if (key.kind != Kind::text && !digits) fail(say("pickle.nested"));
            if (digits) continue;  // of an optimizer: nobody asks for it
            if (rules_.deepest() > 0)
                put_into(dictionary, stack_[i + 1], true);
            else if (stack_[i + 1]->kind == Kind::dictionary)
                fail(say("pickle.nested"));
            dictionary.fields[key.text] = stack_[i + 1];
        }
        stack_.resize(begin);
    }
    void reduce() {
        const Value arguments = pop(), function = pop();
        if (arguments->kind != Kind::list || function->kind != Kind::other) fail(say("pickle.order"));
        Value result = rules_.call(function->text, arguments, place_);
        if (!result) fail(say("pickle.order"));
        stack_.push_back(std::move(result));
    }
    void build() {
        const Value state = pop();
        if (!rules_.build(top(stack_.size()), *state, place_)) fail(say("pickle.order"));
    }

    std::span<const uint8_t> bytes_;
    const std::string& place_;
    const PickleRules& rules_;
    size_t at_ = 0;
    std::vector<Value> stack_, memo_;
    std::vector<size_t> marks_;
};

/// Arrays of bytes, as NumPy pickles them.
class NumpyRules final : public PickleRules {
  public:
    [[nodiscard]] std::string_view global(const std::string& name, const std::string& place) const override {
        const auto* known = std::find(std::begin(numpy_globals), std::end(numpy_globals), name);
        if (known == std::end(numpy_globals)) bad_pickle(place, say("pickle.global", name));
        return *known;
    }
    /// An array begins empty, a type by its name.
    [[nodiscard]] Value call(std::string_view name, const Value& arguments,
                             const std::string& place) const override {
        if (name == "numpy.dtype") {
            const auto& items = arguments->items;
            if (items.empty() || items[0]->kind != Kind::text || items[0]->text != "u1")
                bad_pickle(place, say("pickle.bytes_only"));
            return make(Kind::other, "u1");
        }
        if (name.find("_reconstruct") == std::string_view::npos) return nullptr;
        return make(Kind::array);
    }
    /// The state of an array: version, shape, type, whether the first axis is fastest, and the bytes.
    bool build(PickleValue& target, const PickleValue& state, const std::string& place) const override {
        if (target.kind == Kind::other && target.text == "u1") return true;
        if (target.kind != Kind::array || state.kind != Kind::list || state.items.size() != 5) return false;
        const PickleValue &shape = *state.items[1], &type = *state.items[2], &order = *state.items[3],
                          &data = *state.items[4];
        if (shape.kind != Kind::list || type.text != "u1" || order.number != 0 || data.kind != Kind::text)
            bad_pickle(place, say("pickle.bytes_only"));
        uint64_t count = 1;
        target.shape.clear();
        for (const Value& extent : shape.items) {
            if (extent->kind != Kind::number || extent->number < 0 || extent->number > (int64_t{1} << 31U) ||
                count > data.text.size())
                return false;
            count *= static_cast<uint64_t>(extent->number);
            target.shape.push_back(extent->number);
        }
        if (count != data.text.size()) bad_pickle(place, say("pickle.cut"));
        target.bytes = {reinterpret_cast<const uint8_t*>(data.text.data()), data.text.size()};
        return true;
    }
    [[nodiscard]] Message unknown_opcode(const std::string& opcode, size_t at) const override {
        return say("pickle.opcode", opcode, at);
    }
    [[nodiscard]] Message remedy() const override { return say("pickle.give"); }
};

}  // namespace

const PickleValue& PickleValue::at(const std::string& name, Kind wanted, const std::string& place) const {
    const auto found = fields.find(name);
    if (found == fields.end() || found->second->kind != wanted) bad_pickle(place, say("pickle.field", name));
    return *found->second;
}

Value read_pickle(std::span<const uint8_t> bytes, const std::string& place, const PickleRules& rules) {
    return PickleMachine(bytes, place, rules).run();
}

std::shared_ptr<PickleValue> read_pickle(std::span<const uint8_t> bytes, const std::string& place) {
    Value value = read_pickle(bytes, place, NumpyRules());
    if (value->kind != Kind::dictionary) bad_pickle(place, say("pickle.no_dictionary"));
    return value;
}

}  // namespace cnnlab
