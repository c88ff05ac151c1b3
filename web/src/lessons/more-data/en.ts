import type { LessonWords } from '../frame/lesson-type.js';

export const en = {
  sentence: 'In a sentence of your own: which changes of training images would you choose for images of your own, and why?',
  view: {
    crop: 'Moved by up to so many pixels',
    flip: 'Mirrored',
    yes: 'half of them',
    no: 'none',
    change: 'Images are',
    moved: 'moved',
    mirrored: 'mirrored',
    turned: 'turned',
    scaled: 'scaled',
    brightened: 'brightened',
    contrasted: 'given contrast',
    blanked: 'blanked in part',
    detail_moved: 'moved by up to 3 pixels',
    detail_mirrored: 'mirrored, half of them',
    detail_turned: 'turned by up to 20°',
    detail_scaled: 'scaled by up to 20%',
    detail_brightened: 'brightened or darkened by up to 20%',
    detail_contrasted: 'given up to 40% more or less contrast',
    detail_blanked: 'blanked in a square of 9×9 pixels',
    original: 'image as it is',
    drawn: 'drawn from it',
    formsOf: 'Images, and forms of each that training may draw',
    nearOf: 'Images, and two of each that are {change}',
    isOwn: 'its own original is the nearest',
    isOther: 'another image is nearer',
    keptOwn: 'The original is the nearest of {images} training images to {own} of {count} that are {change}.',
    hidden: 'Hidden until you have made your prediction.',
    looking: 'Looking for what is nearest to the changed images.',
    training: 'The networks are being trained, out of sight: {share}. You can read and choose meanwhile.',
    extent: '{images} training images of clothes, {epochs, plural, one {# epoch} other {# epochs}}, tested on {tests} images.',
    curves: 'Curves show',
    accuracy: 'accuracy',
    loss: 'loss',
    without: 'without',
    with: 'with',
    anyAngle: 'turned by any angle',
    trainOf: '{name}, training images',
    testOf: '{name}, test images',
    ends: 'At the end of training',
    network: 'network',
    onTrain: 'on training images',
    onTest: 'on test images',
    testLoss: 'test loss',
    shown: 'Seeds that count',
    bySeed: 'Accuracy by seed',
    seed: 'seed {n}',
    mean: 'mean',
    deviation: 'standard deviation',
    asked: 'Test images',
    asked_asTheyAre: 'as they are',
    asked_moved: 'moved by up to 3 pixels',
    asked_mirrored: 'mirrored, half of them',
    asked_turned: 'turned by any angle',
    judged: 'Accuracy on {n} test images',
    set_forms: 'moved by up to {crop}, mirrored: {flip}',
    set_race: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, seed {seed}',
    set_worth: '{images} images, {epochs, plural, one {# epoch} other {# epochs}}, {seeds} seeds',
    set_asked: 'test images {asked}',
  },
  steps: {
    forms: {
      title: 'One image, many images',
      text: [
        'A network that has few images soon knows them by heart. More of them would help, but images and labels cost time.',
        'So one changes those that one has. Each time the network is given an image, it is moved, mirrored, turned or made brighter at random. It still shows the same, so its label stays. This is called augmentation.',
      ],
      predict: {
        ask: 'An image may be moved by up to 3 pixels to the left or right and up or down, and it may be mirrored. In how many forms can the network meet it?',
        replies: {
          right: '7·7 places, each of them mirrored or not: 98 forms of one image.',
          places: 'Those are the places. In each of them the image may be mirrored as well: 98.',
          line: 'Left or right and up or down are drawn apart from each other: 7·7 places, mirrored or not, are 98.',
          zero: 'From 3 to the left to 3 to the right there are 7 places, as it may also stay: 7·7·2 = 98.',
          other: 'There are 7 places from left to right, 7 from top to bottom, and 2 for the mirror: 7·7·2 = 98.',
        },
      },
      reveal: [
        'Beside each image stand some of the forms that training draws. The lit controls set how far it may be moved, and whether it may be mirrored.',
        'There is nothing new in them. They teach the network what does not matter: where the garment lies, and which way it faces.',
      ],
      task: {
        ask: 'Set the controls so that an image has exactly 50 forms, then check.',
        replies: {
          right: '5·5 places, each mirrored or not.',
          half: '{forms} forms are half of 50. The other control doubles them.',
          many: 'So there are {forms} forms. Fewer places would be enough.',
          few: 'So there are {forms} forms. Let it be moved further.',
        },
      },
      why: [
        'Training draws a change T anew for each image in each epoch. The image changes, its label does not:',
        'Moved by up to c pixels and mirrored or not, an image has so many forms. As the controls are now:',
      ],
    },
    near: {
      title: 'To pixels it is another image',
      text: [
        'To us a garment that lies three pixels further right is the same garment. Is it to a machine that compares pixel by pixel?',
        'From 24 training images 48 changed ones were drawn. For each of them the nearest of the first 1,000 training images was looked for. Its own original is among these.',
      ],
      predict: {
        ask: 'The images were moved by up to 3 pixels. For how many of the {count} is their own original the nearest?',
        options: { nearly: 'nearly all', half: 'about half', few: 'fewer than a third' },
        replies: {
          right: 'For {own} of {count}.',
          high: 'Only for {own} of {count}. For the others an image of another garment is nearer.',
          low: 'For more than that: {own} of {count}.',
        },
      },
      reveal: [
        'Choose another change. An arrow stands below the images to which another one is nearer.',
        'Where pixels change their places, a changed image is a new one. A network has to see it to learn that the garment is the same.',
      ],
      task: {
        ask: 'After which kind of change does the original stay the nearest most often? Choose one that no other beats, then check.',
        replies: {
          right: 'For {keptNow} of {count}: here every pixel stays where it was.',
          half: 'Half of these images are not mirrored at all; they are all that is kept. Another change keeps more.',
          other: 'Here it is {keptNow} of {count}. Look for a change that leaves pixels in their places.',
        },
      },
      why: ['The distance of two images of n pixels, and what has come out for an image x, its changed form and another image z:'],
    },
    race: {
      title: 'A race with and without',
      text: [
        'Two equal networks learn from the same 300 images, in the same order, in as many steps. To one of them each image comes as it is, epoch after epoch. To the other it comes moved by up to 2 pixels and perhaps mirrored, in each epoch anew.',
        'The test images are changed for neither of them.',
      ],
      predict: {
        ask: 'In the last epoch, which network gets more of the training images right, in the form in which it sees them?',
        options: { without: 'the one without augmentation', with: 'the one with augmentation' },
        replies: {
          right: 'Without augmentation it is {trainWithout}%, with it {trainWith}%.',
          other: 'It came out differently: without augmentation it is {trainWithout}%, with it {trainWith}%.',
        },
      },
      reveal: [
        'Thin lines are on training images, bold ones on test images. The space between the two is the gap: what a network knows about its training images alone.',
        'The lit control sets what the curves show. The loss on test images is {lossWithout} without and {lossWith} with augmentation: in it counts too how sure a network is where it is wrong.',
      ],
      task: {
        ask: 'How wide is the gap of the network without augmentation at the end? Take its accuracy on training images minus that on test images, in points.',
        replies: {
          right: '{gap} points of what it seems to know are known by heart. With augmentation the gap is {gapWith} points.',
          sign: 'The number is right. It is more on training images, so say it without the sign.',
          with: 'That is the gap of the network with augmentation.',
          tests:
            'That is how far the two networks are apart on test images. The question is about one network, on training and on test images.',
          other: 'The table has both accuracies in the row without augmentation. Subtract the second from the first.',
        },
      },
      why: ['The gap is the accuracy on training images minus that on test images. Without and with augmentation:'],
    },
    worth: {
      title: 'What it is worth here',
      text: [
        'The gap is not what one wants to know. What counts is the accuracy on images that nobody has trained on. The race was run twice more, with other seeds.',
        'All images of this data set are alike: one garment, upright, in the middle.',
      ],
      predict: {
        ask: 'What does augmentation do to the accuracy on test images, in the mean of three seeds?',
        options: { up: 'more than 1 point better', same: 'within 1 point', down: 'more than 1 point worse' },
        replies: {
          right:
            'It changes by {change} points. The interval that holds the true mean in 95 of 100 such studies goes from {low} to {high}.',
          other:
            'It came out differently: it changes by {change} points. The interval that holds the true mean in 95 of 100 such studies goes from {low} to {high}.',
        },
      },
      reveal: [
        'Look along the rows, with one seed and with three, as the lit control says. The gap is narrower each time, but mostly because training has become harder.',
        'A narrow gap is no aim in itself: a network that has learned nothing has none. Whether augmentation pays depends on what the network will be asked about. The next step shows that.',
      ],
      task: {
        ask: 'By how many points is the gap narrower with augmentation than without, in the mean of the three seeds?',
        replies: {
          right: 'From {meanGap} to {meanGapWith} points.',
          sign: 'The number is right: say without its sign by how much it is narrower.',
          without: 'That is the gap without augmentation. Subtract from it the gap with augmentation.',
          with: 'That is the gap that is left with augmentation. By how much is it narrower?',
          tests: 'That is how far apart they are on test images. The gap is between training and test images.',
          other: 'Take the means from the table. For each network, training minus test; then the difference of the two.',
        },
      },
      why: ['With accuracies of training and of test images, in the mean of the seeds:'],
    },
    moved: {
      title: 'Test images that lie elsewhere',
      text: [
        'A camera in use does not put each garment into the middle. So both networks of the first seed are asked about 300 test images, first as they are, then changed at random.',
      ],
      predict: {
        ask: 'The test images are moved by up to 3 pixels. Which network loses more of its accuracy?',
        options: { without: 'the one without augmentation', with: 'the one with augmentation' },
        replies: {
          right: 'Without augmentation it falls from {asWithout} to {movedWithout}%, with it from {asWith} to {movedWith}%.',
          other:
            'It came out differently: without augmentation it falls from {asWithout} to {movedWithout}%, with it from {asWith} to {movedWith}%.',
        },
      },
      reveal: [
        'The lit control sets how the test images are changed. Where training has shown such changes, the network keeps more of its accuracy.',
        'That is what augmentation tells a network: which changes do not matter. A convolution moves its maps along with the image, but the dense layer at the end still has its weights by place.',
      ],
      task: {
        ask: 'By how many points does the network without augmentation fall when the test images are moved by up to 3 pixels?',
        replies: {
          right: 'By {fall} points. So a test on images that are all centred would have told too much of it.',
          sign: 'It falls by that many: say it without the sign.',
          with: 'That is what the network with augmentation loses.',
          left: 'That is what it still gets right. The question is how much it has lost.',
          other: 'Read its accuracy with the test images as they are and with those that are moved, and subtract.',
        },
      },
      why: ['Augmentation asks of a network f that it answers the same for all changes T, which is invariance:'],
    },
    wild: {
      title: 'Too much of it',
      text: [
        'A third network had the same 300 images turned by any angle, in each epoch anew: also upside down.',
        'It may take longer to learn, but it sees more forms of each image than either of the others.',
      ],
      predict: {
        ask: 'The test images stay upright. Where does the third network end up?',
        options: { first: 'ahead of both others', second: 'between them', third: 'behind both' },
        replies: {
          right: 'It gets {wildAs}% right, the others {asWithout}% and {asWith}%.',
          other: 'It came out differently: it gets {wildAs}% right, the others {asWithout}% and {asWith}%.',
        },
      },
      reveal: [
        'It has spent its steps on images that nobody will ask about, and what it has to learn is harder: each garment at every angle.',
        'The lit control changes the test images for all three.',
      ],
      task: {
        ask: 'Find test images on which the third network is ahead of both others, then check.',
        replies: {
          right: 'There it is ahead with {now}%. The changes in training are right where they are those of the images to come.',
          upright: 'Of these it gets {now}% right, and one of the others more. They are still upright.',
          other: 'On these it is not ahead of both. Which images are like those that it has trained on?',
        },
      },
      why: [
        'Training makes the mean loss small over images x and changes T. It is the right aim where T is drawn as the images to come are:',
      ],
    },
  },
} satisfies LessonWords;
