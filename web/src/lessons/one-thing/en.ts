import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: what may be said of the three kernel sizes after this comparison, and what not?',
  view: {
    kernel: 'Layers of the network with kernels of',
    layer: 'layer',
    hidden: 'Hidden until you have made your prediction.',
    training: 'The networks are being trained, out of sight: {share}. You can read and choose meanwhile.',
    extent: '{images} training images of clothes, {epochs, plural, one {# epoch} other {# epochs}}, tested on {tests} images.',
    curves: 'Curves show',
    accuracy: 'accuracy',
    loss: 'loss',
    shown: 'Seeds that count',
    seed: 'seed {n}',
    mean: 'mean',
    deviation: 'standard deviation',
    bySeed: 'Test accuracy by seed',
    settings: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, seed {first}',
    settingsTo: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, seeds {first} to {last}',
  },
  steps: {
    networks: {
      title: 'One thing differs, and what follows',
      text: [
        'Which kernel size is best? To find out, three networks are built that differ in this alone: kernels of 3×3, 5×5 or 7×7. Layers, images, their order, learning rate and number of steps are the same.',
        'A larger kernel looks at more pixels at once. It also has more to learn.',
      ],
      predict: {
        ask: 'The first layer has 16 filters on one channel. With 3×3 kernels it learns 16·(9 + 1) = 160 numbers. How many with 5×5 kernels?',
        replies: {
          right: '16 filters with 25 weights and a bias each: 16·(25 + 1) = 416.',
          nobias: '16·25 = 400 are the weights. Each filter has a bias as well: 416.',
          side: 'The side grows by 5/3, but a kernel has rows and columns: 25 weights for 9. With the biases 16·(25 + 1) = 416.',
          scaled: 'The weights grow by 25/9, the biases do not: 16·25 + 16 = 416.',
          other: 'Each of the 16 filters has 5·5 = 25 weights and one bias: 16·26 = 416.',
        },
      },
      reveal: [
        'The table has the learned numbers and the multiply-adds of each network. Choose a kernel size to see its layers.',
        'So one thing was changed, and two followed from it: size and work. Whatever comes out may be due to any of them. That is worth saying when one reports it.',
      ],
      task: {
        ask: 'How many times as many multiply-adds as with 3×3 kernels does an image take with 7×7 kernels? One decimal is enough.',
        replies: {
          right: '{ratio} times: nearly 49/9, as almost all the work is in the convolutions.',
          side: 'That is 7/3. A kernel has rows and columns, so its work grows with the square. The table has the numbers.',
          parameters: 'That is the ratio of the learned numbers. The multiply-adds stand in the next column.',
          inverse: 'That is the other way round: divide the larger number by the smaller one.',
          other: 'Divide the multiply-adds of the 7×7 network by those of the 3×3 one.',
        },
      },
      why: ['A convolution with K×K kernels from C channels to F maps learns', 'and at each of its H·W places it multiplies and adds'],
    },
    race: {
      title: 'One training each',
      text: [
        'Each of the three is trained once, with the same random seed. The seed is a number from which all random numbers follow, so the order of the images is the same for all.',
        'The training is short on purpose, so that you need not wait. The test images are ones that no network has trained on.',
      ],
      predict: {
        ask: 'Which one is ahead on the test images?',
        options: { '3': '3×3 kernels', '5': '5×5 kernels', '7': '7×7 kernels' },
        replies: {
          right: 'That is how it came out this time: {best} is ahead with {accuracy}% right.',
          other: 'This time it came out differently: {best} is ahead with {accuracy}% right.',
        },
      },
      reveal: ['Bold lines are on test images, thin ones on training images. The first and the last are {gap} points apart.'],
      task: {
        ask: 'What does this one race show?',
        options: {
          winner: 'Kernels of the size that was ahead are the best for such images.',
          nothing: 'One of them was ahead in this training. Whether it would be again is open.',
          always: 'The size of the kernel does not matter.',
        },
        replies: {
          right:
            'With one training of each nobody knows how much of the difference is chance. The start is random, and so is the order of the images.',
          winner: 'That may be, but this race does not show it: with another random start another one may be ahead.',
          always: 'That is not shown either. To say that there is no difference is a claim as well, and one training does not carry it.',
          shy: 'The engine calls a difference of this race clear. Then it may be said.',
        },
      },
      why: ['The accuracy of network v with seed s is its true mean, and chance on top:'],
    },
    seeds: {
      title: 'Three seeds',
      text: [
        'The same race was run twice more, with other seeds: another random start and another order of the images, in each race the same for all three networks.',
      ],
      predict: {
        ask: 'Is the same kernel size ahead in all three races?',
        options: { yes: 'yes, in all three', no: 'no, not in all' },
        replies: {
          right: 'Seed by seed, these were ahead: {winners}.',
          other: 'It came out differently. Seed by seed, these were ahead: {winners}.',
        },
      },
      reveal: [
        'Look along a row: the same network comes to other accuracies with other seeds. This spread is the measure for every difference between rows.',
        'The lit control sets how many seeds count. Mean and standard deviation follow it.',
      ],
      task: {
        ask: 'By how many points (per cent) do the three races of the 3×3 network differ, from the worst to the best? One decimal.',
        replies: {
          right: '{spread} points, by nothing but chance. A difference between two networks that is not clearly larger says little.',
          deviation:
            'That is the standard deviation. The question is the distance from the smallest to the largest of its three accuracies.',
          between:
            'That is the distance between the three networks. The question is about the row of the 3×3 network: its worst and its best seed.',
          other: 'Take the row of the 3×3 network, and its smallest accuracy from its largest.',
        },
      },
      why: ['With accuracies a of n seeds, the mean and the standard deviation are'],
    },
    verdict: {
      title: 'What may be said',
      text: [
        'Networks with the same seed saw the same images in the same order. So they are compared seed by seed: three differences from the 3×3 network for each of the others.',
        'From them follows an interval that holds the true mean difference in 95 of 100 such studies. Where 0 lies in it, the difference may be chance.',
      ],
      predict: {
        ask: 'Is the difference between 7×7 and 3×3 clear after these three seeds, in either direction?',
        options: { clear: 'clear', unclear: 'not clear' },
        replies: {
          right: 'The interval goes from {low} to {high} points.',
          bold: 'The interval goes from {low} to {high} points and holds 0: three seeds are too few for this difference.',
          shy: 'The interval goes from {low} to {high} points, all on one side of 0: here it is clear.',
        },
      },
      reveal: [
        'The dots are the seeds, the line is their mean. Below stands what the numbers allow to say. The lit control sets how many seeds count: see what becomes of the interval.',
        'More seeds make the interval narrower, as one over the square root of their number. In the station Compare you can run more of them, longer, and on more images.',
      ],
      task: {
        ask: 'Which sentence on 7×7 against 3×3 may stand in a report of this study?',
        options: {
          better: '7×7 was better than 3×3.',
          worse: '7×7 was worse than 3×3.',
          open: 'No difference between 7×7 and 3×3 was shown.',
          same: '7×7 and 3×3 are equally good.',
        },
        replies: {
          right:
            'Together with images, epochs and number of seeds, without which nobody can judge it. Of other data and longer trainings it says nothing.',
          same: 'To show nothing is not to show that nothing is there. The interval allows differences from {low} to {high} points.',
          bold: 'The interval holds 0, so this direction may be chance.',
          direction: 'Look at the sign: the difference is that of 7×7 minus 3×3.',
          shy: 'The interval leaves out 0: here a difference was shown, and it may be said.',
        },
      },
      why: ['With differences d of n seeds, their mean and standard deviation, and t of Student’s distribution:', 'Here, in points:'],
    },
  },
} satisfies LessonWords;
