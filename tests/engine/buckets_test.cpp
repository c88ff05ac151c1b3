#include <gtest/gtest.h>

#if !defined(__EMSCRIPTEN__)

#include <future>
#include <numeric>

#include "engine/core/philox.hpp"
#include "engine/distributed/buckets.hpp"
#include "engine/distributed/loopback.hpp"

namespace cnnlab {
namespace {

TEST(Buckets, HoldAllTensorsInTheirOrder) {
    const std::vector<int64_t> tensors{5, 100, 7, 8, 300, 1, 2};
    for (const int members : {1, 2, 3, 4, 7}) {
        const std::vector<Bucket> buckets = make_buckets(tensors, members, 100);
        ASSERT_EQ(buckets.size(), 3U) << members;
        EXPECT_EQ(buckets[0].last, 1U) << "5 and 100: full";
        EXPECT_EQ(buckets[1].last, 4U) << "7, 8 and 300, larger than a bucket";
        EXPECT_EQ(buckets[2].last, 6U) << "what is left";
        size_t tensor = 0;
        for (const Bucket& bucket : buckets) {
            int64_t end = 0;
            for (const Bucket::Part& part : bucket.parts) {
                EXPECT_EQ(part.tensor, tensor) << members;
                EXPECT_EQ(part.count, tensors[tensor]) << members;
                EXPECT_EQ(part.at % bucket_alignment, 0) << members;
                EXPECT_GE(part.at, end) << "no part on another";
                end = part.at + part.count;
                ++tensor;
            }
            EXPECT_EQ(bucket.slice % bucket_alignment, 0) << members;
            EXPECT_GE(bucket.floats(members), end) << members;
            EXPECT_LT(bucket.floats(members), end + bucket_alignment * (members + 1)) << members;
        }
        EXPECT_EQ(tensor, tensors.size());
    }
    EXPECT_TRUE(make_buckets({}, 4, 100).empty());
    EXPECT_EQ(make_buckets(tensors, 2, 1).size(), tensors.size()) << "each in its own";
    EXPECT_EQ(make_buckets(tensors, 2, 10'000).size(), 1U);
}

TEST(Buckets, SumsAreAddedInTheOrderOfRanks) {
    const std::vector<int64_t> tensors{5, 100, 7, 8, 300, 1, 2};
    for (const int members : {1, 2, 3, 4, 7}) {
        const std::vector<Bucket> buckets = make_buckets(tensors, members, 100);
        // numbers of many magnitudes, whose sum depends on the order
        const auto value = [](int rank, size_t tensor, int64_t i) {
            const Philox random{7, static_cast<uint32_t>(rank), static_cast<uint32_t>(tensor)};
            const uint32_t word = random.word(static_cast<uint64_t>(i));
            return (static_cast<float>(word >> 8U) - 8e6F) * static_cast<float>(1U << (word % 20U));
        };
        auto groups = make_loopback(members);
        std::vector<std::future<int64_t>> all;
        for (auto& group : groups)
            all.push_back(std::async(std::launch::async, [&, members] {
                std::vector<float> received;
                int64_t moved = 0;
                for (const Bucket& bucket : buckets) {
                    std::vector<float> buffer(static_cast<size_t>(bucket.floats(members)), 0);
                    for (const Bucket::Part& part : bucket.parts)
                        for (int64_t i = 0; i < part.count; ++i)
                            buffer[static_cast<size_t>(part.at + i)] = value(group->rank(), part.tensor, i);
                    const int64_t before = group->received();
                    sum_bucket(*group, bucket, buffer, received);
                    moved += group->received() - before;
                    for (const Bucket::Part& part : bucket.parts)
                        for (int64_t i = 0; i < part.count; ++i) {
                            float wanted = value(0, part.tensor, i);
                            for (int rank = 1; rank < members; ++rank) wanted += value(rank, part.tensor, i);
                            EXPECT_EQ(buffer[static_cast<size_t>(part.at + i)], wanted) << members;
                        }
                }
                return moved;
            }));
        int64_t floats = 0;
        for (const Bucket& bucket : buckets) floats += bucket.floats(members);
        for (auto& moved : all)
            EXPECT_EQ(moved.get(), 2 * (members - 1) * floats * int64_t{sizeof(float)} / members)
                << "what a ring moves";
    }
}

TEST(Buckets, ImagesAreSharedEvenly) {
    for (const int members : {1, 2, 3, 4, 7})
        for (const int images : {1, 2, 6, 7, 40, 128}) {
            int end = 0;
            for (int rank = 0; rank < members; ++rank) {
                const ImageRange own = images_of_member(images, rank, members);
                EXPECT_EQ(own.begin, end);
                EXPECT_LE(own.count(), most_images(images, members));
                EXPECT_GE(own.count(), images / members);
                end = own.end;
            }
            EXPECT_EQ(end, images);
        }
}

}  // namespace
}  // namespace cnnlab

#endif
