#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cnnlab {

/// Whether a folder has any of a run's files.
[[nodiscard]] bool holds_a_run(const std::filesystem::path& path);
/// Throws Error (io) for a folder in which anything lies that is not hidden: what a run or a study writes is not put
/// among a person's own files. `option` is the one that names the folder.
void refuse_foreign(const std::filesystem::path& folder, const std::string& option);

/// The model of a run, by its folder or name, or a model's file by itself. Throws as RunFolder::open() does.
[[nodiscard]] std::filesystem::path model_named(const std::string& run_or_file);

/// Any name as the name of a folder: "lr 0.1" becomes "lr-0.1".
[[nodiscard]] std::string folder_name(std::string name);

/// The folder of one training run and the files in it.
class RunFolder {
  public:
    /// A new folder: `wanted`, or else runs/NAME, runs/NAME-2, … whichever is free. Throws Error (io) where it cannot
    /// be made or already holds a run that has begun. `option` is the one that names the folder.
    static RunFolder create(const std::string& name, const std::filesystem::path& wanted,
                            const std::string& option = "--run");
    /// An existing one, by its path or its name in runs/. Throws Error (missing_data) with the nearest name.
    static RunFolder open(const std::string& path_or_name);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path experiment() const { return path_ / "experiment.json"; }
    [[nodiscard]] std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
    [[nodiscard]] std::filesystem::path curves() const { return path_ / "curves.svg"; }
    [[nodiscard]] std::filesystem::path model() const { return path_ / "model.safetensors"; }
    [[nodiscard]] std::filesystem::path data() const { return path_ / "data.json"; }
    [[nodiscard]] std::filesystem::path checkpoint() const { return path_ / "checkpoint.safetensors"; }

    /// What frozen layers make of the images.
    [[nodiscard]] std::filesystem::path features() const { return path_ / "features.safetensors"; }

    /// Whether a training has begun here. A program that is killed while it writes the first checkpoint leaves an empty
    /// metrics.jsonl and none.
    [[nodiscard]] bool has_begun() const;
    /// Names of the classes that the run was trained with; none where its files do not tell.
    [[nodiscard]] std::vector<std::string> classes() const;
    /// Removes what a program that was killed while it wrote has left. Only who holds the lock of metrics.jsonl may.
    void remove_leftovers() const;

    /// Removes the folder if it is empty: nothing was worth keeping.
    void remove_if_empty() const;

  private:
    explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace cnnlab
