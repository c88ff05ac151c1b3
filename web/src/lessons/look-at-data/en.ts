import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: what do you now look at before you train a network on new images?',
  view: {
    counts: 'Images by class',
    all: 'together',
    imbalance: 'Training images that the last class keeps',
    kind: 'Compare the mean image of',
    meansNote: 'The mean image of each class: each pixel is the mean of that pixel in all its training images.',
    chosenMean: 'The chosen class',
    others: 'The mean images of the other classes, by their distance from that of {name}:',
    offered: 'Test images to choose from',
    hidden: 'Hidden until you have made your prediction.',
    votes: 'Right answers on {n} test images',
    confusion: 'Class of the nearest training image (column), by the class of the test image (row): {n} images',
    voters: 'nearest images that vote',
    right: 'right',
    noise: 'Test images with a wrong label',
    measured: 'Accuracy on {n} test images',
    answers: 'who answers',
    perfect: 'a network that is always right',
    nearest: 'the nearest training image',
    trueLabels: 'with the true labels',
    givenLabels: 'with {p} wrong labels',
    average: 'on average',
    limit: 'Distance of at most',
    copies: 'The nearest training image as the answer',
    copiesHead: 'test images',
    howMany: 'how many',
    rightAnswers: 'right answers',
    accuracy: 'accuracy',
    allTests: 'all',
    nearTests: 'at most {limit} from a training image',
    nearestPairs: 'The nearest {n} pairs, each with its distance:',
    noPairs: 'No test image is this near to a training image.',
    comparing: 'Comparing each test image with each training image.',
    reading: 'Reading the first {train} training images and some test images.',
    voting: 'Looking for the nearest images: {done} of {all}.',
    set_counts: 'the last class keeps {imbalance}%',
    set_means: 'compared with the mean image of {name}',
    set_kind: 'class number {kind}',
    set_copies: 'pairs at most {limit} apart',
    set_train: 'training image {at}',
    set_test: 'test image {at}',
    set_noise: '{noise}% wrong labels',
  },
  steps: {
    counts: {
      title: 'How many of each?',
      text: [
        'Here are the first 2,000 training images of clothes of ten classes, and 1,000 test images. In the whole data set each class has the same number of images.',
        'Before anything is trained, one counts. The numbers are still covered.',
      ],
      predict: {
        ask: 'How are the ten classes spread among these 2,000 training images?',
        options: {
          exact: 'all exactly equally often',
          nearly: 'nearly equally often',
          far: 'some at least twice as often as others',
        },
        replies: {
          right: 'The rarest class has {least} images, the most frequent one {most}.',
          other: 'It came out differently: the rarest class has {least} images, the most frequent one {most}.',
        },
      },
      reveal: [
        'Which images are in a part of a data set is chance: its classes are nearly as frequent as in the whole, not exactly.',
        'In other data some classes are rare: illnesses, faults, rare animals. The lit control makes the last class rare among the training images, and those before it step by step less so.',
      ],
      task: {
        ask: 'A “network” learns nothing and always answers the most frequent class. What per cent of the training images that are left does it get right, as the control is set now?',
        replies: {
          right: '{share}% without looking at an image. Any accuracy has to be compared with that, not with 0.',
          even: '100% divided by ten classes is right where all are equally frequent. Take the counts as they are now.',
          before: 'That is the share before images were left out. The training images that are left are fewer.',
          test: 'That is its share of the test images. The question is about the training images that are left.',
          count: 'That is a number of images. Divide it by all that are left, and take it times 100.',
          other: 'Divide the largest number in the training column by the sum below it, and take it times 100.',
        },
      },
      why: ['With n images of class c, the constant answer gets right', 'Here:'],
    },
    means: {
      title: 'Mean images',
      text: [
        'The mean of all training images of a class is an image too. It shows what they share, and blurs what differs.',
        'The distance of two images is the root mean square of the differences of their pixels: 0 for equal ones, 1 for black and white.',
      ],
      predict: {
        ask: 'Which of these pairs of classes has the nearest mean images?',
        options: {
          '2-6': 'pullover and shirt',
          '2-4': 'pullover and coat',
          '7-9': 'sneaker and ankle boot',
          '1-3': 'trouser and dress',
        },
        replies: {
          right: 'Of all pairs, {first} and {second} are nearest: {distance} apart. The next pair is {next} apart.',
          other: 'Of all pairs, {first} and {second} are nearest: {distance} apart. The next pair is {next} apart.',
        },
      },
      reveal: [
        'Choose a class to see the others by their distance from it.',
        'Where two means are near, single images of the two can hardly be told apart by their brightness alone. Those classes are the ones to expect trouble from.',
      ],
      task: {
        ask: 'Each class has another one that is nearest to it. For one class even that one is farther away than for any other. Choose it, then check.',
        replies: {
          right: 'The nearest to {name} is {apart} away. No other class stands so much alone by its mean.',
          pair: 'This class belongs to the nearest pair of all. Look for one whose list begins with a large number.',
          other: 'The list of {name} begins with {apart}. Another class has a larger first number.',
        },
      },
      why: ['The mean image of class c, pixel by pixel, and the distance of two images of n pixels:', 'The nearest pair:'],
    },
    neighbours: {
      title: 'Nearest neighbours',
      text: [
        'A program can answer without any training: find the training image that is nearest by its pixels, and say its class.',
        'It has been tried on the first 300 test images, each against the 2,000 training images.',
      ],
      predict: {
        ask: 'For what share of these test images is the nearest training image of the same class?',
        options: {
          tenth: 'about one in ten',
          half: 'about half',
          most: 'about four in five',
          nearly: 'nearly all',
        },
        replies: {
          right: '{share}% of them.',
          low: 'More than that: {share}%. Clothes of a class are alike even pixel by pixel.',
          high: 'Fewer than that: {share}%. Some classes are too much alike.',
        },
      },
      reveal: [
        'The table also lets 3, 5 or 7 nearest images vote. A network has to do better than that to be worth its training.',
        'Choose a test image to see its nearest training images. Those of another class are underlined.',
      ],
      task: {
        ask: 'Choose a test image whose nearest training image, the first one, is of another class. Then check.',
        replies: {
          right:
            'The image is labelled “{name}”, its nearest one “{taken}”. Would you have known it? A network sees no more than these pixels.',
          same: 'The nearest one is of the same class here, {name}. Look for an image whose first neighbour is underlined.',
          majority: 'The nearest one is right here; it is most of the seven that are not. The question is about the first alone.',
          training: 'This is a training image. Choose one from the row of test images.',
        },
      },
      why: ['The answer for an image x is the class y of the training image with the smallest distance:'],
    },
    copies: {
      title: 'Seen before',
      text: [
        'A test has to ask about images that training has not seen. A network can learn an image by heart. It is then right about every copy of it.',
        'The lab compares each of the {tests} test images with each of the {train} training images. At a distance of {limit} or less the two count as near-duplicates.',
      ],
      predict: {
        ask: 'How many of the test images have a near-duplicate among the training images?',
        options: {
          none: 'none of them',
          few: 'about 1 in 100',
          some: 'about 5 to 10 in 100',
          many: 'more than 15 in 100',
        },
        replies: {
          right: '{found} of {tests}, which is {share}%. The nearest pair is {nearest} apart.',
          low: 'More than that: {found} of {tests}, which is {share}%. The nearest pair is {nearest} apart.',
          high: 'Fewer than that: {found} of {tests}, which is {share}%. The nearest pair is {nearest} apart.',
        },
      },
      reveal: [
        'Look at the pairs. No distance is 0, so none is an exact copy. Some may show the same garment, others are just simple shapes: many trousers look alike.',
        'The lit control sets the distance that counts. The table says how often the nearest training image is right about these test images.',
      ],
      task: {
        ask: 'Leave the test images in the lower row of the table out of the test. What per cent of the others does the nearest training image get right?',
        replies: {
          right: '{answer}%, and {all}% with them. Images that are near to a training image make a test easier than new images are.',
          all: 'That is the share of all test images. Take the lower row away first, from both counts.',
          near: 'That is the share of those that are left out. The question is about the others.',
          whole: 'You have divided by all test images. Those in the lower row are no longer in the test.',
          count: 'That is a number of images. Divide the right answers that are left by the images that are left, and take it times 100.',
          other:
            'Subtract the lower row from the upper one, images and right answers. Divide the right answers by the images, and take it times 100.',
        },
      },
      why: ['With n test images and r right answers, of which n′ and r′ are near-duplicates, the others give', 'Here:'],
    },
    noise: {
      title: 'What a test is worth',
      text: [
        'People have labelled the images, and people err. In well-known data sets a few per cent of the test labels are wrong.',
        'Here wrong labels can be made on purpose: a share p of the test images gets the label of another class.',
      ],
      predict: {
        ask: 'In 20 of 100 test images the label is wrong. What accuracy, in per cent, is measured for a network that sees the true class of every image?',
        replies: {
          right: 'It is always right, and is counted wrong wherever the label is: {best}% is the best that can be measured.',
          hundred: 'It is always right, but it is compared with the labels. Where these are wrong it counts as wrong: {best}%.',
          noise: 'That is the share in which network and label differ. They agree in the others: {best}%.',
          other: 'Network and label agree wherever the label is right: in {best}%.',
        },
      },
      reveal: [
        'The lit control sets the share. The measured accuracy follows: of the perfect network it is 1 − p.',
        'The other row answers with the nearest training image. Wrong labels make good and bad answers look more alike.',
      ],
      task: {
        ask: 'The nearest training image is right for {share}% with the true labels. What per cent would be measured on average if 30% of the test labels were wrong?',
        replies: {
          right: '{answer}%. It is mostly 70% of {share}%; a few wrong answers happen to meet a wrong label.',
          difference: 'You have subtracted 30. But of the images with a wrong label only {share}% were right before: it loses 30% of them.',
          clean: 'That is its share with the true labels. Where the label is wrong now, a right answer counts as wrong.',
          best: 'A network that is always right gets that much. The nearest image is right for {share}% only.',
          other: 'A right answer still counts where the label is right: 70% of {share}%. Look at 20% and 40% in the table.',
        },
      },
      why: ['With accuracy a, C classes and a share p of wrong labels, what is measured on average is', 'For a = 1:', 'With p = 0.3 here:'],
    },
  },
} satisfies LessonWords;
