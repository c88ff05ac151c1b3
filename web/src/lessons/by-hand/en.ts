import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: why can the same nine weights serve every place of an image?',
  view: {
    settings: 'stride {stride}, padding {padding}',
    pixels: '{n, plural, one {# pixel changed} other {# pixels changed}}',
    kernelSize: 'kernel {size}×{size}',
    max: 'max pooling',
    avg: 'average pooling',
    arriving: 'gradients {values}',
    coveredSum: 'The arithmetic is hidden until you have made your prediction.',
  },
  steps: {
    products: {
      title: 'Nine products, one number',
      text: [
        'The kernel lies on a 3×3 window of the image. Each weight multiplies the pixel beneath it, and the nine products are added: that is one number of the feature map.',
        'Then the window moves one pixel, with the same weights. The window of row 1, column 2 is marked.',
      ],
      predict: {
        ask: 'Work it out on paper: which number comes at row 1, column 2 of the feature map?',
        replies: {
          right: 'Three rows give 10·1 + 10·0 + 0·(−1) = 10 each, and together 30.',
          sign: 'The size is right, the sign is not. The bright pixels lie under the 1 and the dark ones under the −1, so the sum is positive: 30.',
          row: 'That is one row of the window. There are three, and all their products are added: 30.',
          unweighted:
            'That is the sum of the pixels alone. Each has to be multiplied by its weight first: 0 leaves a pixel out, −1 takes it away.',
          other: 'Multiply each pixel of the window by the weight at its place, and add the nine products: 10 + 10 + 10 = 30.',
        },
      },
      reveal: [
        'The products stand below the picture. Point at another number of the map, or walk over it with the arrow keys, and see its window.',
        'This kernel takes the right column away from the left one. It answers 0 where both are equal, and strongly where light meets dark: it finds vertical edges.',
      ],
      task: {
        ask: 'Draw on the image until row 2, column 2 of the map is −30. (A click or Enter turns a pixel on or off; a number can be typed.)',
        replies: {
          right: 'Dark on the left and bright on the right, in all three rows: the same edge, the other way round.',
          sign: 'This window gives {value}: it is still brighter on the left, where the weight is 1. For −30 the bright pixels have to lie under the −1.',
          zero: 'Now left and right weigh the same and cancel. Darken the left column of the window, or brighten the right one.',
          weak: 'The direction is right: {value}. Each of the three rows can give −10; look which one does not yet.',
          strong: 'That is {value}, more than asked: pixels go from 0 to 10 here.',
        },
      },
      why: ['A number of the map is the sum over the window. With rows and columns counted from 1, here row {row}, column {column}:', ''],
    },
    padding: {
      title: 'Padding: “valid” and “same”',
      text: [
        'A 3×3 window fits into a 5×5 image at three places in each direction, so the map is 3×3. Without padding this is called “valid”: only pixels that exist are used.',
        'Padding p puts p rings of zeros around the image. The window then starts further out.',
      ],
      predict: {
        ask: 'With padding 1, how many rows does the map have?',
        replies: {
          right: 'The padded image has 7 rows, and a window of 3 fits at 5 places.',
          valid: 'That is the size without padding. The ring of zeros gives the window one more place at either end: 5.',
          padded: 'That is the size of the padded image. A window of 3 fits into it at 7 − 3 + 1 = 5 places.',
          other: 'The image grows to 5 + 2·1 = 7 rows. A window of 3 fits into 7 at 7 − 3 + 1 = 5 places.',
        },
      },
      reveal: [
        'The map is as large as the image. This is called “same”: with a 3×3 kernel it needs padding 1.',
        'Hatched cells are padding. They count as 0, so the map’s border also answers to the edge between image and nothing.',
      ],
      task: {
        ask: 'Now the kernel is 5×5. Set the padding with which the map stays as large as the image.',
        replies: {
          right: 'A 5×5 kernel reaches two pixels beyond its centre, so “same” needs padding 2: half of the kernel, rounded down.',
          valid: 'Without padding a 5×5 kernel has only one place in a 5×5 image: the map is 1×1.',
          small: 'The map is {rows}×{rows}, still smaller than the image. The kernel reaches further than this ring.',
          large: 'The map is {rows}×{rows}, larger than the image: the ring is wider than the kernel reaches.',
        },
      },
      why: [
        'An image of I pixels, padding p on both sides, a kernel of K and stride s:',
        'With the settings of the picture:',
        'For “same” at stride 1 the padding has to make up for what the kernel takes:',
      ],
    },
    stride: {
      title: 'Stride: how far the window moves',
      text: [
        'So far the window moved by one pixel. With stride 2 it moves by two, to the right and down, and skips every other place.',
        'Padding is 1 again, and at stride 1 the map is 5×5.',
      ],
      predict: {
        ask: 'With stride 2, how many columns does the map have?',
        replies: {
          right: 'Of the five places the window takes the first, third and fifth.',
          half: 'Not half of it: the first place counts as well. Of five places it takes the first, third and fifth: 3.',
          all: 'That is the size at stride 1. With stride 2 the window skips every other place, and 3 are left.',
          other: 'Of the five places in a row the window takes the first, third and fifth: 3.',
        },
      },
      reveal: [
        '9 numbers instead of 25: a stride is one way to make maps smaller, and saves work.',
        'The numbers are the same as before at these places. Nothing is averaged, the rest is simply not computed.',
      ],
      task: {
        ask: 'Find a stride and a padding that give a map of 2×2.',
        replies: {
          right: '2×2. Rows of the padded image that no window reads here: {left}. What is left over at the edge is dropped.',
          large: 'The map is {rows}×{rows}: larger than 2×2. A larger stride or less padding makes it smaller.',
          small: 'The map is {rows}×{rows}: smaller than 2×2. A smaller stride or more padding makes it larger.',
        },
      },
      why: ['The window has its first place, and one more for each whole stride that is left:', 'Here:'],
    },
    pooling: {
      title: 'ReLU, then max or average pooling',
      text: [
        'ReLU keeps what is above zero and turns the rest into 0. Pooling then makes one number of each 2×2 window: max pooling takes the largest, average pooling the mean.',
        'The top left window of the map holds −20, 0, −30 and 0.',
      ],
      predict: {
        ask: 'What do ReLU and max pooling make of these four?',
        replies: {
          right: 'ReLU leaves four zeros, and the largest of them is 0: no edge from light to dark in this corner.',
          size: 'Max means the largest number, not the one farthest from zero: −30 is the smallest here. After ReLU only zeros are left.',
          mean: 'That would be the mean of the map’s own numbers. ReLU comes first and leaves zeros; max pooling takes the largest.',
          other: 'ReLU first: −20 and −30 become 0. The largest of 0, 0, 0, 0 is 0.',
        },
      },
      reveal: [
        'Dots mark the winners. Point at a pooled number to see its window.',
        'Row 5 and column 5 of the map are not used: 5 is odd, and a 2×2 window with stride 2 does not fit there. Pooling drops what is left over.',
      ],
      task: {
        ask: 'Which number would average pooling give at row 2, column 2? Work it out, then check with the lit control.',
        replies: {
          right:
            '(10 + 10 + 0 + 0) / 4 = 5. The mean keeps a little of everything; max pooling keeps the strongest and forgets how many there were.',
          max: 'That is still the largest of the window. The mean divides the sum of all four by 4.',
          norelu: 'That is the mean of the map before ReLU, where −10 and −10 cancel the rest. ReLU comes first: 10, 10, 0, 0.',
          sum: 'That is the sum of the four. The mean is a quarter of it.',
          other: 'After ReLU the window at the lower right holds 10, 10, 0, 0. Their mean is asked.',
        },
      },
      why: ['With A for the map after ReLU and windows of 2×2 at stride 2:', 'At row 2, column 2:'],
    },
    relu: {
      title: 'Backward: who gets the gradient',
      text: [
        'The loss says how wrong a network’s answer is. The gradient of a number says how the loss changes with that number. It is handed back from the end: here a gradient of 1 arrives at each of the four pooled numbers.',
        'Max pooling hands it to the winner of its window. ReLU lets it through only where the map’s number was above zero. The pooled numbers were 0 30 / 0 10.',
      ],
      predict: {
        ask: 'How many of the map’s 25 numbers get some gradient?',
        replies: {
          right: 'Four winners, but two of them won with a 0 that ReLU had made of a negative number: there it stops.',
          winners:
            'Max pooling has four winners, one for each window. But in the left windows all numbers were cut to 0 by ReLU, and what ReLU has cut gets no gradient: 2 are left.',
          all: 'Those are all cells of the four windows. With max pooling only the winner of each gets the gradient, and ReLU stops two of the four.',
          other: 'One winner for each of the four windows; ReLU stops those whose number in the map was not above zero. That leaves 2.',
        },
      },
      reveal: [
        'In this order: what arrives, what pooling hands to the winners, and what ReLU lets through. Point at any of these numbers to see its arithmetic.',
        'A small change of one of the other 23 numbers would not change the result: their gradient is 0.',
      ],
      task: {
        ask: 'With average pooling every cell of a window gets a share. How many of the map’s numbers get some gradient then? Think first; the lit control shows it.',
        replies: {
          right: 'Each of the 16 cells gets ¼ from pooling, and ReLU lets it through where the map is above zero: at {open} of them.',
          all: 'Pooling hands ¼ to all 16 cells. ReLU comes next, and stops it wherever the map was not above zero.',
          winners: 'That is the answer for max pooling. The mean has no winner: every cell of the window has its part.',
          other: 'Count the cells of rows 1 to 4 and columns 1 to 4 where the map is above zero.',
        },
      },
      why: ['ReLU multiplies the gradient by 1 or by 0:', 'Max pooling passes it to the winner, average pooling a quarter to each:'],
    },
    turned: {
      title: 'Backward: the kernel turned',
      text: [
        'Two numbers of the map have a gradient now: 1 at row 2, column 3 and 1 at row 3, column 3. It goes on to the pixels.',
        'A pixel was part of several windows, each time under another weight. Its gradient is the sum over these windows: gradient of the output times the weight that lay on the pixel.',
      ],
      predict: {
        ask: 'Which gradient does the pixel at row 2, column 2 get?',
        replies: {
          right: 'In both windows the pixel lay in the left column, under weight 1: 1·1 + 1·1 = 2.',
          unturned:
            'So it would come out if the kernel were laid on the gradients as it is. But the pixel lies to the left of these two outputs: in their windows it was under the left column, with weight 1. Seen from the pixel, the kernel is turned by half a turn.',
          single: 'Both outputs have a window with this pixel, so there are two terms: 1·1 + 1·1 = 2.',
          zero: 'The pixel is in the windows of both outputs, in the left column, where the weight is 1: 1·1 + 1·1 = 2.',
          other:
            'The two outputs lie to the right of the pixel. In their windows it was in the left column, under weight 1: 1·1 + 1·1 = 2.',
        },
      },
      reveal: [
        'The picture has the kernel as it is used here: turned by half a turn, −1 on the left. Sliding it over the gradients gives the gradient of the image.',
        'This is what backpropagation through a convolution is: a convolution again, with the kernel turned.',
      ],
      task: {
        ask: 'Change the gradients that arrive (click to add 1, or type) until the pixel at row 2, column 2 gets exactly 6.',
        replies: {
          right: 'Each unit at one of the two open places adds 1 at this pixel, so they have to make 6 together.',
          stopped: 'The pixel gets {value}. The gradients on the left go nowhere: ReLU was closed there. Change those on the right.',
          sign: 'Now it is negative: {value}. The weight between these outputs and the pixel is +1, so positive gradients are needed.',
          less: 'The pixel gets {value} so far. Both gradients on the right reach it, each with weight 1.',
          more: 'The pixel gets {value}, more than 6. Take some away (Shift and click, or type a number).',
        },
      },
      why: [
        'The gradient of a pixel collects from every output whose window it was in; p is the padding, s the stride:',
        'For the pixel at row 2, column 2:',
      ],
    },
  },
} satisfies LessonWords;
