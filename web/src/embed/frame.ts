import { protocolVersion } from '../client/protocol.js';
import { translate } from '../i18n/index.js';
import { knownLang, preferredLang, type Lang } from '../i18n/lang.js';
import { readConfig } from '../publish/page-config.js';
import '../ui/tokens.css';
import { CnnLab, type CnnLabTheme } from './element.js';
import './frame.css';

// embed.html?station=filter&lang=en&theme=light&state=noise%3D0.5&id=a : a station alone, for an <iframe>. Only these
// parameters count; addresses of code or data are not taken from the link. A page that was published shows what it was
// made for, whatever its link says.
const params = new URLSearchParams(location.search);
const config = readConfig();
document.getElementById('starting')?.remove();
const framed = parent !== window;
const id = /^[\w-]{1,64}$/.exec(params.get('id') ?? '')?.[0] ?? '';

const lab = document.createElement('cnn-lab') as CnnLab;
lab.setAttribute('station', config?.station ?? params.get('station') ?? 'convolution');
lab.setAttribute('state', config?.state ?? params.get('state') ?? '');
lab.setAttribute('hotkeys', '');
const [givenLang, givenTheme] = [params.get('lang'), params.get('theme')];
const link = document.createElement('a');
link.target = '_blank';
link.rel = 'noopener';

function themeFrom(text: unknown): CnnLabTheme | null {
  return text === 'auto' || text === 'light' || text === 'dark' ? text : null;
}

/** The whole document follows the theme: its background shows around the station. */
function dress(lang: Lang, theme: CnnLabTheme): void {
  document.documentElement.lang = lang;
  document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
  lab.lang = lang;
  lab.theme = theme;
  link.textContent = translate(lang)('openInLab');
  address();
}

function address(): void {
  const state = new URLSearchParams(lab.state);
  state.set('lang', lab.lang);
  if (lab.theme !== 'auto') state.set('theme', lab.theme);
  link.href = `./index.html#${lab.getAttribute('station')}?${state.toString()}`;
}

let told = 0;
function tellHeight(again = false): void {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (!framed || (height === told && !again)) return;
  told = height;
  // A height is no secret: any page around may know it.
  parent.postMessage({ type: 'cnn-lab-height', protocol: protocolVersion, height, id }, '*');
}

addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
  if (!framed || source !== parent || typeof data !== 'object' || data === null) return;
  const { type, theme, lang } = data as Record<string, unknown>;
  if (type === 'cnn-lab-ask') tellHeight(true);
  else if (type === 'cnn-lab-set')
    dress(knownLang(typeof lang === 'string' ? lang : null) ?? (lab.lang as Lang), themeFrom(theme) ?? lab.theme);
});

lab.addEventListener('lab-state', address);
dress(knownLang(givenLang) ?? knownLang(config?.lang ?? null) ?? preferredLang(), themeFrom(givenTheme) ?? 'auto');
lab.around = [
  ...(givenLang && !knownLang(givenLang) ? [{ field: 'lang', value: givenLang, taken: lab.lang }] : []),
  ...(givenTheme && !themeFrom(givenTheme) ? [{ field: 'theme', value: givenTheme, taken: 'auto' }] : []),
];
const main = document.createElement('main');
/** The page of a learning platform keeps its progress there, and tells it what is done. */
async function begin(): Promise<void> {
  if (config?.scorm) {
    const { reportTo } = await import('./scorm.js');
    const reporter = reportTo(config.scorm, new URLSearchParams(config.state).get('lesson') ?? '');
    if (!reporter) {
      const note = document.createElement('p');
      note.className = 'note';
      note.setAttribute('role', 'note');
      note.textContent = translate(lab.lang as Lang)('noPlatform');
      main.append(note);
    } else if (config.station !== 'lessons') lab.addEventListener('lab-state', reporter.used);
  }
  main.append(lab);
}

document.body.append(main);
// Where the platform's part does not load, the station says so for its own.
begin().catch(() => main.append(lab));
if (!config) {
  // What was published stands alone.
  const foot = document.createElement('footer');
  foot.append(link);
  document.body.append(foot);
}
new ResizeObserver(() => tellHeight()).observe(document.body);
