#pragma once

#include <span>
#include <string_view>

/// Files compiled into the library by cmake/embed.cmake, in order of their names. The texts end with a zero byte
/// that their size does not count.
namespace cnnlab::embedded {

struct File {
    std::string_view name;  ///< an experiment's file name without .json, a data set's folder
    std::string_view text;
};

/// engine/experiments/*.json
std::span<const File> experiments();

/// engine/studies/*.json
std::span<const File> studies();

/// engine/networks/*.json; none in a page's module
std::span<const File> networks();

/// datasets/*/card.json
std::span<const File> dataset_cards();

}  // namespace cnnlab::embedded
