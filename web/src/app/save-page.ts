import { LabError } from '../client/client.js';
import { say } from '../client/messages.js';
import { fetchBytes } from '../client/shards.js';
import type { SaveRequest, Saved } from '../publish/share.js';
import { saveFile } from '../ui/save.js';
import { mostBytes, packFolder, packScorm, packWithin, publicationOf, zipOf } from './publish.js';

const site = (path: string): Promise<Uint8Array<ArrayBuffer>> => fetchBytes(new URL(path, document.baseURI).href);
const editions = { page: '', zip: '', scorm12: '1.2', scorm2004: '2004' } as const;

/** Makes a file out of this page's own files, and gives it to the reader. */
export async function savePage({ name, form, state, lang }: SaveRequest): Promise<Saved> {
  const edition = editions[form];
  const publication = publicationOf(name, lang, edition, state);
  if (!publication) throw new Error(`no station ${name}`);
  if (form !== 'page') {
    const zip = zipOf(await (edition ? packScorm(site, publication, edition) : packFolder(site, publication, { whole: false })));
    saveFile(edition ? `${name}-scorm-${edition}.zip` : `${name}.zip`, zip, 'application/zip');
    return { bytes: zip.length, without: [] };
  }
  const { page, without } = await packWithin(site, publication);
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
