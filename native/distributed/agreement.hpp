#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/distributed/process_group.hpp"

namespace cnnlab {

/// Every member's text, in the order of ranks.
[[nodiscard]] std::vector<std::string> gather_texts(Group& group, const std::string& text);

/// What members must have in common, each with its name for a person.
struct MemberFact {
    std::string name;   ///< "images"
    std::string value;  ///< equal in all members
    std::string remedy;
    bool may_differ = false;
};

/// Throws Error (unsupported) in every member, naming the first that has something else than rank 0, and what.
void check_members(Group& group, const std::string& host, const std::vector<MemberFact>& facts);

/// Whether any member says so.
[[nodiscard]] bool any_member(Group& group, bool mine);

/// A text for one member, and from one.
void send_text(Group& group, int to, const std::string& text);
[[nodiscard]] std::string receive_text(Group& group, int from);

/// What rank 0 has, in all of them.
void share_bytes(Group& group, std::vector<uint8_t>& bytes);

}  // namespace cnnlab
