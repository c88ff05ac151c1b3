import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: what would you look at first in the curves of a training, and what would you change then?',
  view: {
    onCifar: '{title}: photographs of {height}×{width} pixels with {channels} colour channels.',
    instead:
      'This page does not have CIFAR-10. Everything here runs on {title} instead: {height}×{width} pixels, grey. With CIFAR-10 all of it works in the same way, only the numbers differ.',
    preparing: 'Asking the engine about the networks.',
    hidden: 'Hidden until you have made your prediction.',
    training: 'The networks are being trained, out of sight: {share}. You can read and choose meanwhile.',
    extent: '{images} training images, {epochs, plural, one {# epoch} other {# epochs}}, tested on {tests} images.',
    blocks: 'Blocks',
    layer: 'layer',
    output: 'output',
    learned: 'learned numbers',
    together: 'together',
    layersOf: 'Layers of the network with {blocks, plural, one {# block} other {# blocks}}',
    shortcut: 'Shortcut',
    shortcut_no: 'without',
    shortcut_yes: 'with',
    graphOf: 'Graph from the input on, each layer with those that give it values: {layers}',
    graphEdge: '{to} from {from}',
    saveGraph: 'SVG',
    curves: 'Curves show',
    accuracy: 'accuracy',
    loss: 'loss',
    ends: 'At the end of training',
    taken: '{network}: class that it answers (column), by the class of the test image (row): {n} images',
    network: 'network',
    onTrain: 'on training images',
    onTest: 'on test images',
    trainLoss: 'training loss',
    diverged: 'diverged',
    largest: 'Largest norm (length) of a gradient before it was clipped to {limit}: {norm}',
    sgd: 'SGD',
    momentum: 'SGD, momentum',
    rmsprop: 'RMSProp',
    adam: 'Adam',
    plain: 'without batch norm',
    norm: 'with batch norm',
    free: 'without clipping',
    clipped: 'with clipping',
    all: 'without dropout',
    dropout: 'with dropout',
    set_shapes: '{blocks, plural, one {# block} other {# blocks}}',
    set_graph: 'shortcut: {shortcut}',
    set_race: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, seed {seed}',
  },
  steps: {
    shapes: {
      title: 'Shapes and numbers',
      text: [
        'A network for images is usually a stack of blocks: a convolution with 3×3 kernels and “same” padding, ReLU, and max pooling of 2×2. Here the first block has 8 maps, each further one twice as many.',
        'Then all numbers are laid in a row (flatten), and a dense layer makes one value for each class from them.',
      ],
      predict: {
        ask: 'An image of {height}×{width} pixels goes through two blocks, with 8 and with 16 maps. How many numbers does flatten pass on?',
        replies: {
          right: '{flat}: each pooling halves both sides, and there are 16 maps.',
          unpooled: 'The convolution keeps the sides, but the pooling of each block halves them: {flat}.',
          once: 'Each of the two blocks has a pooling: the sides are halved twice. That makes {flat}.',
          place: 'That is one map. There are 16 of them: {flat}.',
          other: 'Halve both sides twice, and multiply by 16 maps: {flat}.',
        },
      },
      reveal: [
        'The table has what each layer passes on and learns. The lit control sets the number of blocks.',
        'Of the {parameters} numbers that it learns as it is now, {dense} are in the dense layer and {conv} in convolutions.',
      ],
      task: {
        ask: 'With how many blocks does the network learn the fewest numbers? Choose, then check.',
        replies: {
          right:
            '{parameters}. One block less, and the dense layer gets four times the places; one more, and the last convolution costs more than is saved.',
          less: '{parameters} numbers, {dense} of them in the dense layer. Another pooling would leave it fewer inputs.',
          more: '{parameters} numbers, {conv} of them in convolutions. The last one costs more than the dense layer saves.',
        },
      },
      why: [
        'A pooling of 2×2 makes of H×W×C numbers',
        'A convolution from C channels to F maps learns, here in the last block,',
        'and the dense layer from N numbers to M classes',
      ],
    },
    graph: {
      title: 'The graph',
      text: [
        'Which layer passes its values to which makes a graph. In a plain stack it is a chain. In many networks for CIFAR-10 there are shortcuts: the input of some layers is added to their output.',
        'The graph here is drawn from what the engine will run, not from what somebody meant to build. That is a way to audit a network.',
      ],
      predict: {
        ask: 'A network has {channels} maps before and after two convolutions. A shortcut leads past both, and adds their input to their output. How many learned numbers does the shortcut add?',
        replies: {
          right: '{extra}: it adds number to number, place by place. Nothing in that is learned.',
          one: 'That is what one convolution learns. The shortcut learns nothing: it adds what is there, place by place. {extra} more.',
          two: 'That is what the two convolutions learn that it leads past. The shortcut itself learns nothing: {extra} more.',
          other: 'It adds number to number, place by place. There is nothing to learn in that: {extra} more.',
        },
      },
      reveal: [
        'The lit control takes the shortcut away and puts it back. Both ends must have the same shape, or nothing could be added.',
        'In the backward pass the gradient goes along the same lines the other way. Where a line leads past layers, it arrives without having been multiplied by their weights.',
      ],
      task: {
        ask: 'With the shortcut: how many layers lie on the shortest way from {last} back to {first}? Do not count these two.',
        replies: {
          right: '{short} instead of {long}.',
          long: 'That is the way through all convolutions. The shortcut is shorter.',
          ends: 'Count only what lies between: neither {last} nor {first}.',
          other: 'Follow the line from {last} upwards, take the shortcut, and count the layers that you pass.',
        },
      },
      why: [
        'With F for the layers in between, the shortcut makes the output y, and the gradient with respect to x has a part that F cannot make small:',
      ],
    },
    optimizers: {
      title: 'Four optimizers',
      text: [
        'An optimizer says how a gradient becomes a step. Four of them train the same network of three blocks, with the same start and the same images in the same order.',
        'Their learning rates: SGD {sgd}, SGD with momentum {momentum}, RMSProp {rmsprop}, Adam {adam}. The first two have the same rate, so momentum is all they differ in. The others divide by the size of the gradient, so their rates mean something else.',
      ],
      predict: {
        ask: 'Which one has the largest loss on training images at the end?',
        options: { sgd: 'SGD', momentum: 'SGD with momentum', rmsprop: 'RMSProp', adam: 'Adam' },
        replies: {
          right: 'Its loss is {slow}. The smallest of the four is {quick}.',
          other: 'It came out differently: see the curves. The largest loss is {slow}, the smallest {quick}.',
        },
      },
      reveal: [
        'Bold lines are on test images, thin ones on training images. The lit control changes between loss and accuracy.',
        'Do not read from this which optimizer is best. Each would have to be tried with several rates and seeds, as in the lesson “One thing at a time”.',
      ],
      task: {
        ask: 'SGD with and without momentum have the same rate. By how many points of accuracy on test images is the one with momentum ahead at the end? One decimal; with a minus if it is behind.',
        replies: {
          right: '{gain} points. Momentum adds up steps of the same direction: with a momentum of 0.9, up to ten of them.',
          sign: 'The number is right, its sign is not: take the row with momentum minus the row without.',
          adam: 'That is how far Adam is from plain SGD. The question is about SGD with momentum.',
          level: 'That is its accuracy. Subtract from it that of plain SGD.',
          other: 'Take both accuracies on test images from the table, and subtract.',
        },
      },
      why: [
        'With learning rate η and gradient g, plain SGD moves the parameters θ by',
        'Momentum keeps a part μ of the last steps',
        'RMSProp divides by a running mean of the squared gradient. Adam does both, with a correction for the beginning',
      ],
    },
    norm: {
      title: 'Batch norm',
      text: [
        'A layer learns while those before it change what they give it. Batch norm takes from each map its mean over the batch, the images of one step, and divides by its standard deviation. Then it scales and shifts the map by two learned numbers.',
        'Two networks of three blocks, one of them with batch norm after each convolution, are trained by plain SGD with a learning rate of 0.1.',
      ],
      predict: {
        ask: 'Which network has the smaller loss on training images in the last epoch?',
        options: { plain: 'the one without batch norm', norm: 'the one with batch norm' },
        replies: {
          right: 'Without batch norm it is {lossPlain}, with it {lossNorm}.',
          other: 'It came out differently: without batch norm it is {lossPlain}, with it {lossNorm}.',
        },
      },
      reveal: [
        'On test images {testPlain}% are right without and {testNorm}% with batch norm. There it does not use the batch, but running means of the steps before. Where weights change fast, these lag behind.',
        'The lit control changes between loss and accuracy.',
      ],
      task: {
        ask: 'How many numbers more does the network with batch norm learn? The maps are 8, 16 and 32.',
        replies: {
          right: 'Two for each of the 56 maps: a factor and a shift.',
          half: 'That is one number for each map. It learns two: a factor and a shift.',
          running: 'Mean and variance of each map are kept, but not learned. Learned are a factor and a shift.',
          layers: 'Each map has numbers of its own, not each layer.',
          other: 'It learns two numbers for each map: count the maps of the three blocks. The table has the sums as well.',
        },
      },
      why: ['For each map c, with mean μ and variance σ² over the batch and all places, and the learned γ and β:'],
    },
    clipping: {
      title: 'Gradient clipping',
      text: [
        'A step is the gradient times the learning rate. If a gradient is very long just once, the step leads far away, and training may not come back.',
        'Two equal networks without batch norm are trained by SGD with a rate of 0.4, which is large for them. For one of them a gradient that is longer than {limit} is shortened to this length.',
      ],
      predict: {
        ask: 'Guessing gets about {chance}% of the images right. Which network is clearly better than that at the end?',
        options: { free: 'only the one without clipping', clipped: 'only the one with clipping', both: 'both', neither: 'neither' },
        replies: {
          right: 'Without clipping {free}% are right, with it {clipped}%.',
          other: 'It came out differently: without clipping {free}% are right, with it {clipped}%.',
        },
      },
      reveal: [
        'Shortened, the gradient keeps its direction: all its numbers get the same factor. A smaller learning rate would help too, but at every step.',
        'Below the table stands the longest gradient that was met. The lit control changes between loss and accuracy.',
      ],
      task: {
        ask: 'How many times as long as the limit was the longest gradient? One decimal.',
        replies: {
          right: 'It was divided by {factor}.',
          norm: 'That is its length. Divide it by the limit.',
          inverse: 'That is the factor that it was multiplied by. The question is the other way round.',
          difference: 'The question is not by how much it is longer, but how many times as long it is.',
          other: 'Divide the length that stands below the table by the limit of {limit}.',
        },
      },
      why: ['With c for the limit, a gradient g with its norm becomes', 'The longest one was multiplied by'],
    },
    dropout: {
      title: 'Overfitting, and dropout',
      text: [
        'With few images a network that is large enough learns them by heart. The curves show it: on training images it goes on improving, on test images it does not.',
        'Two networks with a hidden dense layer have only 300 training images. In one of them dropout sets half of that layer’s values to zero at each training step, other ones each time.',
      ],
      predict: {
        ask: 'What does the test loss of the network without dropout do, after it has been smallest?',
        options: {
          falls: 'It never comes to that: it is smallest at the end.',
          stays: 'It stays near its smallest value.',
          rises: 'It rises clearly.',
        },
        replies: {
          right: 'It is smallest with {lowest} after epoch {at}, and {end} at the end.',
          other: 'It came out differently: it is smallest with {lowest} after epoch {at}, and {end} at the end.',
        },
      },
      reveal: [
        'The gap between training and test accuracy is {gap} points without dropout and {gapDropout} with it. The test loss at the end is {end} without and {endDropout} with it.',
        'Accuracy on training images is counted while values are dropped, so it is lower than what the network could do. Remedies: fewer epochs, augmentation, dropout, a smaller network, more images.',
      ],
      task: {
        ask: 'Early stopping keeps the network from the epoch with the smallest loss on test images. Which epoch is that for the network without dropout? “As table” shows the numbers.',
        replies: {
          right:
            'After epoch {at} its test loss is smallest. The epochs after it cost time, and make the network too sure where it is wrong.',
          last: 'That is the last epoch. Look where the bold line is lowest.',
          dropout: 'That is the best epoch of the network with dropout.',
          near: 'Near it. The table has the numbers: look for the smallest.',
          other: 'Show the loss, as a table, and look for the smallest number of the network without dropout.',
        },
      },
      why: [
        'In training each value h is kept with probability 1 − p, and then made larger, so that its mean stays. In tests all are kept:',
      ],
    },
  },
} satisfies LessonWords;
