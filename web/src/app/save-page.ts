import { LabError } from '../client/client.js';
import { say } from '../client/messages.js';
import { fetchBytes } from '../client/shards.js';
import type { SaveRequest, Saved } from '../publish/share.js';
import { saveFile } from '../ui/save.js';
import { mostBytes, packWithin, publicationOf } from './publish.js';

/** Makes a page of one file out of this page's own files, and gives it to the reader. */
export async function savePage({ name, state, lang }: SaveRequest): Promise<Saved> {
  const publication = publicationOf(name, lang, '', state);
  if (!publication) throw new Error(`no station ${name}`);
  const { page, without } = await packWithin((path) => fetchBytes(new URL(path, document.baseURI).href), publication);
  if (page.length > mostBytes) {
    const size = (page.length / 1e6).toFixed(1);
    throw new LabError({
      code: 'out_of_range',
      place: name,
      problem: say('page.one_file_large', { size }),
      remedy: say('page.take_folder'),
    });
  }
  saveFile(`${name}.html`, page, 'text/html');
  return { bytes: page.length, without };
}
