#include "native/cuda/exchange.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "native/cuda/kernels/exchange.hpp"

namespace cnnlab::cuda {

namespace {

/// What is exchanged between the work of a stream: it goes on when that is done, and the stream waits for it.
class Crossing {
  public:
    void leave(cudaStream_t stream, const Stream& to) const {
        CNNLAB_CUDA(cudaEventRecord(left_->get(), stream));
        CNNLAB_CUDA(cudaStreamWaitEvent(to.stream, left_->get(), 0));
    }
    void come_back(cudaStream_t stream, const Stream& from) const {
        CNNLAB_CUDA(cudaEventRecord(back_->get(), from.stream));
        CNNLAB_CUDA(cudaStreamWaitEvent(stream, back_->get(), 0));
    }

  private:
    std::shared_ptr<Event> left_ = std::make_shared<Event>(), back_ = std::make_shared<Event>();
};

Site at_stream(const Site& site, const Stream& stream) {
    Site there = site;
    there.stream = stream.stream;
    return there;
}

Operands operands_of_launch(const Launch& launch, const Program& program) {
    if (launch.touches) return *launch.touches;
    Operands all;
    for (const int op : launch.ops) {
        const Operands mine = operands_of(program.ops[static_cast<size_t>(op)]);
        all.reads.insert(all.reads.end(), mine.reads.begin(), mine.reads.end());
        all.writes.insert(all.writes.end(), mine.writes.begin(), mine.writes.end());
    }
    return all;
}

bool updates(const Op& op) {
    return is_elementwise_update(op) || std::holds_alternative<ops::MuonUpdate>(op) ||
           std::holds_alternative<ops::GradientNorm>(op);
}

/// A tensor of a bucket.
struct Joined {
    ValueId id;
    bool mean = false;
};

/// One bucket as a launch.
Launch make_exchange(const Bucket& bucket, const std::vector<Joined>& all, Peers& peers,
                     const std::shared_ptr<DeviceBuffer>& memory,
                     const std::shared_ptr<DeviceBuffer>& received) {
    std::vector<Joined> joined;
    Launch launch;
    launch.how = peers.collective->text();
    launch.touches.emplace();
    int count = 0;
    for (const Bucket::Part& part : bucket.parts) {
        joined.push_back(all[part.tensor]);
        launch.touches->reads.push_back(joined.back().id);
        launch.touches->writes.push_back(joined.back().id);
        count += static_cast<int>((part.count + bucket_chunk - 1) / bucket_chunk);
    }
    const auto chunks = std::make_shared<DeviceBuffer>();
    launch.bind = [=](const Binding& bound) {
        std::vector<BucketChunk> rows;
        for (size_t p = 0; p < joined.size(); ++p) {
            const Bucket::Part& part = bucket.parts[p];
            for (int64_t begin = 0; begin < part.count; begin += bucket_chunk)
                rows.push_back({bound.floats(joined[p].id) + begin, part.at + begin,
                                static_cast<int32_t>(std::min(bucket_chunk, part.count - begin)),
                                joined[p].mean});
        }
        *chunks = device_copy(std::span<const BucketChunk>(rows), "a bucket", bound.site.stream);
    };
    const Crossing crossing;
    Peers* const with = &peers;
    launch.run = [=](const Binding& bound) {
        crossing.leave(bound.site.stream, *with->stream);
        const Site site = at_stream(bound.site, *with->stream);
        const auto* rows = chunks->as<const BucketChunk>();
        auto *mine = memory->as<float>(), *theirs = received->as<float>();
        run_pack(site, rows, count, mine, with->rank(), with->size());
        with->collective->all_to_all(mine, theirs, bucket.slice, site.stream);
        run_sum_members(site, theirs, mine + bucket.slice * with->rank(), static_cast<uint32_t>(bucket.slice),
                        with->size());
        with->collective->all_gather(mine, bucket.slice, site.stream);
        run_unpack(site, rows, count, mine);
    };
    return launch;
}

/// The stream of the step waits for all buckets.
Launch make_wait(Peers& peers) {
    Launch launch;
    launch.touches.emplace();
    const Crossing crossing;
    Peers* const with = &peers;
    launch.run = [=](const Binding& bound) { crossing.come_back(bound.site.stream, *with->stream); };
    return launch;
}

/// Two values of each channel, joined by `join` where they are made.
template <class Join>
Launch make_channel_exchange(ValueId first, ValueId second, uint32_t channels, std::vector<ValueId> touched,
                             Peers& peers, const Join& join) {
    Launch launch;
    launch.how = peers.collective->text();
    launch.touches = Operands{touched, touched};
    launch.scratch_bytes = int64_t{2} * channels * peers.size() * int64_t{sizeof(float)};
    const Crossing crossing;
    Peers* const with = &peers;
    launch.run = [=](const Binding& bound) {
        crossing.leave(bound.site.stream, *with->stream);
        const Site site = at_stream(bound.site, *with->stream);
        auto* all = reinterpret_cast<float*>(bound.scratch);
        run_pack_channels(site, bound.floats(first), bound.floats(second), all, channels, with->rank(),
                          with->size());
        with->collective->all_gather(all, int64_t{2} * channels, site.stream);
        join(site, bound, all, with->size());
        crossing.come_back(bound.site.stream, *with->stream);
    };
    return launch;
}

Launch make_moments(const ops::BatchNormStatistics& op, const Program& program, Peers& peers) {
    const ImageShape x(program.shape(op.x));
    const auto channels = static_cast<uint32_t>(x.channels), positions = static_cast<uint32_t>(x.positions());
    return make_channel_exchange(
        op.mean, op.variance, channels, {op.mean, op.variance, op.running_mean, op.running_variance}, peers,
        [=](const Site& site, const Binding& bound, const float* all, int members) {
            run_join_moments(site, all,
                             {bound.floats(op.mean), bound.floats(op.variance), bound.floats(op.running_mean),
                              bound.floats(op.running_variance), op.momentum, channels, positions},
                             members);
        });
}

Launch make_norm_sums(const ops::BatchNormBackwardReduce& op, const Program& program, Peers& peers) {
    const auto channels = static_cast<uint32_t>(ImageShape(program.shape(op.x)).channels);
    std::vector<ValueId> touched;
    for (const ValueId id : {op.dweight, op.dbias})
        if (id) touched.push_back(id);
    return make_channel_exchange(op.dweight, op.dbias, channels, touched, peers,
                                 [=](const Site& site, const Binding& bound, const float* all, int members) {
                                     run_join_sums(site, all, bound.floats(op.dweight),
                                                   bound.floats(op.dbias), channels, members);
                                 });
}

}  // namespace

Program part_of_batch(const Program& program, int members) {
    Program part = program;
    part.batch = most_images(program.batch, members);
    return part;
}

std::vector<Launch> with_exchanges(std::vector<Launch> launches, const Program& program, Peers& peers) {
    if (program.phase != Phase::train) return launches;
    const bool local = program.local_statistics > 0;
    // what is joined where it is made, by launch, and what goes in buckets, by when it is ready
    std::map<int32_t, size_t> written;  // by value: the last launch that writes it
    size_t first_update = launches.size();
    for (size_t i = 0; i < launches.size(); ++i) {
        for (const ValueId id : operands_of_launch(launches[i], program).writes) written[id.index] = i;
        const auto& ops = launches[i].ops;
        if (first_update == launches.size() && !ops.empty() &&
            updates(program.ops[static_cast<size_t>(ops.front())]))
            first_update = i;
    }
    std::map<size_t, std::vector<Launch>> after;
    std::vector<Joined> joined;
    std::set<int32_t> done;
    const auto join = [&](ValueId id, bool mean) {
        if (id && done.insert(id.index).second) joined.push_back({id, mean});
    };
    for (const Op& op : program.ops) {
        if (const auto* forward = std::get_if<ops::BatchNormStatistics>(&op)) {
            if (!local) {
                after[written.at(forward->mean.index)].push_back(make_moments(*forward, program, peers));
                continue;
            }
            join(forward->running_mean, true);
            join(forward->running_variance, true);
        } else if (const auto* backward = std::get_if<ops::BatchNormBackwardReduce>(&op);
                   backward && !local) {
            const ValueId any = backward->dweight ? backward->dweight : backward->dbias;
            after[written.at(any.index)].push_back(make_norm_sums(*backward, program, peers));
            for (const ValueId id : {backward->dweight, backward->dbias})
                if (id) done.insert(id.index);
        }
    }
    for (const Op& op : program.ops) {
        if (!updates(op)) continue;
        for (const ValueId id : operands_of(op).reads)
            // not the factor of clipping, which comes of what is joined
            if (program.info(id).persistent < 0 && written.at(id.index) < first_update) join(id, false);
    }
    std::stable_sort(joined.begin(), joined.end(), [&](const Joined& a, const Joined& b) {
        return written.at(a.id.index) < written.at(b.id.index);
    });
    std::vector<int64_t> sizes;
    for (const Joined& one : joined) sizes.push_back(program.shape(one.id).count());
    const std::vector<Bucket> buckets = make_buckets(sizes, peers.size(), peers.bucket_floats);
    int64_t most = 0;
    for (const Bucket& bucket : buckets) most = std::max(most, bucket.floats(peers.size()));
    const auto memory =
                   std::make_shared<DeviceBuffer>(most * int64_t{sizeof(float)}, "a bucket of gradients"),
               received =
                   std::make_shared<DeviceBuffer>(most * int64_t{sizeof(float)}, "a bucket of gradients");
    // the gaps between parts stay 0
    if (most > 0)
        CNNLAB_CUDA(
            cudaMemsetAsync(memory->data(), 0, static_cast<size_t>(memory->bytes()), peers.stream->stream));
    for (const Bucket& bucket : buckets)
        after[written.at(joined[bucket.last].id.index)].push_back(
            make_exchange(bucket, joined, peers, memory, received));
    std::vector<Launch> all;
    for (size_t i = 0; i < launches.size(); ++i) {
        if (i == first_update) all.push_back(make_wait(peers));
        all.push_back(std::move(launches[i]));
        for (Launch& one : after[i]) all.push_back(std::move(one));
    }
    return all;
}

}  // namespace cnnlab::cuda
