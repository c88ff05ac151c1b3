import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: when would you begin with a network that others have trained, and what would you check first?',
  view: {
    here: 'This page has {title}, and uses it here on five classes of {data}.',
    missing:
      'This page does not have the weights of MobileNet ({file}). So the comparison stands on smaller shoulders: a network that is first trained here, on five kinds of clothes, and then meets five others. Where the page has the file, MobileNet takes its place.',
    unknown: 'This page knows of no trained network. So one is first trained here, on five kinds of clothes, and then meets five others.',
    own: 'The lesson’s own network',
    preparing: 'Asking the engine about the network.',
    hidden: 'Hidden until you have made your prediction.',
    training: 'The networks are being trained, out of sight: {share}. You can read and choose meanwhile.',
    extent:
      '{images} training images of each of five classes, {epochs, plural, one {# epoch} other {# epochs}}, tested on {tests} images of each.',
    size: 'Side of the image in pixels',
    image: 'image',
    lastMap: 'last map',
    places: 'places',
    sizesOf: '{title}: what is left of an image',
    classes: 'Classes',
    pictures: 'Pictures of each class',
    numbers: 'Numbers of the network',
    count: 'how many',
    frozen: 'frozen',
    learned: 'learned',
    all: 'together',
    parts: 'layers',
    curves: 'Curves show',
    accuracy: 'accuracy',
    loss: 'loss',
    scratch: 'from scratch',
    low: 'pretrained, {low} px',
    high: 'pretrained, {high} px',
    kept_scratch: 'from scratch',
    kept_low: 'pretrained, small images',
    kept_high: 'pretrained, larger images',
    bySeed: 'Test accuracy by seed',
    seed: 'seed {n}',
    mean: 'mean',
    deviation: 'standard deviation',
    held: 'Pictures that are learned from, and held out',
    learnedFrom: 'learned from',
    heldOut: 'held out',
    total: 'pictures',
    set_side: 'images of {side}×{side} pixels',
    set_sizes: 'images of size number {size}',
    set_head: '{classes} classes',
    set_own: '{classes} classes, {pictures} pictures each',
    set_compared: '{images} images of each class, {epochs, plural, one {# epoch} other {# epochs}}, {seeds} seeds',
  },
  steps: {
    sizes: {
      title: 'A network that has learned before',
      text: [
        'Networks that have learned from a million photographs can be had ready-made. Their first layers find edges, colours and textures, of which new classes consist as well. One takes these layers as they are, and puts a new last layer on them.',
        'But such a network makes an image smaller and smaller. Before its last layer it takes the mean over all places of its last map. The table shows what is left.',
      ],
      predict: {
        ask: 'An image has {small}×{small} pixels. How many places does the last map have, before the mean?',
        replies: {
          right: '{places}. Little is left to take a mean of.',
          side: 'That is a side of the map. Places are rows times columns: {places}.',
          image:
            'That is the number of its pixels. The network halves its sides again and again: {places, plural, one {# is left} other {# are left}}.',
          large: 'It is less: the sides are halved again and again, until {places, plural, one {# is left} other {# are left}}.',
          other: 'It is more than that: {places}.',
        },
      },
      reveal: [
        'The lit control sets the size of the image. A mean over a single place is no mean: the network gives what it makes of the whole image at once, and it has learned that on larger ones.',
        'Enlarging a small image adds no knowledge to it. But its edges come in the size in which the network knows them.',
      ],
      task: {
        ask: 'Which is the smallest of these sizes with which the last map has at least {least} places? Choose it, then check.',
        replies: {
          right: '{side} pixels: {now} places.',
          small: 'With {side} pixels there are {now} places. That is too few.',
          large: '{now} places are enough, but a smaller size has enough too.',
        },
      },
      why: ['Halved k times, of a side H is left about', 'Here:'],
    },
    head: {
      title: 'What is new, and what stays',
      text: [
        'The layers that are taken over are frozen: training does not change them. Only a dense layer on the means of their last map learns.',
        'As frozen layers always make the same of an image, it is enough to ask them once for each image, before training begins. After that only the last layer is computed.',
      ],
      predict: {
        ask: 'The frozen layers pass on {features} numbers. How many numbers does a dense layer for {fresh} classes learn?',
        replies: {
          right: '{fresh} classes with {features} weights and a bias each: {head}.',
          nobias: 'Those are the weights. Each class has a bias as well: {head}.',
          all: 'The frozen layers have {frozen} numbers, but these do not learn. Learned are {head}.',
          other: 'Each of the {fresh} classes has a weight for each of the {features} numbers, and one bias: {head}.',
        },
      },
      reveal: [
        'The lit control sets the number of classes.',
        'Few numbers that are learned need few images, and are hardly learned by heart. The rest was paid for by others.',
      ],
      task: {
        ask: 'What share of all the network’s numbers, in per cent, is learned, as the control is set now? One decimal.',
        replies: {
          right: '{share}%.',
          share: 'That is the share of one. In per cent it is a hundred times as much.',
          rest: 'That is the share that is frozen.',
          frozen: 'That is the ratio to the frozen ones. Divide by all: frozen and learned together.',
          other: 'Divide the learned numbers by all of them, and take it times 100.',
        },
      },
      why: ['The parameters that were learned before stay, the new ones learn:', 'As the control is set now, the dense layer has'],
    },
    shoulders: {
      title: 'From scratch, or on shoulders',
      text: [
        'Two networks learn five classes from {each} images of each. One is a small network of three convolutions that begins with random weights: it learns from scratch. The other is a new last layer on the network that has learned before (it is pretrained), which knows none of these classes.',
        'Both are trained for as many epochs, with {seeds} seeds each.',
      ],
      predict: {
        ask: 'Which one gets more test images right, in the mean of the seeds?',
        options: { scratch: 'the one from scratch', high: 'the one on shoulders' },
        replies: {
          right: 'From scratch it is {scratch}%, on shoulders {high}%.',
          other: 'It came out differently: from scratch it is {scratch}%, on shoulders {high}%.',
        },
      },
      reveal: [
        'The lines are on test images, of the first seed. The lit control sets what they show.',
        'A training took {secondsScratch} s from scratch, and {secondsHigh} s on shoulders. How much the shoulders carry depends on what they have learned, and on how near that is to the new classes.',
      ],
      task: {
        ask: 'By how many points is the one on shoulders ahead, in the mean of the seeds? One decimal; with a minus if it is behind.',
        replies: {
          right: '{lead} points, with {each} images of each class. Shoulders that have learned little carry little.',
          sign: 'The number is right, its sign is not: take the one on shoulders minus the one from scratch.',
          level: 'That is its accuracy. Subtract that of the other one.',
          other: 'The table has the means. Subtract that of the network from scratch.',
        },
      },
      why: ['In the mean of the seeds:'],
    },
    pixels: {
      title: 'The same network, smaller images',
      text: [
        'In a course MobileNet was put on images of 32×32 pixels, with weights that were learned on 224×224. It got about a third of the images of ten classes right, and that looked as if transfer were of no use.',
        'Here the same frozen network gets the same images twice: resized to {small}×{small} and to {large}×{large} pixels.',
      ],
      predict: {
        ask: 'How far is it ahead with the larger images?',
        options: { none: 'by at most 5 points, or not at all', some: 'by 5 to 20 points', much: 'by more than 20 points' },
        replies: {
          right: 'With {small} pixels it is {low}%, with {large} pixels {high}%.',
          other: 'It came out differently: with {small} pixels it is {low}%, with {large} pixels {high}%.',
        },
      },
      reveal: [
        'Nothing about the images is better in the larger ones where they were only enlarged. They suit what the frozen layers have learned.',
        'So the first thing to check is what the network was trained on: size, colours, and how numbers are normalised.',
      ],
      task: {
        ask: 'Guessing gets about {chance}% of the images of five classes right. How many points above that is it with {small} pixels, in the mean of the seeds? One decimal.',
        replies: {
          right: '{above} points.',
          level: 'That is its accuracy. Subtract what guessing gives.',
          gap: 'That is how far it is behind itself with larger images. The question is how far it is above guessing.',
          other: 'Take the mean with {small} pixels from the table, and subtract {chance}.',
        },
      },
      why: ['The last layer sees the mean of each map f over its places. From the smaller to the larger size, their numbers are:'],
    },
    own: {
      title: 'Classes of your own',
      text: [
        'In the station Your classes you can record or bring pictures of two to ten classes and put a last layer on a network. It takes seconds.',
        'Of each class every fifth picture is held out: nothing is learned from it, and the accuracy is measured on these.',
      ],
      predict: {
        ask: 'You record {classes} classes, {pictures} pictures of each. How many pictures are held out?',
        replies: {
          right: '{held}: a fifth of each class.',
          one: 'That is the number for each class. With {classes} classes it is {held}.',
          learned: 'The network learns from these. The others, {held}, are held out.',
          other: 'Every fifth of {pictures} pictures, and {classes} classes: {held}.',
        },
      },
      reveal: [
        'The lit controls set how many classes and pictures there are.',
        'Pictures of one recording resemble each other. So held-out pictures say little of another room, another light, another person.',
      ],
      task: {
        ask: 'By how many points does the accuracy rise when one more held-out picture is right, as the controls are set now?',
        replies: {
          right: '{points} points. With {now} pictures an accuracy can only go in such steps: a difference of one step says nothing.',
          all: 'The accuracy is counted on held-out pictures alone.',
          count: 'That is how many are held out. What is one of them worth, out of 100 points?',
          other: 'Divide 100 points by the number of pictures that are held out.',
        },
      },
      why: ['With n pictures that are held out, one of them is worth'],
    },
  },
} satisfies LessonWords;
