#include "native/answer/counters.hpp"

#include <algorithm>

#include "engine/core/spec.hpp"

namespace cnnlab {

namespace {

const std::vector<double> second_bounds{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

std::string head(const std::string& name, const std::string& type, const std::string& help) {
    return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string line(const std::string& name, const std::string& labels, const std::string& value) {
    return name + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
}

std::string label(const std::string& name, const std::string& value) { return name + "=\"" + value + "\""; }

}  // namespace

void Histogram::add(double value) {
    const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    if (bound != bounds_.end()) ++counts_[static_cast<size_t>(bound - bounds_.begin())];
    ++count_;
    sum_ += value;
}

std::string Histogram::lines(const std::string& name, const std::string& labels) const {
    const std::string first = labels.empty() ? "" : labels + ",";
    std::string text;
    int64_t below = 0;
    for (size_t i = 0; i < bounds_.size(); ++i) {
        below += counts_[i];
        text += line(name + "_bucket", first + label("le", number_text(bounds_[i])), std::to_string(below));
    }
    return text + line(name + "_bucket", first + label("le", "+Inf"), std::to_string(count_)) +
           line(name + "_sum", labels, json_number(sum_).dump()) +
           line(name + "_count", labels, std::to_string(count_));
}

void Counters::add_request(const std::string& route, int status, double seconds) {
    const std::lock_guard lock(mutex_);
    ++requests_[{route, status}];
    seconds_.try_emplace(route, second_bounds).first->second.add(seconds);
}

void Counters::add_batch(size_t images) {
    const std::lock_guard lock(mutex_);
    batches_.add(static_cast<double>(images));
    images_ += static_cast<int64_t>(images);
}

int64_t Counters::requests() const {
    const std::lock_guard lock(mutex_);
    int64_t sum = 0;
    for (const auto& [what, count] : requests_) sum += count;
    return sum;
}

std::string Counters::text(size_t waiting) const {
    const std::lock_guard lock(mutex_);
    std::string text = head("cnnlab_requests_total", "counter", "Requests by path and status.");
    for (const auto& [what, count] : requests_)
        text += line("cnnlab_requests_total",
                     label("path", what.first) + "," + label("status", std::to_string(what.second)),
                     std::to_string(count));
    text += head("cnnlab_request_seconds", "histogram", "Time from a request's last header to its answer.");
    for (const auto& [route, seconds] : seconds_)
        text += seconds.lines("cnnlab_request_seconds", label("path", route));
    text += head("cnnlab_images_total", "counter", "Images that the network has seen.") +
            line("cnnlab_images_total", "", std::to_string(images_));
    text += head("cnnlab_batch_images", "histogram", "Images that ran together.") +
            batches_.lines("cnnlab_batch_images");
    text += head("cnnlab_queue_images", "gauge", "Images that wait.") +
            line("cnnlab_queue_images", "", std::to_string(waiting));
    return text + head("cnnlab_connections", "gauge", "Connections that are open.") +
           line("cnnlab_connections", "", std::to_string(connections.load()));
}

}  // namespace cnnlab
