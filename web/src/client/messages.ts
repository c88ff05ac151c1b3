import { fill, type Message, type MessageValue } from './protocol/sentence.js';

/** What the client and its worker say, by key. Other languages have the same keys (src/i18n). */
export const clientMessages = {
  'page.no_webassembly': 'WebAssembly is missing or switched off',
  'page.allow_webassembly': 'use a current Firefox, Chrome, Edge or Safari, or allow WebAssembly in its settings',
  'page.no_simd': 'WebAssembly SIMD is missing',
  'page.newer_browser': 'use Chrome or Edge 91, Firefox 89, Safari 16.4 or a later version',
  'page.no_worker': "the engine's worker cannot be started ({reason})",
  'page.open_over_http': 'open the page over http or https, not as a file',
  'page.worker_not_loaded': "the engine's worker did not load",
  'page.worker_not_loaded_as': "the engine's worker did not load ({reason})",
  'page.worker_stopped': "the engine's worker stopped",
  'page.worker_stopped_as': "the engine's worker stopped ({reason})",
  'page.answer_lost': "an answer of the engine's worker was lost",
  'page.other_protocol': "the engine's worker speaks version {worker} of the protocol, the page {page}",
  'page.engine_not_loaded': 'the engine cannot be loaded ({reason})',
  'page.engine_slow': 'the engine is still loading after {seconds} seconds',
  'page.wait_or_retry': 'wait, or try again without threads',
  'page.reload': 'reload the page',
  'page.check_and_reload': 'check the connection and reload the page',
  'page.check_and_retry': 'check the connection and try again',
  'page.engine_closed': 'the engine was closed',
  'page.start_another': 'start another',
  'page.session_closed': 'was closed',
  'page.stopped': 'was stopped',
  'page.not_open': 'is not open',
  'page.open_new': 'open a new one',
  'page.no_call': 'is no call',
  'page.not_kept': '{number} is not kept',
  'page.choose_kept': 'choose one that is',
  'page.no_base': 'begins with a trained network whose weights are not here',
  'page.give_base': 'open the whole run, or take the field base and the layers from it out of the experiment',
  'page.one_file_large': 'would have {size} MB in one file, more than browsers and platforms like',
  'page.take_folder': 'make a folder or a ZIP of it at the command line',
  'page.memory': 'there is not enough memory',
  'page.memory_needed': 'this takes at least {needed} GB of memory, and a page has {most} GB',
  'page.smaller_layer': 'make {layer} smaller: it has most of the weights',
  'page.smaller_batch': 'use a smaller batch than {batch}, smaller images or fewer channels: {layer} has the largest output',
  'page.use_less': 'use a smaller network, a smaller batch or fewer images',
  'page.internal': '{reason}',
  'page.report': 'report this as a bug',
  'data.no_image': 'has no image {index}',
  'data.smaller_index': 'choose a smaller number',
  'data.not_here': 'is not among the data that come with this page',
  'data.choose_or_drop': 'choose {names}, or drop its files on the page',
  'data.drop': 'drop its files on the page',
  'data.answer': 'the server answers {status}',
  'data.choose_or_prepare': 'choose another data set, or prepare the data on the server',
  'data.not_fetched': 'cannot be fetched',
  'data.stalled': 'nothing has come from the server for {seconds} seconds',
  'shard.no_json': 'is no JSON',
  'shard.no_list': 'is no list of shards',
  'shard.bytes': 'has {bytes} bytes instead of {wanted}',
  'shard.checksum': 'has another checksum than its list says',
  'shard.not_unpacked': 'cannot be unpacked',
  'shard.images': 'holds {bytes} bytes instead of {images} images',
  'shard.label': 'has a label that is no class',
  'shard.again': 'reload the page; if it comes again, prepare the data anew',
} as const;

export type ClientMessage = keyof typeof clientMessages;

/** The names in a sentence, as a type: what say() has to be given. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** say('data.answer', { status: 404 }) */
export function say<Id extends ClientMessage>(
  id: Id,
  ...[args]: [Names<(typeof clientMessages)[Id]>] extends [never] ? [] : [Record<Names<(typeof clientMessages)[Id]>, MessageValue>]
): Message {
  const values: Record<string, MessageValue> = args ?? {};
  return { id, args: values, english: fill(clientMessages[id], 'en', values, ({ english }) => english) };
}
