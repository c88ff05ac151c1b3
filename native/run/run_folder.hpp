#pragma once

#include <filesystem>
#include <string>

namespace cnnlab {

/// The folder of one training run and the files in it.
class RunFolder {
  public:
    /// A new folder: `wanted`, or else runs/NAME, runs/NAME-2, … whichever is free. Throws Error (io) where it cannot
    /// be made or already holds a run.
    static RunFolder create(const std::string& name, const std::filesystem::path& wanted);
    /// An existing one, by its path or its name in runs/. Throws Error (missing_data) with the nearest name.
    static RunFolder open(const std::string& path_or_name);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path experiment() const { return path_ / "experiment.json"; }
    [[nodiscard]] std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
    [[nodiscard]] std::filesystem::path curves() const { return path_ / "curves.svg"; }
    [[nodiscard]] std::filesystem::path model() const { return path_ / "model.safetensors"; }
    [[nodiscard]] std::filesystem::path checkpoint() const { return path_ / "checkpoint.safetensors"; }

    /// Removes the folder if it is empty: nothing was worth keeping.
    void remove_if_empty() const;

  private:
    explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace cnnlab
