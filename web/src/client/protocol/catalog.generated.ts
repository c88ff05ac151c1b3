/** Made by ./lab generate (tests/protocol/page_catalog.cpp): fields, ranges, defaults and help. */
import type { Catalog } from './generated.js';

export const catalog: Catalog = {
 "layers": [
  {
   "type": "conv2d",
   "fields": [
    {
     "name": "out_channels",
     "key": "conv2d.out_channels",
     "help": "number of filters; 0: as many as inputs",
     "kind": "integer",
     "default": 1,
     "required": true,
     "min": 0.0,
     "max": 65536.0
    },
    {
     "name": "kernel",
     "key": "conv2d.kernel",
     "help": "height and width of the filters",
     "kind": "integer",
     "default": 3,
     "required": false,
     "min": 1.0,
     "max": 1024.0
    },
    {
     "name": "stride",
     "key": "conv2d.stride",
     "help": "how far the window moves",
     "kind": "integer",
     "default": 1,
     "required": false,
     "min": 1.0,
     "max": 1024.0
    },
    {
     "name": "padding",
     "key": "conv2d.padding",
     "help": "zeros around the image: a number, [top, left, bottom, right], \"same\", \"valid\" or \"same_upper\"",
     "kind": "json",
     "default": 0,
     "required": false
    },
    {
     "name": "dilation",
     "key": "conv2d.dilation",
     "help": "distance between the taps of a filter",
     "kind": "integer",
     "default": 1,
     "required": false,
     "min": 1.0,
     "max": 1024.0
    },
    {
     "name": "groups",
     "key": "conv2d.groups",
     "help": "independent groups of channels; 0: one group a channel (depthwise)",
     "kind": "integer",
     "default": 1,
     "required": false,
     "min": 0.0,
     "max": 65536.0
    },
    {
     "name": "bias",
     "key": "conv2d.bias",
     "help": "add a learned number to each output channel",
     "kind": "boolean",
     "default": true,
     "required": false
    },
    {
     "name": "init",
     "key": "conv2d.init",
     "help": "how the weights start",
     "kind": "json",
     "default": {
      "type": "kaiming_uniform",
      "a": 2.236068,
      "scale": 0.1,
      "deviation": 0,
      "images": 5000,
      "eps": 0.0005
     },
     "required": false
    },
    {
     "name": "bias_init",
     "key": "conv2d.bias_init",
     "help": "how the bias starts",
     "kind": "json",
     "default": {
      "type": "kaiming_uniform",
      "a": 2.236068,
      "scale": 0.1,
      "deviation": 0,
      "images": 5000,
      "eps": 0.0005
     },
     "required": false
    }
   ]
  },
  {
   "type": "dense",
   "fields": [
    {
     "name": "out_features",
     "key": "dense.out_features",
     "help": "number of outputs",
     "kind": "integer",
     "default": 1,
     "required": true,
     "min": 1.0,
     "max": 1048576.0
    },
    {
     "name": "bias",
     "key": "dense.bias",
     "help": "add a learned number to each output",
     "kind": "boolean",
     "default": true,
     "required": false
    },
    {
     "name": "init",
     "key": "dense.init",
     "help": "how the weights start",
     "kind": "json",
     "default": {
      "type": "kaiming_uniform",
      "a": 2.236068,
      "scale": 0.1,
      "deviation": 0,
      "images": 5000,
      "eps": 0.0005
     },
     "required": false
    },
    {
     "name": "bias_init",
     "key": "dense.bias_init",
     "help": "how the bias starts",
     "kind": "json",
     "default": {
      "type": "kaiming_uniform",
      "a": 2.236068,
      "scale": 0.1,
      "deviation": 0,
      "images": 5000,
      "eps": 0.0005
     },
     "required": false
    }
   ]
  },
  {
   "type": "batch_norm",
   "fields": [
    {
     "name": "momentum",
     "key": "batch_norm.momentum",
     "help": "share of the new batch in the running statistics",
     "kind": "number",
     "default": 0.1,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "eps",
     "key": "batch_norm.eps",
     "help": "added to the variance",
     "kind": "number",
     "default": 1e-05,
     "required": false,
     "min": 0.0,
     "max": 1.0
    }
   ]
  },
  {
   "type": "relu",
   "fields": []
  },
  {
   "type": "relu6",
   "fields": []
  },
  {
   "type": "leaky_relu",
   "fields": [
    {
     "name": "negative_slope",
     "key": "leaky_relu.negative_slope",
     "help": "slope below zero",
     "kind": "number",
     "default": 0.01,
     "required": false,
     "min": 1e-06,
     "max": 1.0
    }
   ]
  },
  {
   "type": "gelu",
   "fields": []
  },
  {
   "type": "silu",
   "fields": []
  },
  {
   "type": "hard_swish",
   "fields": []
  },
  {
   "type": "sigmoid",
   "fields": []
  },
  {
   "type": "hard_sigmoid",
   "fields": []
  },
  {
   "type": "tanh",
   "fields": []
  },
  {
   "type": "softmax",
   "fields": []
  },
  {
   "type": "scale",
   "fields": [
    {
     "name": "factor",
     "key": "scale.factor",
     "help": "what everything is multiplied by",
     "kind": "number",
     "default": 1,
     "required": false,
     "min": -1000000.0,
     "max": 1000000.0
    }
   ]
  },
  {
   "type": "max_pool2d",
   "fields": [
    {
     "name": "kernel",
     "key": "max_pool2d.kernel",
     "help": "height and width of the window",
     "kind": "integer",
     "default": 2,
     "required": false,
     "min": 1.0,
     "max": 256.0
    },
    {
     "name": "stride",
     "key": "max_pool2d.stride",
     "help": "how far the window moves; 0: the kernel's size",
     "kind": "integer",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1024.0
    },
    {
     "name": "padding",
     "key": "max_pool2d.padding",
     "help": "padding around the image, which never wins",
     "kind": "json",
     "default": 0,
     "required": false
    },
    {
     "name": "dilation",
     "key": "max_pool2d.dilation",
     "help": "distance between the values of a window",
     "kind": "integer",
     "default": 1,
     "required": false,
     "min": 1.0,
     "max": 1024.0
    }
   ]
  },
  {
   "type": "avg_pool2d",
   "fields": [
    {
     "name": "kernel",
     "key": "avg_pool2d.kernel",
     "help": "height and width of the window",
     "kind": "integer",
     "default": 2,
     "required": false,
     "min": 1.0,
     "max": 256.0
    },
    {
     "name": "stride",
     "key": "avg_pool2d.stride",
     "help": "how far the window moves; 0: the kernel's size",
     "kind": "integer",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1024.0
    },
    {
     "name": "padding",
     "key": "avg_pool2d.padding",
     "help": "zeros around the image",
     "kind": "json",
     "default": 0,
     "required": false
    },
    {
     "name": "count_include_pad",
     "key": "avg_pool2d.count_include_pad",
     "help": "whether padding counts in the mean",
     "kind": "boolean",
     "default": true,
     "required": false
    }
   ]
  },
  {
   "type": "global_avg_pool",
   "fields": []
  },
  {
   "type": "global_max_pool",
   "fields": []
  },
  {
   "type": "dropout",
   "fields": [
    {
     "name": "p",
     "key": "dropout.p",
     "help": "share of values set to zero",
     "kind": "number",
     "default": 0.5,
     "required": false,
     "min": 0.0,
     "max": 0.99
    }
   ]
  },
  {
   "type": "flatten",
   "fields": []
  },
  {
   "type": "add",
   "fields": []
  },
  {
   "type": "concat",
   "fields": []
  },
  {
   "type": "resize",
   "fields": [
    {
     "name": "size",
     "key": "resize.size",
     "help": "height and width that the images get",
     "kind": "integer",
     "default": 32,
     "required": true,
     "min": 1.0,
     "max": 4096.0
    },
    {
     "name": "antialias",
     "key": "resize.antialias",
     "help": "shrink by means over the pixels in between, so that nothing flickers",
     "kind": "boolean",
     "default": false,
     "required": false
    }
   ]
  }
 ],
 "losses": [
  {
   "type": "cross_entropy",
   "fields": [
    {
     "name": "label_smoothing",
     "key": "cross_entropy.label_smoothing",
     "help": "share of the target spread evenly over all classes",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "reduction",
     "key": "cross_entropy.reduction",
     "help": "what gradients are of: the \"mean\" over a batch's images, or their \"sum\", as if the learning rate were multiplied, and L2 divided, by the batch",
     "kind": "choice",
     "default": "mean",
     "required": false,
     "choices": [
      "mean",
      "sum"
     ]
    }
   ]
  },
  {
   "type": "binary_cross_entropy",
   "fields": []
  },
  {
   "type": "mean_squared_error",
   "fields": []
  }
 ],
 "optimizers": [
  {
   "type": "sgd",
   "fields": [
    {
     "name": "lr",
     "key": "sgd.lr",
     "help": "learning rate",
     "kind": "number",
     "default": 0.01,
     "required": false,
     "min": 0.0,
     "max": 1000000.0
    },
    {
     "name": "momentum",
     "key": "sgd.momentum",
     "help": "share of the last step kept",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "weight_decay",
     "key": "sgd.weight_decay",
     "help": "L2 penalty, added to the gradient",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1000.0
    },
    {
     "name": "nesterov",
     "key": "sgd.nesterov",
     "help": "look ahead along the momentum",
     "kind": "boolean",
     "default": false,
     "required": false
    }
   ]
  },
  {
   "type": "adam",
   "fields": [
    {
     "name": "lr",
     "key": "adam.lr",
     "help": "learning rate",
     "kind": "number",
     "default": 0.001,
     "required": false,
     "min": 0.0,
     "max": 1000000.0
    },
    {
     "name": "beta1",
     "key": "adam.beta1",
     "help": "decay of the mean of gradients",
     "kind": "number",
     "default": 0.9,
     "required": false,
     "min": 0.0,
     "max": 0.9999999
    },
    {
     "name": "beta2",
     "key": "adam.beta2",
     "help": "decay of the mean of squared gradients",
     "kind": "number",
     "default": 0.999,
     "required": false,
     "min": 0.0,
     "max": 0.9999999
    },
    {
     "name": "eps",
     "key": "adam.eps",
     "help": "added to the denominator",
     "kind": "number",
     "default": 1e-08,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "weight_decay",
     "key": "adam.weight_decay",
     "help": "L2 penalty, added to the gradient",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1000.0
    }
   ]
  },
  {
   "type": "adamw",
   "fields": [
    {
     "name": "lr",
     "key": "adamw.lr",
     "help": "learning rate",
     "kind": "number",
     "default": 0.001,
     "required": false,
     "min": 0.0,
     "max": 1000000.0
    },
    {
     "name": "beta1",
     "key": "adamw.beta1",
     "help": "decay of the mean of gradients",
     "kind": "number",
     "default": 0.9,
     "required": false,
     "min": 0.0,
     "max": 0.9999999
    },
    {
     "name": "beta2",
     "key": "adamw.beta2",
     "help": "decay of the mean of squared gradients",
     "kind": "number",
     "default": 0.999,
     "required": false,
     "min": 0.0,
     "max": 0.9999999
    },
    {
     "name": "eps",
     "key": "adamw.eps",
     "help": "added to the denominator",
     "kind": "number",
     "default": 1e-08,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "weight_decay",
     "key": "adamw.weight_decay",
     "help": "shrinks the weights by lr times this",
     "kind": "number",
     "default": 0.01,
     "required": false,
     "min": 0.0,
     "max": 1000.0
    }
   ]
  },
  {
   "type": "rmsprop",
   "fields": [
    {
     "name": "lr",
     "key": "rmsprop.lr",
     "help": "learning rate",
     "kind": "number",
     "default": 0.01,
     "required": false,
     "min": 0.0,
     "max": 1000000.0
    },
    {
     "name": "alpha",
     "key": "rmsprop.alpha",
     "help": "decay of the mean of squared gradients",
     "kind": "number",
     "default": 0.99,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "eps",
     "key": "rmsprop.eps",
     "help": "added to the denominator",
     "kind": "number",
     "default": 1e-08,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "momentum",
     "key": "rmsprop.momentum",
     "help": "share of the last step kept",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "weight_decay",
     "key": "rmsprop.weight_decay",
     "help": "L2 penalty, added to the gradient",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1000.0
    }
   ]
  },
  {
   "type": "muon",
   "fields": [
    {
     "name": "lr",
     "key": "muon.lr",
     "help": "learning rate",
     "kind": "number",
     "default": 0.02,
     "required": false,
     "min": 1e-09,
     "max": 1000000.0
    },
    {
     "name": "momentum",
     "key": "muon.momentum",
     "help": "share of the last step kept",
     "kind": "number",
     "default": 0.95,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "weight_decay",
     "key": "muon.weight_decay",
     "help": "shrinks the weights by lr times this",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1000.0
    },
    {
     "name": "nesterov",
     "key": "muon.nesterov",
     "help": "look ahead along the momentum",
     "kind": "boolean",
     "default": true,
     "required": false
    },
    {
     "name": "norm_every",
     "key": "muon.norm_every",
     "help": "every so many steps scale a matrix of m rows to the norm √m; 0: never",
     "kind": "integer",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1000000.0
    },
    {
     "name": "norm_slowing",
     "key": "muon.norm_slowing",
     "help": "by how much that number has grown at the end",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1000000.0
    },
    {
     "name": "newton_steps",
     "key": "muon.newton_steps",
     "help": "iterations that make the update orthogonal",
     "kind": "integer",
     "default": 5,
     "required": false,
     "min": 1.0,
     "max": 100.0
    },
    {
     "name": "a",
     "key": "muon.a",
     "help": "factor on X in an iteration",
     "kind": "number",
     "default": 3.4445,
     "required": false,
     "min": -1000.0,
     "max": 1000.0
    },
    {
     "name": "b",
     "key": "muon.b",
     "help": "factor on X XᵀX",
     "kind": "number",
     "default": -4.775,
     "required": false,
     "min": -1000.0,
     "max": 1000.0
    },
    {
     "name": "c",
     "key": "muon.c",
     "help": "factor on X XᵀX XᵀX",
     "kind": "number",
     "default": 2.0315,
     "required": false,
     "min": -1000.0,
     "max": 1000.0
    },
    {
     "name": "other",
     "key": "muon.other",
     "help": "the optimizer of biases and of groups that ask for it",
     "kind": "json",
     "default": {
      "type": "adam",
      "lr": 0.001,
      "beta1": 0.9,
      "beta2": 0.999,
      "eps": 1e-08,
      "weight_decay": 0
     },
     "required": false
    }
   ]
  }
 ],
 "schedules": [
  {
   "type": "constant",
   "fields": []
  },
  {
   "type": "step",
   "fields": [
    {
     "name": "drops",
     "key": "step.drops",
     "help": "how often the rate drops, evenly over the training",
     "kind": "integer",
     "default": 2,
     "required": false,
     "min": 1.0,
     "max": 1000.0
    },
    {
     "name": "gamma",
     "key": "step.gamma",
     "help": "factor of each drop",
     "kind": "number",
     "default": 0.1,
     "required": false,
     "min": 0.0,
     "max": 1.0
    }
   ]
  },
  {
   "type": "cosine",
   "fields": [
    {
     "name": "floor",
     "key": "cosine.floor",
     "help": "factor at the end",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1.0
    }
   ]
  },
  {
   "type": "linear",
   "fields": [
    {
     "name": "floor",
     "key": "linear.floor",
     "help": "factor at the end",
     "kind": "number",
     "default": 0,
     "required": false,
     "min": 0.0,
     "max": 1.0
    }
   ]
  },
  {
   "type": "one_cycle",
   "fields": [
    {
     "name": "rise",
     "key": "one_cycle.rise",
     "help": "share of the training in which the rate rises",
     "kind": "number",
     "default": 0.3,
     "required": false,
     "min": 0.001,
     "max": 0.999
    },
    {
     "name": "div",
     "key": "one_cycle.div",
     "help": "starts at the learning rate divided by this",
     "kind": "number",
     "default": 25,
     "required": false,
     "min": 1.0,
     "max": 1000000000.0
    },
    {
     "name": "final_div",
     "key": "one_cycle.final_div",
     "help": "ends at the start divided by this",
     "kind": "number",
     "default": 10000,
     "required": false,
     "min": 1.0,
     "max": 1000000000.0
    }
   ]
  }
 ],
 "datasets": [
  {
   "type": "idx",
   "fields": []
  },
  {
   "type": "cifar10-binary",
   "fields": []
  },
  {
   "type": "lines",
   "fields": [
    {
     "name": "count",
     "key": "lines.count",
     "help": "training images",
     "kind": "integer",
     "default": 100,
     "required": false,
     "min": 1.0,
     "max": 100000.0
    },
    {
     "name": "size",
     "key": "lines.size",
     "help": "height and width in pixels",
     "kind": "integer",
     "default": 5,
     "required": false,
     "min": 3.0,
     "max": 64.0
    },
    {
     "name": "noise",
     "key": "lines.noise",
     "help": "uniform noise from 0 to this, where a line is 1",
     "kind": "number",
     "default": 0.2,
     "required": false,
     "min": 0.0,
     "max": 1.0
    },
    {
     "name": "thickness",
     "key": "lines.thickness",
     "help": "of the line, in pixels",
     "kind": "number",
     "default": 1,
     "required": false,
     "min": 0.1,
     "max": 64.0
    },
    {
     "name": "vertical_angles",
     "key": "lines.vertical_angles",
     "help": "degrees of the lines of class \"vertical\"",
     "kind": "json",
     "default": [
      90
     ],
     "required": false,
     "min": -360.0,
     "max": 360.0
    },
    {
     "name": "horizontal_angles",
     "key": "lines.horizontal_angles",
     "help": "degrees of the lines of class \"horizontal\"",
     "kind": "json",
     "default": [
      0
     ],
     "required": false,
     "min": -360.0,
     "max": 360.0
    },
    {
     "name": "seed",
     "key": "lines.seed",
     "help": "of the noise",
     "kind": "integer",
     "default": 0,
     "required": false
    }
   ]
  },
  {
   "type": "folder",
   "fields": [
    {
     "name": "size",
     "key": "folder.size",
     "help": "height and width that every image is brought to, in pixels",
     "kind": "integer",
     "default": 32,
     "required": false,
     "min": 4.0,
     "max": 1024.0
    },
    {
     "name": "grey",
     "key": "folder.grey",
     "help": "one channel instead of three",
     "kind": "boolean",
     "default": false,
     "required": false
    },
    {
     "name": "test_share",
     "key": "folder.test_share",
     "help": "share of each class that is kept for testing",
     "kind": "number",
     "default": 0.2,
     "required": false,
     "min": 0.0,
     "max": 0.9
    },
    {
     "name": "seed",
     "key": "folder.seed",
     "help": "of the split into training and test images",
     "kind": "integer",
     "default": 0,
     "required": false
    },
    {
     "name": "arrays",
     "key": "folder.arrays",
     "help": "names of arrays: training images, their labels, and test images, their labels",
     "kind": "json",
     "default": [],
     "required": false
    },
    {
     "name": "labels",
     "key": "folder.labels",
     "help": "which labels, where files have several: fine or coarse (CIFAR-100)",
     "kind": "text",
     "default": "",
     "required": false
    },
    {
     "name": "layout",
     "key": "folder.layout",
     "help": "what the folders are: each a class, splits with classes in them, or the deepest each a class",
     "kind": "choice",
     "default": "auto",
     "required": false,
     "choices": [
      "auto",
      "classes",
      "splits",
      "deepest"
     ]
    },
    {
     "name": "validation",
     "key": "folder.validation",
     "help": "what a validation split is: the test split (auto: where there is no other), training images, or unused",
     "kind": "choice",
     "default": "auto",
     "required": false,
     "choices": [
      "auto",
      "test",
      "train",
      "unused"
     ]
    },
    {
     "name": "skip_bad",
     "key": "folder.skip_bad",
     "help": "leave out pictures that cannot be read; the run keeps their list",
     "kind": "boolean",
     "default": false,
     "required": false
    }
   ]
  }
 ],
 "augment": [
  {
   "name": "horizontal_flip",
   "key": "augment.horizontal_flip",
   "help": "mirror left and right with probability 1/2",
   "kind": "boolean",
   "default": false,
   "required": false
  },
  {
   "name": "alternating_flip",
   "key": "augment.alternating_flip",
   "help": "mirror half of the images in the first epoch, the other half in the second, and so on",
   "kind": "boolean",
   "default": false,
   "required": false
  },
  {
   "name": "crop",
   "key": "augment.crop",
   "help": "pad by this many pixels and crop back at a random place: a shift of up to ±crop",
   "kind": "integer",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 64.0
  },
  {
   "name": "padding",
   "key": "augment.padding",
   "help": "what lies outside the image: \"zero\" or \"reflect\"",
   "kind": "choice",
   "default": "zero",
   "required": false,
   "choices": [
    "zero",
    "reflect"
   ]
  },
  {
   "name": "rotation",
   "key": "augment.rotation",
   "help": "turn by up to ± this many degrees",
   "kind": "number",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 180.0
  },
  {
   "name": "translation",
   "key": "augment.translation",
   "help": "shift by up to ± this share of height and width",
   "kind": "number",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 1.0
  },
  {
   "name": "scaling",
   "key": "augment.scaling",
   "help": "scale by a factor of 1 ± this",
   "kind": "number",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 0.9
  },
  {
   "name": "brightness",
   "key": "augment.brightness",
   "help": "add up to ± this share of the full range",
   "kind": "number",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 1.0
  },
  {
   "name": "contrast",
   "key": "augment.contrast",
   "help": "multiply the distance from the mean by 1 ± this",
   "kind": "number",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 1.0
  },
  {
   "name": "cutout",
   "key": "augment.cutout",
   "help": "blank a random square with this side, in pixels",
   "kind": "integer",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 256.0
  }
 ],
 "train": [
  {
   "name": "epochs",
   "key": "train.epochs",
   "help": "passes over the training images, with a fraction",
   "kind": "number",
   "default": 10,
   "required": false,
   "min": 0.001,
   "max": 1000000.0
  },
  {
   "name": "batch",
   "key": "train.batch",
   "help": "images a step",
   "kind": "integer",
   "default": 64,
   "required": false,
   "min": 1.0,
   "max": 65536.0
  },
  {
   "name": "eval_batch",
   "key": "train.eval_batch",
   "help": "images at a time in evaluation",
   "kind": "integer",
   "default": 256,
   "required": false,
   "min": 1.0,
   "max": 65536.0
  },
  {
   "name": "eval_views",
   "key": "train.eval_views",
   "help": "test-time augmentation: average the logits of the image and its mirror image (\"mirror\"), also moved by a pixel (\"translate\")",
   "kind": "choice",
   "default": "none",
   "required": false,
   "choices": [
    "none",
    "mirror",
    "translate"
   ]
  },
  {
   "name": "seed",
   "key": "train.seed",
   "help": "of all random numbers: initial weights, order, augmentation, dropout",
   "kind": "integer",
   "default": 1,
   "required": false,
   "min": 0.0,
   "max": 9.007e+15
  },
  {
   "name": "shuffle",
   "key": "train.shuffle",
   "help": "whether each epoch has an order of its own",
   "kind": "boolean",
   "default": true,
   "required": false
  },
  {
   "name": "drop_last",
   "key": "train.drop_last",
   "help": "leave out the last images of an epoch if they do not fill a batch",
   "kind": "boolean",
   "default": false,
   "required": false
  },
  {
   "name": "frozen_features",
   "key": "train.frozen_features",
   "help": "when to compute what frozen layers make of an image; auto: once where nothing changes images",
   "kind": "choice",
   "default": "auto",
   "required": false,
   "choices": [
    "auto",
    "once",
    "every_step"
   ]
  },
  {
   "name": "local_statistics",
   "key": "train.local_statistics",
   "help": "batch norm's statistics are those of each of so many processes' images; 0: of the whole batch, by any number",
   "kind": "integer",
   "default": 0,
   "required": false,
   "min": 0.0,
   "max": 65536.0
  },
  {
   "name": "resolutions",
   "key": "train.resolutions",
   "help": "smaller training images in the first epochs: a list of {\"epoch\", \"size\"}",
   "kind": "json",
   "default": [],
   "required": false
  }
 ]
};
