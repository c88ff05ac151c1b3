import type { DatasetInfo } from '../../client/client.js';
import { brought } from '../../files/brought.js';
import type { OwnImages } from '../../files/own-images.js';

/** The name of own images among the data sets, as in the links of Train. */
export const ownData = 'own';

/** Images that somebody has brought, as a data set among those beside the page. */
export const infoOf = ({ card, train, test }: OwnImages): DatasetInfo => ({
  name: ownData,
  card,
  train: train.count,
  test: test.count,
  trainLoaded: train.count,
  testLoaded: test.count,
});

/** What an experiment calls it. */
export const datasetNameOf = ({ name }: DatasetInfo): string => (name === ownData ? (brought.images?.dataset ?? 'folder') : name);
