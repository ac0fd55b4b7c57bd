"""Makes `models/weights/efficientnet-lite0.int8.onnx`, the network that looks at photos in whole numbers of 8 bits.

    python -m venv <folder>; <folder>/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 pillow numpy
    <folder>/bin/python build/quantise_efficientnet.py <folder of photos>... [--photos 64] [--out <file.onnx>]

The photos only tell how large the numbers between the layers become; take a mixed lot. None of them, nor anything that could be
traced to one, is in the file: a scale and a zero for each layer, that is all.

1. Batch normalisation is folded into the weights of its convolution. The classifier goes: nothing here asks for classes.
2. Biases take up what rounding the weights does to the mean of each channel (Nagel et al. 2019, "Data-Free Quantization Through
   Weight Equalization and Bias Correction", section 4.2, with means that were measured instead of derived). It halves the error.
3. onnxruntime's static quantisation: activations uint8 by their smallest and largest value, weights int8 by output channel, as
   QuantizeLinear and DequantizeLinear around float operators. Weights keep to 7 bits: processors without VNNI add two products in
   16 bits, which would run over with 8. Pooling is in float, so that features are as fine as they were.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from PIL import Image, ImageOps

WEIGHTS = Path(__file__).parent.parent / "models" / "weights"
# Largest weight in 7 bits, as onnxruntime's `reduce_range` has it.
LARGEST = 64
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


def network_side(length):
    return max(128, round(length / 32) * 32)


def network_input(path):
    """The photo as `networkSize` and `imageTensor` of `native` make it: [1, 3, height, width]."""
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    ratio = min(2, max(0.5, photo.width / photo.height))
    size = (network_side(256 * ratio**0.5), network_side(256 / ratio**0.5))
    pixels = np.asarray(photo.resize(size, Image.Resampling.BICUBIC), np.float32)
    return ((pixels - 127) / 128).transpose(2, 0, 1)[None]


def chosen(folders, count):
    """As many photos of each folder, evenly spread over their names."""
    photos = []
    for folder in folders:
        own = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in PICTURES)
        if not own:
            raise SystemExit(f"{folder}: no photos (JPEG, PNG or WebP) are in it.")
        share = min(len(own), max(1, count // len(folders)))
        photos += [own[index * len(own) // share] for index in range(share)]
    return photos


def folded(path):
    """The network from `image` to `features`, its batch normalisation in its weights."""
    model = onnx.load(path)
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    following = {node.input[0]: node for node in model.graph.node if node.op_type == "BatchNormalization"}
    nodes, kept = [], {}
    for node in model.graph.node:
        if node.op_type in ("BatchNormalization", "Gemm"):
            continue
        if node.op_type == "Conv":
            norm = following[node.output[0]]
            epsilon = next(attribute.f for attribute in norm.attribute if attribute.name == "epsilon")
            scale, bias, mean, variance = (weights[name].astype(np.float64) for name in norm.input[1:])
            factor = scale / np.sqrt(variance + epsilon)
            weight, shift = node.input[1], node.input[1].replace(".weight", ".bias")
            kept[weight] = (weights[weight] * factor[:, None, None, None]).astype(np.float32)
            kept[shift] = (bias - mean * factor).astype(np.float32)
            node.input[:] = [node.input[0], weight, shift]
            node.output[:] = [norm.output[0]]
        kept |= {name: weights[name] for name in node.input if name in weights and name not in kept}
        node.name = node.output[0]
        nodes.append(node)
    graph = helper.make_graph(
        nodes,
        "efficientnet-lite0",
        model.graph.input,
        [output for output in model.graph.output if output.name == "features"],
        [numpy_helper.from_array(values, name) for name, values in kept.items()],
    )
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


def convolutions(model):
    return [node for node in model.graph.node if node.op_type == "Conv"]


def input_means(model, photos):
    """The mean of each channel of what each convolution reads."""
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    names = sorted({node.input[0] for node in convolutions(model)} - {"image"})
    probed.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(probed.SerializeToString(), providers=["CPUExecutionProvider"])
    sums = {}
    for photo in photos:
        image = network_input(photo)
        for name, values in zip(["image", *names], [image, *session.run(names, {"image": image})]):
            sums[name] = sums.get(name, 0) + values.mean((0, 2, 3)) / len(photos)
    return sums


def correct_biases(model, means):
    """Adds to each bias what rounding takes from the mean of its channel."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in convolutions(model):
        weight, bias = (numpy_helper.to_array(tensors[name]) for name in node.input[1:])
        largest = np.abs(weight).max((1, 2, 3), keepdims=True)
        scale = np.maximum(largest, 1e-12) / LARGEST
        lost = (weight - np.round(weight / scale) * scale).sum((2, 3))
        mean = means[node.input[0]]
        # Each channel of a depthwise convolution reads the one of its own.
        taken = lost[:, 0] * mean if weight.shape[1] == 1 else lost @ mean
        tensors[node.input[2]].CopyFrom(numpy_helper.from_array((bias + taken).astype(np.float32), node.input[2]))


class Photos(CalibrationDataReader):
    def __init__(self, photos):
        self.photos = iter(photos)

    def get_next(self):
        photo = next(self.photos, None)
        return None if photo is None else {"image": network_input(photo)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--photos", type=int, default=64)
    parser.add_argument("--out", default=WEIGHTS / "efficientnet-lite0.int8.onnx")
    options = parser.parse_args()
    photos = chosen(options.folders, options.photos)
    model = folded(WEIGHTS / "efficientnet-lite0.onnx")
    correct_biases(model, input_means(model, photos))
    with tempfile.TemporaryDirectory() as folder:
        corrected = Path(folder) / "corrected.onnx"
        onnx.save(model, corrected)
        quantize_static(
            corrected,
            options.out,
            Photos(photos),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=["pool", "features"],
        )
    onnx.checker.check_model(onnx.load(options.out))
    print(f"{len(photos)} photos, written to {options.out} ({Path(options.out).stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
