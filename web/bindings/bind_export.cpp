#include <emscripten/bind.h>

#include "engine/drawing/network_svg.hpp"
#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/keras_code.hpp"
#include "engine/exchange/npz.hpp"
#include "engine/exchange/onnx.hpp"
#include "engine/exchange/tfjs.hpp"
#include "engine/exchange/torch_code.hpp"
#include "engine/exchange/torch_file.hpp"
#include "web/bindings/values.hpp"

/// Trained networks in the formats of other programs.
namespace cnnlab::web {

namespace {

val part(const std::string& name, std::span<const uint8_t> bytes) {
    val one = val::object();
    one.set("name", name);
    one.set("bytes", copy_out("Uint8Array", bytes));
    return one;
}

val parts_of(const std::vector<ArchivePart>& all) {
    val list = val::array();
    for (const ArchivePart& one : all) list.call<void>("push", part(one.name, one.bytes));
    return list;
}

std::span<const uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

SavedModel saved(const val& bytes) { return read_saved_model(copy_in<uint8_t>(bytes), "model.safetensors"); }

/// As the command line writes it; `fold`: batch norm is taken into the convolution before it.
val export_onnx(const val& bytes, bool fold) {
    return guarded([&] {
        const std::string file = write_onnx(saved(bytes), {.fold = fold});
        return copy_out("Uint8Array", bytes_of(file));
    });
}

val export_safetensors(const val& bytes) {
    return guarded([&] {
        const std::vector<uint8_t> file = write_safetensors(torch_tensors(saved(bytes)));
        return copy_out("Uint8Array", std::span<const uint8_t>(file));
    });
}

/// [{name, bytes}]: what a .pth file is an archive of.
val export_pth(const val& bytes) {
    return guarded([&] { return parts_of(torch_file_parts(torch_tensors(saved(bytes)))); });
}

val export_code(const val& bytes, const std::string& weights_file) {
    return guarded([&] { return val(torch_code(saved(bytes), weights_file)); });
}

/// [{name, bytes}]: model.json, and the file of weights that it names.
val export_tfjs(const val& bytes) {
    return guarded([&] {
        const TfjsModel made = write_tfjs(saved(bytes));
        val files = val::array();
        files.call<void>("push", part("model.json", bytes_of(made.json)));
        files.call<void>("push", part(TfjsModel::weights_file, made.weights));
        return files;
    });
}

/// {code, weights}: a program, and the files of which its .npz is an archive.
val export_keras(const val& bytes, const std::string& weights_file) {
    return guarded([&] {
        const KerasProgram program = keras_code(saved(bytes), weights_file);
        val made = val::object();
        made.set("code", program.code);
        made.set("weights", parts_of(npz_parts(program.weights)));
        return made;
    });
}

/// The network as a picture, with these words for the images and the parameters.
val export_svg(const val& bytes, const std::string& input, const std::string& parameters) {
    return guarded([&] {
        const SavedModel model = saved(bytes);
        const ImageShape& image = model.card.image;
        return val(network_svg(model.compiled().layers, {image.height, image.width, image.channels},
                               model.experiment.name, {input, parameters}));
    });
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_export) {
    using emscripten::function;
    function("exportOnnx", &export_onnx);
    function("exportSafetensors", &export_safetensors);
    function("exportPth", &export_pth);
    function("exportCode", &export_code);
    function("exportTfjs", &export_tfjs);
    function("exportKeras", &export_keras);
    function("exportSvg", &export_svg);
}

}  // namespace cnnlab::web
