import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: what does a convolution take for granted, and where would that be wrong?',
  view: {
    network: 'Layers of the network',
    layer: 'layer',
    hidden: 'Hidden until you have made your prediction.',
    training: 'The networks are being trained, out of sight: {share}. You can read and choose meanwhile.',
    looking: 'The networks are being asked.',
    extent: '{images} training images of clothes, {epochs, plural, one {# epoch} other {# epochs}}, tested on {tests} images.',
    curves: 'Curves show',
    accuracy: 'accuracy',
    loss: 'loss',
    pixels: 'Pixels of the images',
    ordered: 'in their places',
    shuffled: 'shuffled',
    orderedImage: 'an image',
    shuffledImage: 'the same, shuffled',
    seed: 'seed {n}',
    mean: 'mean',
    deviation: 'standard deviation',
    bySeed: 'Test accuracy by seed',
    settings: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, seed {first}',
    settingsTo: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, seeds {first} to {last}',
    dense: 'the dense network',
    conv: 'the convolutional network',
    shift: 'Image moved to the right, in pixels',
    movedBy: 'moved {shift} pixels to the right',
    image: 'image',
    map: 'map of a filter',
    pooled: 'after ReLU and max pooling',
    denseValues: 'values of the dense layer',
    unmoved: 'Image in its place',
    now: 'Image moved by {shift}',
    averageOf: 'map {n}',
    averages: 'Averages of four maps after ReLU',
    other: 'Or the image is',
    none: 'as it is',
    mirrored: 'mirrored',
    turned: 'turned by 90°',
    mixed: 'shuffled',
    changed: 'Against the image in its place, the averages change by {averages}, the dense layer’s values by {dense}.',
  },
  steps: {
    parameters: {
      title: 'Two networks for the same images',
      text: [
        'A dense layer joins every pixel with every unit, each pair by a weight of its own. A convolution looks at 3×3 pixels at a time, with the same few weights at every place.',
        'Here are two small networks for images of 28×28 pixels. One has a hidden dense layer, the other two convolutions with pooling and a dense layer at the end.',
      ],
      predict: {
        ask: 'Which of the two learns more numbers?',
        options: { dense: 'the dense network', conv: 'the convolutional network', same: 'about as many' },
        replies: {
          right: 'The dense network learns {dense} numbers, the convolutional one {conv}.',
          other:
            'Layers do not tell how many numbers there are: the dense network learns {dense}, the convolutional one {conv}, as its kernels serve at every place.',
        },
      },
      reveal: [
        'Choose a network to see where its numbers are. The first dense layer alone has {parameters}: one weight for each of {inputs} pixels and {units} units, and a bias for each unit.',
        'In the convolutional network, too, most of the numbers are in the dense layer at its end.',
      ],
      task: {
        ask: 'Images of twice the side, 56×56 pixels. How many numbers does the dense network’s first layer learn then?',
        replies: {
          right: '{units} units with {pixels} weights and a bias each. A convolution would not grow at all.',
          nobias: 'Those are the weights. Each of the {units} units has a bias as well.',
          scaled: 'The weights are four times as many, but there are still only {units} biases.',
          side: 'Twice the side is four times the pixels: rows and columns both double.',
          same: 'That is true of a convolution, which does not ask how large the image is. A dense unit has a weight for each pixel.',
          other: 'Count the pixels of such an image: each of the {units} units has a weight for each of them, and one bias.',
        },
      },
      why: [
        'A dense layer from N inputs to M units learns',
        'A convolution with K×K kernels from C channels to F maps, whatever the size of the image, learns',
      ],
    },
    race: {
      title: 'A race on images',
      text: [
        'Both networks are trained on the same images of clothes, in the same order, for as many steps, with the same optimizer and learning rate. Such a race is called paired.',
        'The test images are ones that no network has trained on. All that is random in a training, its start and the order of the images, follows from one number, the seed.',
      ],
      predict: {
        ask: 'Which network is ahead on the test images?',
        options: { dense: 'the dense network', conv: 'the convolutional network' },
        replies: {
          right: 'That is how it came out: {best} is ahead, with {accuracy}% right.',
          other: 'This time it came out differently: {best} is ahead, with {accuracy}% right.',
        },
      },
      reveal: [
        'Bold lines are on test images, thin ones on training images. The lit control sets what the curves show. At the end the two are {gap} points apart.',
        'The convolutional network does not learn more numbers. It takes for granted that neighbours belong together, and that a pattern may be anywhere. In images both are so.',
      ],
      task: {
        ask: 'There are {tests} test images. How many more of them does {best} get right?',
        replies: {
          right: '{more} of {tests} images. That is one race; the next step has three of them.',
          inverse: 'The number is right, its sign is not: the question is how many more.',
          points: 'That is the difference in points. The question is how many of the {tests} images that is.',
          other: 'Take the difference of the two accuracies in the table, and that share of {tests} images.',
        },
      },
      why: [
        'In a pair with the same seed s much of the chance is the same on both sides: the order of the images, and which images they are. So one looks at the difference of the accuracies a:',
      ],
    },
    shuffled: {
      title: 'Every pixel somewhere else',
      text: [
        'Now the pixels are shuffled: all images by the same permutation, training and test alike. Each pixel of every image goes to the same new place.',
        'Nothing is lost by that: who knows the permutation can undo it. For us the images are noise. The same race is run again, three times with each network.',
      ],
      predict: {
        ask: 'Who loses more than {loss} points of accuracy by the shuffle, in the mean of three seeds?',
        options: { dense: 'the dense network', conv: 'the convolutional network', both: 'both', none: 'neither' },
        replies: {
          right: 'The convolutional network loses {conv} points, the dense one {dense}.',
          other: 'It came out differently: the convolutional network loses {conv} points, the dense one {dense}.',
        },
      },
      reveal: [
        'To a dense layer the pixels are a list without order. Shuffled, they are just another list: it differs by chance alone, to either side.',
        'To a convolution neighbours are all there is. Shuffled, pixels that lie side by side have nothing to do with each other, and its advantage is gone. The lit control shows image and race with and without the shuffle.',
      ],
      task: {
        ask: 'By how many points does the convolutional network fall, in the mean of the three seeds? One decimal.',
        replies: {
          right: '{conv} points. That is what the right assumption was worth, on these images and in so short a training.',
          sign: 'It falls by that many: say it without the sign.',
          dense: 'That is what the dense network changes by. Take the two rows of the convolutional one.',
          left: 'That is what it still gets right. The question is how much it has lost.',
          other: 'The table has a column with means. Subtract the shuffled row of the convolutional network from the row before it.',
        },
      },
      why: [
        'A permutation P before a dense layer is the same as a dense layer with permuted weights. Its random start is as likely as any other:',
        'A convolution adds up the neighbours i + d of a place. After the shuffle other pixels stand there:',
      ],
    },
    shift: {
      title: 'The image moves',
      text: [
        'One image, two networks that have learned nothing yet. Of the convolutional network you see the map of one filter; of the dense network, the values of its 64 units, laid out as a square.',
        'Then the image is moved to the right.',
      ],
      predict: {
        ask: 'The image moves {moved} pixels to the right. What becomes of the filter’s map?',
        options: {
          moves: 'It moves as far, and is the same otherwise.',
          stays: 'It stays as it is.',
          else: 'It becomes another one.',
        },
        replies: {
          right: 'The map moves along. The dense layer’s values change by {change}% of their size.',
          stays: 'The filter looks at every place with the same weights. What it found before, it finds again {moved} pixels further on.',
          else: 'That happens to the dense layer, by {change}% of its values’ size. The filter has the same weights at every place: its map moves along.',
        },
      },
      reveal: [
        'That is equivariance: moving the image moves the map. It holds for every kernel, learned or not.',
        'The dense layer has no places. What it has learned of a shirt in the middle says nothing about the same shirt further right: it would have to learn it again there.',
      ],
      task: {
        ask: 'Pooling takes the largest of 2×2 values and keeps one cell for them. Move the image so far that the map after pooling has moved by exactly one cell, and is the same otherwise.',
        replies: {
          right:
            'Two pixels are one cell. So after pooling equivariance is left for steps of two pixels only, and after a second one for four.',
          still: 'The map after pooling is where it was. Move the image.',
          between: 'So far the 2×2 windows hold other pixels together: the map after pooling is not the same one moved. Try another way.',
          far: 'It has moved by more than one cell.',
        },
      },
      why: [
        'With T for a move by s pixels, and apart from the border, a convolution and the move may change places:',
        'For a dense layer with weights W they may not:',
      ],
    },
    place: {
      title: 'Where it is the wrong assumption',
      text: [
        'An assumption that is built in helps where it holds. It cannot be unlearned where it does not.',
        'Many networks end in global average pooling: of each map only the average over all places goes on to the last layer.',
      ],
      predict: {
        ask: 'A network of one convolution, ReLU and global average pooling is to tell whether the garment lies left or right in the image. Can it learn that?',
        options: { yes: 'yes, with enough images', no: 'no, however many images' },
        replies: {
          right: 'Moved by {aside} pixels, the averages change by {averages}%: what does not change cannot tell places apart.',
          other: 'Look: moved by {aside} pixels, the averages change by {averages}%. What does not change cannot tell places apart.',
        },
      },
      reveal: [
        'Move the image: the averages stay, away from the border. To name the garment that is a help. For saying where it is, it is useless: the place is gone. A dense layer over all places still has it.',
        'The assumption fails, too, where neighbours mean nothing: the columns of a table may stand in any order, as the shuffled pixels of this lesson do. It holds for the readings of a vibration sensor over time: a knock looks the same whenever it comes. There a convolution moves along one axis.',
      ],
      task: {
        ask: 'A move changes the averages by less than 1%. Which of these does so, too? The lit controls show it.',
        options: {
          mirrored: 'mirroring, left for right',
          turned: 'turning by 90°',
          mixed: 'shuffling the pixels',
          none: 'none of them',
        },
        replies: {
          right:
            'Mirrored they change by {mirrored}%, turned by {turned}%, shuffled by {mixed}%. The assumption is one about moves, and about nothing else.',
          mirrored: 'They change by {mirrored}%: a kernel for an edge on the left is none for one on the right.',
          turned: 'They change by {turned}%: a kernel for horizontal edges is none for vertical ones.',
          mixed: 'They change by {mixed}%: what made an edge together now stands apart.',
          none: 'One of them does: they change by {mirrored}% mirrored, {turned}% turned, {mixed}% shuffled.',
        },
      },
      why: [
        'As the convolution is equivariant, a move only changes the order of the terms. Apart from the border the average stays, also after ReLU:',
      ],
    },
  },
} satisfies LessonWords;
