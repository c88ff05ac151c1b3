// What answers each lesson, right and wrong, from what its view came to.
import assert from 'node:assert/strict';
import { arriving, check, number, option, paint, pick, ready, set, start, tabTo } from './by-keyboard.mjs';

/** What the comparison of kernels came to: which one was ahead by seed, how far the first one's seeds lie apart. */
const compared = (page) =>
  page.locator('lab-view-one-thing').evaluate(({ facts: { records, results } }) => {
    const of = (variant) => records.filter((one) => one.variant === variant).map(({ record }) => record.test_accuracy);
    const rows = [of(0), of(1), of(2)];
    const ahead = rows[0].map((_, seed) => [0, 1, 2].reduce((best, row) => (rows[row][seed] > rows[best][seed] ? row : best), 0));
    const { mean, is_clear: clear } = results[2]?.difference ?? {};
    const truth = clear ? (mean > 0 ? 'better' : 'worse') : 'open';
    return { ahead, clear, truth, spread: 100 * (Math.max(...rows[0]) - Math.min(...rows[0])) };
  });
/** What the dense and the convolutional network came to: accuracies by variant, in points, and their means. */
const raced = (page) =>
  page.locator('lab-view-dense-or-conv').evaluate(({ facts: { records } }) => {
    const rows = [0, 1, 2, 3].map((variant) =>
      records.filter((one) => one.variant === variant).map(({ record }) => 100 * record.test_accuracy),
    );
    const [dense, denseShuffled, conv, convShuffled] = rows.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length);
    const ahead = rows[2][0] >= rows[0][0] ? 'conv' : 'dense';
    const falls = [dense - denseShuffled, conv - convShuffled];
    const lost = falls.map((points) => points > 2);
    const loser = lost[0] ? (lost[1] ? 'both' : 'dense') : lost[1] ? 'conv' : 'none';
    return { ahead, more: Math.round(10 * Math.abs(rows[2][0] - rows[0][0])), loser, falls };
  });
/** The change of the image, besides a move, that leaves the averages of its maps as they are. */
const kept = (page) =>
  page.locator('lab-view-dense-or-conv').evaluate(({ facts: { moved } }) => {
    const { averages } = moved.places.find(({ shift }) => shift === 0);
    const norm = (values) => Math.hypot(...values);
    const change = ({ averages: others }) => norm(averages.map((value, i) => others[i] - value)) / norm(averages);
    const [[name, least]] = Object.entries(moved.others)
      .map(([other, place]) => [other, change(place)])
      .sort((one, other) => one[1] - other[1]);
    return least < 0.01 ? name : 'none';
  });
/** The right prediction and a wrong one, from what came out. */
const choiceOf = (choose) => async (page) => choose(await compared(page));

