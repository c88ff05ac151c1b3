#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/model/experiment.hpp"

namespace cnnlab {

/// An experiment that is trained in several variants, each with several seeds. As JSON:
///
///     {"name": "kernel-size", "title": "…", "experiment": "fashion-cnn", "set": ["train.epochs=3"],
///      "vary": {"model.layers.0.kernel": [3, 5, 7]}, "variants": [{"name": "dense", "experiment": "fashion-dense"}],
///      "seeds": 3}
///
/// "vary" makes a variant of every combination of its values, with "+" between fields that change together:
/// {"model.layers.0.kernel+model.layers.3.kernel": [3, 5]}. "variants" lists others, by name, each with fields to set
/// and perhaps an experiment of its own. Seeds are 1, 2, …: a seed gives each variant the same order of images and,
/// where shapes agree, the same initial weights, so that variants are compared pair by pair.
struct StudyVariant {
    static constexpr std::string_view key = "variant";
    std::string name;
    std::string experiment;  ///< empty: the study's
    std::vector<std::string> set;

    static constexpr auto fields() {
        using V = StudyVariant;
        return std::tuple{field("name", &V::name, "what tables and charts call it").must(),
                          field("experiment", &V::experiment, "instead of the study's: a name or a file"),
                          field("set", &V::set, "fields to change, as \"optimizer.lr=0.01\"")};
    }
};

struct Study {
    static constexpr std::string_view key = "study";
    std::string name, title, experiment;
    std::vector<std::string> set;
    std::vector<StudyVariant> variants;  ///< those of "vary" first
    int seeds = 1;

    static constexpr auto fields() {
        using S = Study;
        return std::tuple{field("name", &S::name, "what its folder is called").must(),
                          field("title", &S::title, "a line for people"),
                          field("experiment", &S::experiment, "a name or a file").must(),
                          field("set", &S::set, "fields to change in every variant"),
                          field("variants", &S::variants, "besides those of \"vary\""),
                          field("seeds", &S::seeds, "how often each variant is trained", 1, 1000)};
    }

    /// Reads the JSON above. Throws Error with the field.
    [[nodiscard]] static Study parse(const Json& json);
    [[nodiscard]] Json to_json() const;
    /// Adds variants for each combination of the values of paths, and of the study's variants so far.
    void vary(const std::string& path, const std::vector<std::string>& values);
};

/// The experiment of a variant, where it comes with the program, with the study's and its own settings. Throws Error.
[[nodiscard]] Experiment variant_experiment(const Study& study, size_t variant);

/// The studies that come with the program.
[[nodiscard]] std::vector<std::string> study_names();
/// Throws Error (unknown_name).
[[nodiscard]] Json study_json(const std::string& name);

}  // namespace cnnlab
