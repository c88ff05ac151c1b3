#include "engine/data/pickle.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

using Value = std::shared_ptr<PickleValue>;
using Kind = PickleValue::Kind;

/// Depth of the stack and of what is remembered: far more than these files need.
constexpr size_t most_values = 4000000;
constexpr int deepest = 4;  ///< tuples in tuples

/// What builds an array of NumPy, old and new.
constexpr std::string_view globals[] = {"numpy.ndarray", "numpy.dtype", "numpy.core.multiarray._reconstruct",
                                        "numpy._core.multiarray._reconstruct"};

[[noreturn]] void bad_pickle(const std::string& place, Message problem) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), say("pickle.give"));
}

class PickleMachine {
  public:
    PickleMachine(std::span<const uint8_t> bytes, const std::string& place) : bytes_(bytes), place_(place) {}

    Value run() {
        for (;;) {
            const uint8_t opcode = byte();
            if (opcode == '.') return pop();
            step(opcode);
            if (stack_.size() > most_values || memo_.size() > most_values)
                bad_pickle(place_, say("pickle.large"));
        }
    }

  private:
    void step(uint8_t opcode) {
        switch (opcode) {
            case 0x80:  // PROTO
                if (byte() != 2) bad_pickle(place_, say("pickle.protocol"));
                return;
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
            case 'c':
                return push_global();
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
                bad_pickle(place_, say("pickle.opcode", std::string(name), at_ - 1));
            }
        }
    }

    uint8_t byte() {
        if (at_ == bytes_.size()) bad_pickle(place_, say("pickle.cut"));
        return bytes_[at_++];
    }
    uint32_t word() {
        uint32_t value = byte();
        for (const unsigned shift : {8U, 16U, 24U}) value |= uint32_t{byte()} << shift;
        return value;
    }
    std::string_view text(size_t length) {
        if (length > bytes_.size() - at_) bad_pickle(place_, say("pickle.cut"));
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
        if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) bad_pickle(place_, say("pickle.order"));
        Value value = std::move(stack_.back());
        stack_.pop_back();
        return value;
    }
    size_t pop_mark() {
        if (marks_.empty()) bad_pickle(place_, say("pickle.order"));
        const size_t mark = marks_.back();
        marks_.pop_back();
        // what stood behind the mark may have been taken by an opcode that needs none
        if (mark > stack_.size()) bad_pickle(place_, say("pickle.order"));
        return mark;
    }
    PickleValue& top(size_t index) {
        if (index == 0 || index > stack_.size()) bad_pickle(place_, say("pickle.order"));
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
    void push_global() {
        std::string name(line());
        name.append(".").append(line());
        const auto* known = std::find(std::begin(globals), std::end(globals), name);
        if (known == std::end(globals)) bad_pickle(place_, say("pickle.global", name));
        push(Kind::other);
        stack_.back()->text = *known;
    }
    void remember(uint32_t index) {
        if (index >= most_values) bad_pickle(place_, say("pickle.large"));
        if (stack_.empty()) bad_pickle(place_, say("pickle.order"));
        if (memo_.size() <= index) memo_.resize(index + 1);
        memo_[index] = stack_.back();
    }
    void recall(uint32_t index) {
        if (index >= memo_.size() || !memo_[index]) bad_pickle(place_, say("pickle.order"));
        stack_.push_back(memo_[index]);
    }
    /// The values from `begin` on become one list.
    void tuple(size_t begin, size_t count) {
        if (begin + count != stack_.size() || begin < (marks_.empty() ? 0 : marks_.back()))
            bad_pickle(place_, say("pickle.order"));
        auto list = std::make_shared<PickleValue>();
        list->kind = Kind::list;
        list->items.assign(stack_.begin() + static_cast<std::ptrdiff_t>(begin), stack_.end());
        for (const Value& item : list->items) {
            list->depth = std::max(list->depth, item->depth + 1);
            if (item->kind == Kind::dictionary || list->depth > deepest)
                bad_pickle(place_, say("pickle.nested"));
        }
        stack_.resize(begin);
        stack_.push_back(std::move(list));
    }
    void append(size_t begin) {
        PickleValue& list = top(begin);
        if (list.kind != Kind::list) bad_pickle(place_, say("pickle.order"));
        for (size_t i = begin; i < stack_.size(); ++i) {
            // No value holds itself: it would never be freed.
            if (stack_[i]->kind == Kind::list || stack_[i]->kind == Kind::dictionary)
                bad_pickle(place_, say("pickle.nested"));
            list.items.push_back(stack_[i]);
        }
        stack_.resize(begin);
    }
    void set_items(size_t begin) {
        PickleValue& dictionary = top(begin);
        if (dictionary.kind != Kind::dictionary || (stack_.size() - begin) % 2 != 0)
            bad_pickle(place_, say("pickle.order"));
        for (size_t i = begin; i < stack_.size(); i += 2) {
            if (stack_[i]->kind != Kind::text || stack_[i + 1]->kind == Kind::dictionary)
                bad_pickle(place_, say("pickle.nested"));
            dictionary.fields[stack_[i]->text] = stack_[i + 1];
        }
        stack_.resize(begin);
    }
    /// Calls of the two functions that these files call. An array begins empty, a type by its name.
    void reduce() {
        const Value arguments = pop(), function = pop();
        if (arguments->kind != Kind::list || function->kind != Kind::other)
            bad_pickle(place_, say("pickle.order"));
        if (function->text == "numpy.dtype") {
            if (arguments->items.empty() || arguments->items[0]->kind != Kind::text ||
                arguments->items[0]->text != "u1")
                bad_pickle(place_, say("pickle.bytes_only"));
            push(Kind::other);
            stack_.back()->text = "u1";
            return;
        }
        if (function->text.find("_reconstruct") == std::string_view::npos)
            bad_pickle(place_, say("pickle.order"));
        push(Kind::array);
    }
    /// The state of an array: version, shape, type, whether the first axis is fastest, and the bytes.
    void build() {
        const Value state = pop();
        PickleValue& target = top(stack_.size());
        if (target.kind == Kind::other && target.text == "u1") return;
        if (target.kind != Kind::array || state->kind != Kind::list || state->items.size() != 5)
            bad_pickle(place_, say("pickle.order"));
        const PickleValue &shape = *state->items[1], &type = *state->items[2], &order = *state->items[3],
                          &data = *state->items[4];
        if (shape.kind != Kind::list || type.text != "u1" || order.number != 0 || data.kind != Kind::text)
            bad_pickle(place_, say("pickle.bytes_only"));
        uint64_t count = 1;
        target.shape.clear();
        for (const Value& extent : shape.items) {
            if (extent->kind != Kind::number || extent->number < 0 || extent->number > (int64_t{1} << 31U) ||
                count > data.text.size())
                bad_pickle(place_, say("pickle.order"));
            count *= static_cast<uint64_t>(extent->number);
            target.shape.push_back(extent->number);
        }
        if (count != data.text.size()) bad_pickle(place_, say("pickle.cut"));
        target.bytes = {reinterpret_cast<const uint8_t*>(data.text.data()), data.text.size()};
    }

    std::span<const uint8_t> bytes_;
    const std::string& place_;
    size_t at_ = 0;
    std::vector<Value> stack_, memo_;
    std::vector<size_t> marks_;
};

}  // namespace

const PickleValue& PickleValue::at(const std::string& name, Kind wanted, const std::string& place) const {
    const auto found = fields.find(name);
    if (found == fields.end() || found->second->kind != wanted) bad_pickle(place, say("pickle.field", name));
    return *found->second;
}

std::shared_ptr<PickleValue> read_pickle(std::span<const uint8_t> bytes, const std::string& place) {
    Value value = PickleMachine(bytes, place).run();
    if (value->kind != Kind::dictionary) bad_pickle(place, say("pickle.no_dictionary"));
    return value;
}

}  // namespace cnnlab
