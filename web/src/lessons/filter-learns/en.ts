import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: what has the filter learned, and what have the four dense weights?',
  view: {
    images: 'Image',
    training: 'A training image',
    steps: 'Training steps',
    weights: 'Dense weights',
    weightsNote: 'bias {bias}',
    pooled: 'After 2×2 max pooling',
    back: 'Backward: how the loss of this image changes with each number',
    backMap: 'Gradient at the map',
    backPooled: 'Gradient after pooling',
    backWeights: 'Gradient of the dense weights',
    backKernel: 'Gradient of the kernel',
    result: 'z = {z}, p = {p}',
    hiddenResult: 'z = ?, p = ?',
    target: 'target {y}',
    busy: 'Training: {done} of {all}',
    startsNote: 'Choose one to see what it makes of the two lines.',
    start: 'Start {seed}',
    startPs: 'vertical {v}, horizontal {h}',
    hidden: 'The networks are trained. They are hidden until you have made your prediction.',
    lossOf: 'Loss, start {seed}',
    settings: 'start {seed}, {steps, plural, one {# step} other {# steps}}',
    settingsStarts: 'chosen: start {seed}',
    learned_vertical:
      'This filter answers to the vertical line alone: a bright column with darker ones beside it. The dense weights only have to add up its answers.',
    learned_horizontal:
      'This filter answers to the horizontal line alone: a bright row with darker ones above and below. The dense weights are negative: where it answers, the line is not vertical.',
    learned_both:
      'This filter is no simple column. It has a bright side and a bright edge, and answers to both lines, each at its own place.',
    learned_dead: 'This filter answers to neither line: ReLU cuts all that it gives.',
    kind_vertical: 'answers to vertical',
    kind_horizontal: 'answers to horizontal',
    kind_both: 'answers to both',
    kind_dead: 'answers to neither',
  },
  steps: {
    chain: {
      title: 'From an image to a probability',
      text: [
        'A small image goes through one 3×3 filter, ReLU and max pooling with 2×2 windows at stride 1, of which a 3×3 map has four. So four numbers are left. A dense layer weighs them and adds them up to z, and the sigmoid turns z into a probability p that the line is vertical.',
        'Kernel and dense weights are still random: nothing is trained.',
      ],
      predict: {
        ask: 'What probability of “vertical” does this untrained network give to a clean vertical line?',
        options: { low: 'near 0', half: 'near 0.5', high: 'near 1' },
        replies: {
          right: 'All its numbers are small, so z is near 0, and the sigmoid of 0 is one half: it does not know.',
          sure: 'To be sure, z has to be large. But all numbers are random and small: z is {z}, and the sigmoid of that is {p}.',
        },
      },
      reveal: [
        'p = {p}. For the horizontal line it is nearly the same: switch the image and see.',
        'The sigmoid maps z = 0 to one half, large z to nearly 1 and very negative z to nearly 0.',
      ],
      task: {
        ask: 'How many numbers does this network learn in all?',
        replies: {
          right: '9 weights of the kernel, 4 dense weights and 1 bias: 14.',
          kernel: 'Those are the weights of the kernel. The dense layer learns as well: a weight for each pooled number, and a bias.',
          bias: 'Nearly: 9 + 4 = 13 are the weights. The dense layer adds a number of its own, its bias.',
          maps: 'Map and pooled numbers are computed anew for each image; they are not learned. Count kernel, dense weights and bias.',
          other: 'Count the weights of the kernel (3×3), one dense weight for each pooled number, and the bias.',
        },
      },
      why: ['The four pooled numbers a, their weights w and the bias b give', 'and the probability is', 'Here:'],
    },
    step: {
      title: 'One image, one small step',
      text: [
        'Training shows one image at a time. This one has a vertical line and some noise, and its target is y = 1.',
        'The loss says how far the answer is from the target. A training step asks for each of the 14 numbers how the loss changes with it, and moves it a little the other way. How little is the learning rate.',
      ],
      predict: {
        ask: 'After one step with this image, what does the network say of the same image?',
        options: { jump: 'p is near 1', up: 'p is a little larger', same: 'p is the same', down: 'p is a little smaller' },
        replies: {
          right: 'A small step in the right direction: from {before} to {after}.',
          jump: 'The direction is right. But the learning rate is 0.01, so each number moves only by a hundredth of its gradient: p goes from {before} to {after}.',
          still:
            'It has moved, if only a little: from {before} to {after}. Each step lowers the loss of its image, and the target here is 1.',
          wrong: 'The step lowers the loss, and with target 1 the loss is lower where p is larger: p goes from {before} to {after}.',
        },
      },
      reveal: [
        'The lower row of the picture has the gradients, read from right to left: from p back to the dense weights, through pooling and ReLU to the map, and to the kernel.',
        'Orange: the loss would grow with this number, so the step makes it smaller. Blue: the step makes it larger.',
      ],
      task: {
        ask: 'With cross-entropy the gradient at z is p − y. How much was it for this image before the step (set the steps to 0)? One decimal is enough.',
        replies: {
          right: 'p − y = {before} − 1. It is negative: z has to grow. All other gradients are this number times what lies between.',
          sign: 'The size is right, the sign is not: p − y = {before} − 1 is negative. The loss falls as z grows.',
          loss: 'That is the loss itself, −log p. Its gradient at z is simpler: p − y, with y = 1.',
          other: 'Read p at 0 steps, near one half, and take y = 1 away.',
        },
      },
      why: [
        'The loss is',
        'Through the sigmoid its gradient becomes',
        'and each weight w moves against its own, with learning rate η = 0.01:',
      ],
    },
    training: {
      title: 'Five thousand steps',
      text: [
        'There are 100 images, half of them with a vertical line in the middle column, half with a horizontal one in the middle row. Once through all of them is an epoch. Fifty epochs are 5,000 steps.',
        'It starts with the random kernel that you see.',
      ],
      predict: {
        ask: 'What will the kernel become?',
        options: {
          vertical: 'A bright column, which answers to the vertical line alone',
          horizontal: 'A bright row, which answers to the horizontal line alone',
          both: 'Something that answers to both lines',
        },
        replies: {
          right: 'That is how it came out. {learned}',
          other: 'That would work as well, and other starts end there. From this start it came out differently. {learned}',
        },
      },
      reveal: [
        'Go through the training with the lit control: 0, 1, 10, 100 … steps. The curve has the mean loss of each epoch.',
        'Nobody told the network what to look for. Gradient descent takes the first way down that it finds from where it starts.',
      ],
      task: {
        ask: 'Set the control to the first of its numbers at which the network is sure of both lines: p above 0.9 for the vertical one, and below 0.1 for the horizontal one.',
        replies: {
          right: 'After {steps} steps. From then on it only becomes surer.',
          early: 'After {steps} steps it says {v} for the vertical and {h} for the horizontal line: not yet sure of both.',
          late: 'After {steps} steps it is sure, but so it was earlier. Go back until it is not any more.',
        },
      },
      why: ['The curve shows the mean over the N = 100 images of an epoch of', 'The last value here:'],
    },
    apart: {
      title: 'Who tells them apart?',
      text: [
        'The trained network is sure of both lines. Here are both on their way through it.',
        'The filter is the same for both: it slides over the image and answers where it finds what it looks for.',
      ],
      predict: {
        ask: 'How strong is the filter’s strongest answer to the horizontal line, compared with that to the vertical one?',
        options: { less: 'much weaker, or 0', same: 'about as strong', more: 'much stronger' },
        replies: {
          right: 'Vertical {v}, horizontal {h}. The filter answers to both, so it is not the filter that tells them apart.',
          differs:
            'One would think so, as the network tells them apart. But it is {v} for the vertical and {h} for the horizontal line: the filter answers to both.',
        },
      },
      reveal: [
        'Compare the places. The two lines light different cells of the map, and after pooling different ones of the four numbers.',
        'The dense weights tell these places apart: one is positive and counts for “vertical”, one is negative and counts against it. The lit control shows how that came about.',
      ],
      task: {
        ask: 'Work out z for the horizontal line: each of its four pooled numbers times the dense weight at the same place, all added, and the bias. One decimal is enough.',
        replies: {
          right: 'z = {z}, and its sigmoid is {p}: surely not vertical.',
          sign: 'That is rather z of the vertical line, or a sign was lost: with the horizontal one the weight at the place that lights up is negative.',
          unweighted: 'That is the sum of the pooled numbers alone. Each has to be multiplied by its weight.',
          other: 'Multiply number by number: top left with top left, and so on. Three of the four products are near 0.',
        },
      },
      why: ['With pooled numbers a and weights w, row by row:', 'For the horizontal line:'],
    },
    starts: {
      title: 'Other random starts',
      text: [
        'Was it chance that this filter came out? Here are ten networks: the same layers, the same images in the same order, the same learning rate. Only the random numbers at the start differ.',
        'They have been trained meanwhile, 5,000 steps each.',
      ],
      predict: {
        ask: 'How many of the ten tell the two lines apart at the end?',
        options: { all: 'all ten', most: 'more than half, not all', few: 'half of them or fewer' },
        replies: {
          right: '{count} of 10. Most starts end well, in several different ways; some end nowhere.',
          high: 'Not all: {count} of 10. A start can be so unlucky that nothing is ever learned from it.',
          low: 'It is more robust than that: {count} of 10 end well, though not with the same filter.',
        },
      },
      reveal: [
        'Some became columns, some rows, some answer to both. All of these solve the task: there is not one right filter.',
        'A network that answers to neither line gives 0 after ReLU everywhere. Then hardly any gradient comes back to the kernel, and it stays where it is: ReLU is “dead”.',
      ],
      task: {
        ask: 'Choose a network whose filter answers to the horizontal line alone.',
        replies: {
          right:
            'Start {seed}: a bright row. Its dense weights are negative and its bias is positive: without an answer it says “vertical”.',
          vertical: 'Start {seed} has a bright column: it answers to the vertical line. Look for a bright row.',
          both: 'Start {seed} answers to both lines, as the two maps below show. Look for one whose map of the vertical line is 0.',
          dead: 'Start {seed} answers to neither: both maps are 0, and p is one half for both.',
        },
      },
      why: [
        'ReLU hands no gradient back where its input is below zero:',
        'If that is so at every place and for every image, the kernel’s gradient is',
      ],
    },
  },
} satisfies LessonWords;
