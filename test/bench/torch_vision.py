"""PyTorch's side of vision.ts: runs the same ONNX files, and answers each line of standard input with photos per second.

    python3 -m venv <folder> && <folder>/bin/pip install torch onnx

A request is a line of JSON: file (an ONNX network from `image` to `features`), task ("inference" or "training", with all weights
trained by Adam), side in pixels, batch, seconds. Batch normalisation keeps its statistics, as in Photolex. Both memory layouts of PyTorch are tried, and the faster one counts.
"""

import json
import sys
from time import perf_counter

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class Network(torch.nn.Module):
    """Runs the operators of an ONNX graph; its floating point initializers are the parameters."""

    def __init__(self, file):
        super().__init__()
        graph = onnx.load(file).graph
        self.nodes = [
            (node.op_type, list(node.input), node.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute})
            for node in graph.node
        ]
        self.constants = {}
        for tensor in graph.initializer:
            values = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            if values.is_floating_point() and values.ndim > 0:
                self.register_parameter(tensor.name.replace(".", "/"), torch.nn.Parameter(values))
            else:
                self.constants[tensor.name] = values

    def forward(self, image):
        values = {"image": image, "": None, **self.constants}
        values.update((name.replace("/", "."), parameter) for name, parameter in self.named_parameters())
        for operator, inputs, output, attributes in self.nodes:
            values[output] = OPERATORS[operator](attributes, *(values[name] for name in inputs))
        return values["features"]


def padding_of(attributes, x, window):
    """Pixels above, left, below and right of an image whose window is so high and wide."""
    if attributes.get("auto_pad", b"NOTSET") != b"SAME_UPPER":
        return attributes.get("pads") or (0, 0, 0, 0)
    sizes = zip(x.shape[2:], window, attributes.get("strides", [1, 1]))
    high, wide = (max(0, (-(-size // stride) - 1) * stride + kernel - size) for size, kernel, stride in sizes)
    return high // 2, wide // 2, high - high // 2, wide - wide // 2


def convolution(attributes, x, weight, bias=None):
    top, left, bottom, right = padding_of(attributes, x, weight.shape[2:])
    if (top, left) == (bottom, right):
        padding = (top, left)
    else:
        x, padding = F.pad(x, (left, right, top, bottom)), 0
    return F.conv2d(x, weight, bias, attributes.get("strides", 1), padding, 1, attributes.get("group", 1))


def maximum(attributes, x):
    top, left, bottom, right = padding_of(attributes, x, attributes["kernel_shape"])
    x = F.pad(x, (left, right, top, bottom), value=float("-inf"))
    return F.max_pool2d(x, attributes["kernel_shape"], attributes["strides"], ceil_mode=bool(attributes.get("ceil_mode", 0)))


OPERATORS = {
    "Conv": convolution,
    "BatchNormalization": lambda attributes, x, scale, shift, mean, variance: F.batch_norm(
        x, mean.detach(), variance.detach(), scale, shift, False, 0.0, attributes.get("epsilon", 1e-5)
    ),
    "Relu": lambda attributes, x: F.relu(x),
    "Clip": lambda attributes, x, low=None, high=None: torch.clamp(x, low, high),
    "Add": lambda attributes, x, y: x + y,
    "GlobalAveragePool": lambda attributes, x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda attributes, x: x.flatten(1),
    "MaxPool": maximum,
    "Concat": lambda attributes, *parts: torch.cat(parts, attributes["axis"]),
    "LRN": lambda attributes, x: F.local_response_norm(
        x, attributes["size"], attributes["alpha"], attributes["beta"], attributes.get("bias", 1.0)
    ),
    "Dropout": lambda attributes, x, *rest: x,
}

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def wait():
    if device.type == "cuda":
        torch.cuda.synchronize()


def photos_per_second(request, layout):
    network = Network(request["file"]).to(device).to(memory_format=layout)
    batch, side = request["batch"], request["side"]
    image = torch.randn(batch, 3, side, side, device=device).to(memory_format=layout)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-6)

    def step():
        if request["task"] == "inference":
            with torch.inference_mode():
                network(image)
        else:
            optimiser.zero_grad()
            network(image).sum().backward()
            optimiser.step()
        wait()

    step()
    started, steps = perf_counter(), 0
    while perf_counter() - started < request["seconds"]:
        step()
        steps += 1
    return steps * batch / (perf_counter() - started)


name = torch.cuda.get_device_name() if device.type == "cuda" else f"processor, {torch.get_num_threads()} threads"
print(json.dumps({"torch": torch.__version__, "device": name}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    speeds = [photos_per_second(request, layout) for layout in (torch.contiguous_format, torch.channels_last)]
    print(json.dumps({"photosPerSecond": max(speeds)}), flush=True)
