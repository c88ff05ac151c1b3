#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of files among people's images, by key, beside the other messages (engine/core/messages.hpp).
inline constexpr Sentence file_sentences[] = {
    {"unused.of_no_set", "is none of the files of this data set"},
    {"unused.archive", "is an archive beside other files: unpack it, or give it by itself"},
    {"unused.link",
     "is a link in an archive, which is not followed: unpack the archive, and give the folder"},
    {"unused.table_unlabelled", "has no column for the label, so nobody knows what its images show"},
    {"table.columns_used", "{table}: the labels are in its column {label}; not used: {others}"},
    {"table.split_column", "{table}: its column {column} says which are training and which test images"},
    {"table.not_found", "not found: {names}"},
    {"table.unlabelled",
     "{table} names {pictures, plural, one {# picture} other {# pictures}} without a label: {names}"},
    {"table.unused",
     "holds no folders of classes, and {table} does not say what the pictures show: it names {named} of "
     "{pictures, plural, one {# picture} other {# pictures}}, and has {labels, plural, one {# column} other "
     "{# "
     "columns}} that may be the labels"},
    {"table.give_columns",
     "give a column with the names of the files, and one named label with a class for each of them"},
    {"table.empty_label", "line {line} has no label"},
    {"table.other_columns", "has {pixels} pixels a line, which make no square; {columns} may be none"},
    {"table.leave_out", "leave out what is no pixel, but for the label"},
    {"classes.alike", "{name} and {other} are two classes whose names look alike"},
    {"files.some_batches", "only {here} of its {all} files of training images are there"},
    {"folder.field_unused", "the field {field} of the data set is of no use for these images"},
};

/// As say() of engine/core/messages.hpp: say_file("unused.archive").
template <class... Args>
[[nodiscard]] Message say_file(SentenceOf<file_sentences, std::type_identity_t<Args>...> id,
                               const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
