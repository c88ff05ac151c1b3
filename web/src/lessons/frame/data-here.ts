import { LabError, type DatasetInfo, type LabEngine } from '../../client/client.js';
import { say } from '../../client/messages.js';

/** The first of these data sets that lies beside the page. Throws LabError. */
export async function dataHere(engine: LabEngine, ...names: readonly [string, ...string[]]): Promise<DatasetInfo> {
  const all = await engine.datasets();
  for (const name of names) {
    const found = all.find((one) => one.name === name);
    if (found) return found;
  }
  throw new LabError({
    code: 'missing_data',
    place: names.at(-1)!,
    problem: say('data.not_here'),
    remedy: say('data.choose_or_prepare'),
  });
}
