#include "engine/distributed/buckets.hpp"

#include <algorithm>

namespace cnnlab {

namespace {

constexpr int64_t aligned(int64_t floats) {
    return (floats + bucket_alignment - 1) / bucket_alignment * bucket_alignment;
}

}  // namespace

std::vector<Bucket> make_buckets(std::span<const int64_t> tensors, int members, int64_t most_floats) {
    std::vector<Bucket> buckets;
    Bucket open;
    int64_t floats = 0;
    const auto close = [&] {
        if (open.parts.empty()) return;
        open.slice = aligned((floats + members - 1) / members);
        buckets.push_back(std::move(open));
        open = {};
        floats = 0;
    };
    for (size_t t = 0; t < tensors.size(); ++t) {
        open.parts.push_back({t, floats, tensors[t]});
        open.last = t;
        floats += aligned(tensors[t]);
        if (floats >= most_floats) close();
    }
    close();
    return buckets;
}

void sum_bucket(Group& group, const Bucket& bucket, std::span<float> buffer, std::vector<float>& received) {
    const int members = group.size(), me = group.rank();
    const auto slice = static_cast<size_t>(bucket.slice);
    const auto slice_of = [&](std::span<float> all, int member) {
        return all.subspan(static_cast<size_t>(member) * slice, slice);
    };
    received.resize(buffer.size());
    const std::span<float> from_all(received);
    for (int other = 0; other < members; ++other)
        if (other != me) group.send(other, std::as_bytes(slice_of(buffer, other)));
    const std::span<float> mine = slice_of(buffer, me);
    std::copy(mine.begin(), mine.end(), slice_of(from_all, me).begin());
    for (int other = 0; other < members; ++other)
        if (other != me) group.receive(other, std::as_writable_bytes(slice_of(from_all, other)));
    group.flush();
    for (size_t i = 0; i < slice; ++i) {
        float sum = from_all[i];
        for (int member = 1; member < members; ++member)
            sum += from_all[static_cast<size_t>(member) * slice + i];
        mine[i] = sum;
    }
    std::vector<int64_t> begins;
    for (int member = 0; member <= members; ++member)
        begins.push_back(bucket.slice * member * int64_t{sizeof(float)});
    group.all_gather(std::as_writable_bytes(buffer), begins);
}

}  // namespace cnnlab