/** What a sample of images came to: counts, distances of means, and what the nearest images say. */
const looked = (page) => page.locator('lab-view-look').evaluate(({ facts }) => facts);
const looks = (choose) => async (page) => choose(await looked(page));
/** Per cent with one decimal. */
const inPercent = (share) => Number((100 * share).toFixed(1));
const nearestRight = ({ votes }) => votes.filter(({ label, near }) => near[0] === label).length / votes.length;
/** The class whose nearest other one is farthest away, or the one of the nearest pair. */
const byDistance = (which) => async (page) => {
  const { distances } = await looked(page);
  const apart = distances.map((row, c) => Math.min(...row.filter((_, other) => other !== c)));
  await pick(apart.indexOf(Math[which](...apart)) + 1)(page);
};
/** Chooses the first test image whose nearest image is, or is not, of its class. */
const withNearest = (isRight) => async (page) => {
  const { votes } = await looked(page);
  const at = votes.findIndex(({ label, near }) => (near[0] === label) === isRight);
  assert.ok(at >= 0 && at < 24, 'one of the images on offer');
  await tabTo(page, 'button:has(canvas):not(:has(.name))', 'Shift+Tab');
  await page.keyboard.press('Home');
  for (let i = 0; i < at; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await ready(page);
  await check(page);
};

/** What augmentation came to: kept originals, accuracies by network and seed, and on changed test images; in points. */
const augmented = (page) =>
  page.locator('lab-view-more-data').evaluate(({ facts: { kept, records, judged } }) => {
    const of = (variant, on) => records.filter((one) => one.variant === variant).map(({ record }) => 100 * record[`${on}_accuracy`]);
    const rows = [0, 1, 2].map((variant) => ({ train: of(variant, 'train'), test: of(variant, 'test') }));
    const means = rows.map(({ train, test }) => [train, test].map((all) => all.reduce((sum, value) => sum + value, 0) / all.length));
    const points = judged.map((one) => Object.fromEntries(Object.entries(one).map(([name, share]) => [name, 100 * share])));
    return { kept, rows, means, judged: points };
  });
/** What the comparisons of a network for CIFAR-10 came to, in points and losses. */
const compared10 = (page) =>
  page.locator('lab-view-cifar').evaluate(({ facts: { card, records, courses, stacks, largest } }) => {
    const figures = records.map(({ record }) => ({ loss: record.train_loss ?? Infinity, accuracy: record.test_accuracy ?? 0 }));
    const losses = courses.map(({ course }) => course.tests.map(({ loss }) => Number(loss.toFixed(3))));
    const parameters = stacks.map((network) => network.parameters);
    const flat = stacks[1].layers.find(({ type }) => type === 'flatten').output[0];
    return { classes: card.classes.length, figures, losses, parameters, flat, largest };
  });
const on10 = (choose) => async (page) => choose(await compared10(page));
/** What a network that has learned before came to, by what it was given; means in points. */
const carried = (page) =>
  page.locator('lab-view-shoulders').evaluate(({ facts: { shoulders, classes, low, results } }) => {
    const mean = (all) => (100 * all.reduce((sum, value) => sum + value, 0)) / all.length;
    const of = Object.fromEntries(Object.entries(results ?? {}).map(([name, { accuracies }]) => [name, mean(accuracies)]));
    return { scratch: of.scratch, high: of.high, lowMean: of.low, shoulders, classes, low };
  });
const carries = (choose) => async (page) => choose(await carried(page));
const augments = (choose) => async (page) => choose(await augmented(page));
/** What a saved network came to in the other program. */
const saved = (page) =>
  page.locator('lab-view-world').evaluate(({ facts: { state, made, measured } }) => {
    const tensors = (file) =>
      Object.fromEntries(file.tensors.map(({ name, bytes }) => [name, [...new Float32Array(bytes.slice().buffer)]]));
    const weights = tensors(made.plain);
    const numbers = (file) => file.tensors.reduce((sum, { bytes }) => sum + bytes.length / 4, 0);
    const [gamma, variance] = ['weight', 'running_var'].map((name) => weights[`batch_norm_1.${name}`][state.map - 1]);
    const at = measured?.offered[state.image];
    const logits = [...(measured?.other.subarray(at * 10, at * 10 + 10) ?? [])].sort((a, b) => b - a);
    const { apart, accuracies, answered, jsonBytes } = measured ?? {};
    const odds = Math.exp(logits[0] - logits[1]);
    const all = { weights: 4 * numbers(made.plain), fewer: numbers(made.plain) - numbers(made.folded), sizes: Object.values(made.sizes) };
    return { ...all, factor: gamma / Math.sqrt(variance + 1e-5), odds, apart, accuracies, answered, jsonBytes };
  });
const saves = (choose) => async (page) => choose(await saved(page));
const names10 = ['sgd', 'momentum', 'rmsprop', 'adam'];
const oneDecimal = (value) => Number(value.toFixed(1));

/** Of each step a right and a wrong prediction, and what answers its question wrongly and rightly. */
export const solutions = {
  'by-hand': [
    { predict: [30, -30], wrong: paint(6), right: paint(11, 8, 13) },
    {
      predict: [5, 7],
      wrong: (page, { padding }) => set([[padding, 4]])(page),
      right: (page, { padding }) => set([[padding, 3]])(page),
    },
    {
      predict: [3, 2],
      wrong: (page, { stride }) => set([[stride, 2]])(page),
      right: (page, { padding }) => set([[padding, 1]])(page),
    },
    { predict: [0, -30], wrong: number(10), right: number(5) },
    { predict: [2, 4], wrong: number(16), right: number(6) },
    { predict: [2, -2], wrong: arriving(1, 1, 2, 1), right: arriving(1, 2, 1, 4) },
  ],
  'filter-learns': [
    { predict: ['half', 'high'], wrong: number(9), right: number(14) },
    { predict: ['up', 'jump'], wrong: number(0.7), right: number(-0.5) },
    { predict: ['both', 'vertical'], wrong: pick(4), right: pick(6) },
    { predict: ['same', 'less'], wrong: number(5.6), right: number(-5.6) },
    { predict: ['most', 'all'], wrong: start(2), right: start(6) },
  ],
  'look-at-data': [
    {
      predict: looks(({ train }) => {
        const [least, most] = [Math.min(...train), Math.max(...train)];
        const truth = least === most ? 'exact' : most < 2 * least ? 'nearly' : 'far';
        return [truth, truth === 'exact' ? 'far' : 'exact'];
      }),
      wrong: number(10),
      right: async (page) => {
        const { kept } = await looked(page);
        await number(inPercent(Math.max(...kept) / kept.reduce((sum, count) => sum + count)))(page);
      },
    },
    {
      predict: looks(({ distances }) => {
        const offered = ['2-6', '2-4', '7-9', '1-3'].sort((one, other) => distances[one[0]][one[2]] - distances[other[0]][other[2]]);
        return [offered[0], offered[3]];
      }),
      wrong: byDistance('min'),
      right: byDistance('max'),
    },
    {
      predict: looks((facts) => {
        const share = nearestRight(facts);
        return share < 0.62 ? ['half', 'nearly'] : share < 0.92 ? ['most', 'nearly'] : ['nearly', 'half'];
      }),
      wrong: withNearest(true),
      right: withNearest(false),
    },
    {
      predict: looks(({ copies, state }) => {
        const share = copies.filter(({ distance }) => distance <= state.limit).length / copies.length;
        assert.ok(share > 0.03 && share < 0.125, `${share} of the test images are near-duplicates`);
        return ['some', 'none'];
      }),
      wrong: async (page) => {
        const { copies } = await looked(page);
        await number(inPercent(copies.filter(({ same }) => same).length / copies.length))(page);
      },
      right: async (page) => {
        const { copies, state } = await looked(page);
        const others = copies.filter(({ distance }) => distance > state.limit);
        await number(inPercent(others.filter(({ same }) => same).length / others.length))(page);
      },
    },
    {
      predict: [80, 100],
      wrong: number(70),
      right: async (page) => {
        const share = nearestRight(await looked(page));
        await number(inPercent(0.7 * share + (0.3 * (1 - share)) / 9))(page);
      },
    },
  ],
  'dense-or-conv': [
    { predict: ['dense', 'conv'], wrong: number(200960), right: number(200768) },
    {
      predict: async (page) => ((await raced(page)).ahead === 'conv' ? ['conv', 'dense'] : ['dense', 'conv']),
      wrong: async (page) => number(-(await raced(page)).more - 3)(page),
      right: async (page) => number((await raced(page)).more)(page),
    },
    {
      predict: async (page) => {
        const { loser } = await raced(page);
        return [loser, loser === 'none' ? 'both' : 'none'];
      },
      wrong: number(50),
      right: async (page) => number(Number((await raced(page)).falls[1].toFixed(1)))(page),
    },
    { predict: ['moves', 'stays'], wrong: pick(2), right: pick(3) },
    {
      predict: ['no', 'yes'],
      wrong: async (page) => option((await kept(page)) === 'mirrored' ? 'turned' : 'mirrored')(page),
      right: async (page) => option(await kept(page))(page),
    },
  ],
  'more-data': [
    {
      predict: [98, 49],
      wrong: async (page, said) => set([[said.moved, 2]])(page),
      right: async (page, said) => set([[said.moved, 3]])(page),
    },
    {
      predict: augments(({ kept: { moved } }) => {
        const truth = moved.own >= 0.8 * moved.count ? 'nearly' : moved.own >= moved.count / 3 ? 'half' : 'few';
        return [truth, truth === 'half' ? 'few' : 'half'];
      }),
      wrong: pick(3),
      right: async (page) => {
        const { kept } = await augmented(page);
        const most = Math.max(...Object.values(kept).map(({ own }) => own));
        await pick(Object.values(kept).findIndex(({ own }) => own === most) + 1)(page);
      },
    },
    {
      predict: augments(({ rows }) => (rows[0].train[0] >= rows[1].train[0] ? ['without', 'with'] : ['with', 'without'])),
      wrong: number(70),
      right: async (page) => {
        const [{ train, test }] = (await augmented(page)).rows;
        await number(oneDecimal(train[0] - test[0]))(page);
      },
    },
    {
      predict: augments(({ means }) => {
        const change = means[1][1] - means[0][1];
        const truth = change > 1 ? 'up' : change < -1 ? 'down' : 'same';
        return [truth, truth === 'up' ? 'down' : 'up'];
      }),
      wrong: number(70),
      right: async (page) => {
        const { means } = await augmented(page);
        await number(oneDecimal(means[0][0] - means[0][1] - means[1][0] + means[1][1]))(page);
      },
    },
    {
      predict: augments(({ judged }) => {
        const falls = judged.map(({ asTheyAre, moved }) => asTheyAre - moved);
        return falls[0] >= falls[1] ? ['without', 'with'] : ['with', 'without'];
      }),
      wrong: number(90),
      right: async (page) => {
        const [{ asTheyAre, moved }] = (await augmented(page)).judged;
        await number(oneDecimal(asTheyAre - moved))(page);
      },
    },
    {
      predict: augments(({ judged }) => {
        const ahead = [0, 1].filter((variant) => judged[variant].asTheyAre >= judged[2].asTheyAre).length;
        const places = ['first', 'second', 'third'];
        return [places[ahead], places[(ahead + 1) % 3]];
      }),
      wrong: pick(2),
      right: pick(4),
    },
  ],
  'cifar-network': [
    {
      predict: on10(({ flat }) => [flat, flat / 16]),
      wrong: pick(1),
      right: async (page) => {
        const { parameters } = await compared10(page);
        await pick(parameters.indexOf(Math.min(...parameters)) + 1)(page);
      },
    },
    { predict: [0, 2320], wrong: number(11), right: number(8) },
    {
      predict: on10(({ figures }) => {
        const losses = figures.map(({ loss }) => loss);
        const slowest = losses.indexOf(Math.max(...losses));
        return [names10[slowest], names10[(slowest + 1) % 4]];
      }),
      wrong: number(99),
      right: async (page) => {
        const [sgd, momentum] = (await compared10(page)).figures;
        await number(oneDecimal(100 * (momentum.accuracy - sgd.accuracy)))(page);
      },
    },
    {
      predict: on10(({ figures: [plain, norm] }) => (norm.loss < plain.loss ? ['norm', 'plain'] : ['plain', 'norm'])),
      wrong: number(56),
      right: number(112),
    },
    {
      predict: on10(({ figures, classes }) => {
        const [free, clipped] = figures.map(({ accuracy }) => accuracy > 1.7 / classes);
        const truth = free ? (clipped ? 'both' : 'free') : clipped ? 'clipped' : 'neither';
        return [truth, truth === 'both' ? 'neither' : 'both'];
      }),
      wrong: number(-1),
      right: async (page) => number(oneDecimal((await compared10(page)).largest / 0.5))(page),
    },
    {
      predict: on10(({ losses: [plain] }) => {
        const [least, end] = [Math.min(...plain), plain.at(-1)];
        const truth = end > 1.05 * least ? 'rises' : plain.indexOf(least) === plain.length - 1 ? 'falls' : 'stays';
        return [truth, truth === 'falls' ? 'stays' : 'falls'];
      }),
      wrong: number(99),
      right: async (page) => {
        const [plain] = (await compared10(page)).losses;
        await number(plain.indexOf(Math.min(...plain)) + 1)(page);
      },
    },
  ],
  shoulders: [
    {
      predict: carries(({ shoulders: { sizes }, low }) => {
        const { side, map } = sizes.find((one) => one.side >= low);
        return [map[0] * map[1], side * side];
      }),
      wrong: pick(6),
      right: async (page) => {
        const { sizes, least } = (await carried(page)).shoulders;
        await pick(sizes.findIndex(({ map }) => map[0] * map[1] >= least) + 1)(page);
      },
    },
    {
      predict: carries(({ shoulders: { features }, classes }) => [classes * (features + 1), classes * features]),
      wrong: number(99.9),
      right: async (page) => {
        const { features, parameters } = (await carried(page)).shoulders;
        const head = 10 * (features + 1);
        await number(inPercent(head / (head + parameters)))(page);
      },
    },
    {
      predict: carries(({ scratch, high }) => (high > scratch ? ['high', 'scratch'] : ['scratch', 'high'])),
      wrong: number(-200),
      right: async (page) => {
        const { scratch, high } = await carried(page);
        await number(oneDecimal(high - scratch))(page);
      },
    },
    {
      predict: carries(({ lowMean, high }) => {
        const points = high - lowMean;
        const truth = points > 20 ? 'much' : points > 5 ? 'some' : 'none';
        return [truth, truth === 'some' ? 'much' : 'some'];
      }),
      wrong: number(-200),
      right: async (page) => {
        const { lowMean, classes } = await carried(page);
        await number(oneDecimal(lowMean - 100 / classes))(page);
      },
    },
    { predict: [16, 64], wrong: number(6), right: number(16.7) },
  ],
  'into-the-world': [
    {
      predict: saves(({ weights }) => [weights, weights / 4]),
      wrong: async (page) => {
        const { sizes } = await saved(page);
        await pick(sizes.indexOf(Math.max(...sizes)) + 1)(page);
      },
      right: async (page) => {
        const { sizes } = await saved(page);
        await pick(sizes.indexOf(Math.min(...sizes)) + 1)(page);
      },
    },
    { predict: ['16x8x3x3', '16x3x3x8'], wrong: number(189), right: number(194) },
    {
      predict: saves(({ fewer }) => [fewer, fewer / 4]),
      wrong: number(-100),
      right: async (page) => number(Number((await saved(page)).factor.toFixed(3)))(page),
    },
    {
      predict: saves(({ apart }) => (apart === 0 ? ['same', 'differ'] : apart < 1e-3 ? ['nearly', 'same'] : ['differ', 'same'])),
      wrong: number(-1),
      right: async (page) => number(oneDecimal((await saved(page)).odds))(page),
    },
    {
      predict: saves(({ accuracies: { trained, bytes } }) => {
        const lost = 100 * (trained - bytes);
        const truth = lost > 20 ? 'much' : lost > 2 ? 'some' : 'same';
        return [truth, truth === 'some' ? 'much' : 'some'];
      }),
      wrong: pick(1),
      right: async (page) => {
        const shares = Object.values((await saved(page)).accuracies);
        await pick(shares.indexOf(Math.min(...shares)) + 1)(page);
      },
    },
    {
      predict: saves(({ jsonBytes }) => {
        const truth = jsonBytes / 784 > 6 ? 'more' : jsonBytes / 784 > 3 ? 'four' : 'two';
        return [truth, truth === 'two' ? 'four' : 'two'];
      }),
      wrong: pick(1),
      right: async (page) => {
        const shares = (await saved(page)).answered.map(({ right }) => right);
        const place = shares.findIndex((share) => share >= (1 + shares[0]) / 2);
        await pick((place < 0 ? shares.indexOf(Math.max(...shares)) : place) + 1)(page);
      },
    },
  ],
  'one-thing': [
    { predict: [416, 400], wrong: number(2.3), right: number(5.4) },
    {
      predict: choiceOf(({ ahead: [first] }) => [['3', '5', '7'][first], ['7', '3', '3'][first]]),
      wrong: option('winner'),
      right: option('nothing'),
    },
    {
      predict: choiceOf(({ ahead }) => (new Set(ahead).size === 1 ? ['yes', 'no'] : ['no', 'yes'])),
      wrong: number(70),
      right: async (page) => number(Number((await compared(page)).spread.toFixed(1)))(page),
    },
    {
      predict: choiceOf(({ clear }) => (clear ? ['clear', 'unclear'] : ['unclear', 'clear'])),
      wrong: option('same'),
      right: async (page) => option((await compared(page)).truth)(page),
    },
  ],
};

/** Names of controls and buttons. */
export const words = {
  en: { moved: 'Moved by up to', padding: 'Padding', stride: 'Stride', print: 'Print' },
  es: { moved: 'Píxeles que puede moverse', padding: 'Relleno', stride: 'Zancada', print: 'Imprimir' },
};
