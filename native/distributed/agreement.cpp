#include "native/distributed/agreement.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "engine/core/error.hpp"
#include "engine/core/spec.hpp"

namespace cnnlab {

std::vector<std::string> gather_texts(Group& group, const std::string& text) {
    const auto size = static_cast<size_t>(group.size());
    std::vector<int64_t> lengths(size, 0), begins;
    lengths[static_cast<size_t>(group.rank())] = static_cast<int64_t>(text.size());
    for (size_t r = 0; r <= size; ++r) begins.push_back(static_cast<int64_t>(r * sizeof(int64_t)));
    group.all_gather(std::as_writable_bytes(std::span(lengths)), begins);
    begins.assign(1, 0);
    for (const int64_t length : lengths) begins.push_back(begins.back() + length);
    std::string all(static_cast<size_t>(begins.back()), '\0');
    std::copy(text.begin(), text.end(), all.begin() + begins[static_cast<size_t>(group.rank())]);
    group.all_gather(std::as_writable_bytes(std::span(all)), begins);
    std::vector<std::string> texts;
    for (size_t r = 0; r < size; ++r)
        texts.push_back(all.substr(static_cast<size_t>(begins[r]), static_cast<size_t>(lengths[r])));
    return texts;
}

void check_members(Group& group, const std::string& host, const std::vector<MemberFact>& facts) {
    Json mine = Json::array({host});
    for (const MemberFact& fact : facts) mine.push_back(fact.value);
    const std::vector<std::string> all =
        gather_texts(group, mine.dump(-1, ' ', false, Json::error_handler_t::replace));
    const Json first = Json::parse(all[0]);
    for (size_t rank = 1; rank < all.size(); ++rank) {
        const Json other = Json::parse(all[rank]);
        for (size_t i = 0; i < facts.size(); ++i) {
            const Json &theirs = other[i + 1], &wanted = first[i + 1];
            if (facts[i].may_differ || theirs == wanted) continue;
            throw Error(ErrorCode::unsupported,
                        "rank " + std::to_string(rank) + " on " + other[0].get<std::string>(),
                        "has other " + facts[i].name + " than rank 0 on " + first[0].get<std::string>() +
                            ": " + theirs.get<std::string>() + " instead of " + wanted.get<std::string>(),
                        facts[i].remedy);
        }
    }
}

bool any_member(Group& group, bool mine) {
    std::vector<std::byte> all(static_cast<size_t>(group.size()), std::byte{0});
    all[static_cast<size_t>(group.rank())] = std::byte{mine};
    std::vector<int64_t> begins;
    for (int r = 0; r <= group.size(); ++r) begins.push_back(r);
    group.all_gather(all, begins);
    return std::any_of(all.begin(), all.end(), [](std::byte one) { return one != std::byte{0}; });
}

void send_text(Group& group, int to, const std::string& text) {
    auto length = static_cast<int64_t>(text.size());
    group.send(to, std::as_bytes(std::span(&length, 1)));
    group.send(to, std::as_bytes(std::span(text)));
    group.flush();
}

std::string receive_text(Group& group, int from) {
    int64_t length = 0;
    group.receive(from, std::as_writable_bytes(std::span(&length, 1)));
    std::string text(static_cast<size_t>(length), '\0');
    group.receive(from, std::as_writable_bytes(std::span(text)));
    return text;
}

void share_bytes(Group& group, std::vector<uint8_t>& bytes) {
    auto size = static_cast<int64_t>(bytes.size());
    group.broadcast(std::as_writable_bytes(std::span(&size, 1)));
    bytes.resize(static_cast<size_t>(size));
    group.broadcast(std::as_writable_bytes(std::span(bytes)));
}

}  // namespace cnnlab
