import { sha256 } from '../../client/checksum.js';
import { baseOfCard } from '../../files/base-file.js';
import type { GivenFile } from '../../files/named-file.js';
import { BaseReading } from '../../files/reading.js';
import type { Base } from './recipe.js';
import { baseFrom, fetchBase, modelsBeside, siteNetworks, type SiteNetwork } from './site-base.js';
import type { State } from './state.js';

/** Bytes above which a file is none of the networks that a page knows. */
const largestKnown = 64_000_000;

/** What a network can begin with: one beside the page, one that the reader gave, or nothing. */
export class Beginnings {
  /** The network that the page knows; null: none, or not asked yet. */
  site: SiteNetwork | null = null;
  /** What the reader gave. */
  given: Base | null = null;
  private engineUrl = '';
  private networks: SiteNetwork[] = [];
  private fetched: Promise<Base> | null = null;
  private told: (share: number) => void = () => undefined;

  /** Asks what lies beside the page. */
  async look(engineUrl: string): Promise<void> {
    this.engineUrl = engineUrl;
    // A page that is offline trains without.
    this.networks = await siteNetworks(modelsBeside(engineUrl)).catch(() => []);
    this.site = this.networks[0] ?? null;
  }

  /** What training will begin with, for the reader's choice. */
  of(choice: State['base']): 'site' | 'file' | 'none' {
    if (choice === 'file' && this.given) return 'file';
    return choice !== 'none' && this.site?.there ? 'site' : 'none';
  }

  /** The network for the reader's choice; null: it begins with nothing. `told`: how much of it is here. */
  async base(choice: State['base'], told: (share: number) => void = () => undefined): Promise<Base | null> {
    const what = this.of(choice);
    if (what === 'none') return null;
    if (what === 'file') return this.given;
    this.told = told;
    this.fetched ??= fetchBase(modelsBeside(this.engineUrl), this.site!, (share) => this.told(share));
    // Another try fetches it again.
    this.fetched.catch(() => (this.fetched = null));
    return this.fetched;
  }

  /** Takes a network from the reader's files. Throws FileProblem. */
  async take(files: readonly GivenFile[]): Promise<Base> {
    const read = async (): Promise<Base> => baseFrom(await new BaseReading(files, null, this.engineUrl, () => undefined).intake);
    return (this.given = (await this.known(files)) ?? (await read()));
  }

  /** Weights that the page has the card of, by their checksum. */
  private async known(files: readonly GivenFile[]): Promise<Base | null> {
    const [one] = files;
    if (files.length !== 1 || !/\.safetensors$/i.test(one!.path) || one!.file.size > largestKnown) return null;
    const bytes = new Uint8Array(await one!.file.arrayBuffer());
    const sum = await sha256(bytes);
    const network = this.networks.find((each) => each.sha256 === sum);
    return network ? baseFrom(baseOfCard(network.name, JSON.stringify(network.card), bytes), network.sha256, network.title) : null;
  }
}
