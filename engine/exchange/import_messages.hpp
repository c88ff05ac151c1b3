#pragma once

#include "engine/core/message.hpp"

namespace cnnlab {

/// What is said of networks that other programs have made, by key, beside the other messages
/// (engine/core/messages.hpp). A reason stands after a node's name.
inline constexpr Sentence import_sentences[] = {
    {"import.no_model", "is no ONNX model, or a damaged one"},
    {"import.get_again", "get the file again"},
    {"import.tensor_bytes", "has {given} bytes for a tensor of shape {shape} that needs {wanted}"},
    {"import.tensor_shape", "has a tensor of shape {shape}, which no file of this size holds"},
    {"import.tensor_type", "has a tensor of a type that is not read here"},
    {"import.outside", "names a file outside its folder: {name}"},
    {"import.beside", "put the file beside the model"},
    {"import.no_files", "keeps its weights in another file, {name}"},
    {"import.one_graph", "gives \"{name}\" twice"},
    {"import.opset", "is of opset {opset}; opsets from {least} to {most} are read here"},
    {"import.convert", "export it with another opset"},
    {"import.inputs",
     "has {count, plural, one {# input} other {# inputs}} that its weights do not fill: {names}"},
    {"import.one_input", "give a network with one input, the images"},
    {"import.image_rank", "has an input of {rank} axes instead of batch, channels, height and width"},
    {"import.image_size", "does not say how large its images are"},
    {"import.give_size", "give it with --size HEIGHTxWIDTH"},
    {"import.image_large",
     "takes images of {shape}; up to 4096×4096 pixels with 16 channels can be read here"},
    {"import.outputs", "has several outputs: {names}"},
    {"import.choose_output", "choose one with --output NAME"},
    {"import.no_output", "gives no value \"{name}\""},
    {"import.refused",
     "has {count, plural, one {# node that is} other {# nodes that are}} not understood: {list}"},
    {"import.refused_remedy",
     "change the network so that it does without, or take a part of it with --output NAME, a value before "
     "them"},
    {"import.node", "{op} \"{name}\" {reason}"},
    {"import.and", "{before}; {node}"},
    {"import.more", "{before}; and {count} more"},
    {"import.map_left", "gives {shape} an image instead of a row of numbers"},
    {"import.end_row", "choose an output that has a number for each class"},
    {"import.order_left", "gives its numbers in an order that no layer here has"},
    {"import.nothing", "gives what it was given"},
    {"import.classes", "has {outputs} outputs, and {classes} names of classes are given"},
    {"import.classes_remedy", "give one name an output"},
    {"import.weights_large", "uses its weights so often that they would take {bytes} bytes"},
    {"import.smaller", "give a smaller network"},
    {"import.nodes", "has more than {most} nodes"},
    {"import.not_finite", "{name} has numbers that are not finite"},
    {"import.per_channel", "has {given} numbers for {wanted} channels"},

    {"import.no_layer", "is an operation that no layer here does"},
    {"import.domain", "is no operation of the standard, but of \"{domain}\""},
    {"import.no_value", "reads \"{name}\", which nothing before it gives"},
    {"import.few_inputs", "lacks an input"},
    {"import.subgraph", "has a graph inside"},
    {"import.not_constant", "has weights that are computed from the images"},
    {"import.constant_only", "computes with constants alone in a way that is not followed here"},
    {"import.weight_shape", "has weights of shape {shape}"},
    {"import.rank", "works on {rank} axes: only batch, channels, height and width are known here"},
    {"import.layout", "works on axes in an order that no layer here has"},
    {"import.batch", "moves or joins the images of a batch"},
    {"import.splits", "makes {shape} of axes that it splits"},
    {"import.both_pads", "has pads beside auto_pad {word}, which has no single meaning"},
    {"import.auto_pad", "has an auto_pad {word}, which the standard does not have"},
    {"import.negative_pads", "has negative pads"},
    {"import.pad_mode", "pads by {mode}, not by zeros"},
    {"import.pad_axes", "pads other axes than height and width"},
    {"import.pool_dilation", "takes the mean of values that lie apart, and leaves padding out of it"},
    {"import.pool_indices", "gives indices too"},
    {"import.of_training", "is of an export for training, and means something else there"},
    {"import.spatial", "normalises each position by itself"},
    {"import.transposed", "transposes the images of a batch"},
    {"import.two_values", "multiplies two values that depend on the image"},
    {"import.other_shape", "joins values of different shapes, {one} and {other}"},
    {"import.positions", "has a constant of its own for each position"},
    {"import.softmax_axis", "is not taken over the channels"},
    {"import.reduce_axes", "is not taken over height and width"},
    {"import.concat_axis", "joins another axis than the channels"},
    {"import.gelu", "approximates by {word}"},
    {"import.slope", "has a slope for each channel"},
    {"import.resize", "resizes in a way that no layer here does: {word}"},
    {"import.scales",
     "makes {to} of {from} pixels by its scales: layers here resize to whole numbers of pixels"},
    {"import.long_list", "takes {count} numbers where a node has up to {most}"},
    {"import.cast", "turns the images' values into another type"},
    {"import.bound", "has no bounds that a layer here has"},
    {"import.too_large", "makes a value that is too large: {shape}"},
    {"import.window", "has a window that does not fit: {shape}"},
    {"import.groups", "has {groups} groups for {inputs} channels and {outputs} filters"},

    {"import.note_overhang",
     "{op} \"{name}\" counts padding, but no pixels beyond it, in windows that reach over the edge, as the "
     "standard "
     "has it. ONNX Runtime up to 1.23 divides by whole windows where the opset is 18 or older"},
    {"import.note_softmax", "The softmax at the end belongs to the loss here: the network gives logits"},
    {"import.note_sigmoid", "The sigmoid at the end belongs to the loss here: the network gives logits"},

    {"import.no_state", "is no state dict that PyTorch 1.6 or later writes, or a damaged one"},
    {"import.opcode", "has the opcode {opcode} at byte {at} of its pickle, which no state dict has"},
    {"import.whole_module", "holds Python objects, {name} among them, not tensors alone"},
    {"import.torch_script", "is a program of TorchScript, not tensors alone"},
    {"import.save_state",
     "save its tensors in Python, where you trust the file: import torch; torch.save(torch.load(\"{file}\", "
     "weights_only=False).state_dict(), \"weights.pth\")"},
    {"import.no_tensors", "has no tensors by name, but {names}"},
    {"import.give_state", "save the state dict alone: torch.save(model.state_dict(), \"weights.pth\")"},
    {"import.missing", "{name} is missing"},
    {"import.other_size", "{name} is {given} instead of {wanted}"},
    {"import.no_place", "{name} has no place"},
    {"import.not_fitting", "does not fit the network: {list}"},
    {"import.right_network", "give the network that the tensors belong to"},
};

/// As say() of engine/core/messages.hpp: say_import("import.no_layer").
template <class... Args>
[[nodiscard]] Message say_import(SentenceOf<import_sentences, std::type_identity_t<Args>...> id,
                                 const Args&... args) {
    return fill(*id.sentence, args...);
}

}  // namespace cnnlab
