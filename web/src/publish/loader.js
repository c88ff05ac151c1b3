// Runs in a lab of one file, as it stands here. It unpacks the files that the page has in its <script data-file> and
// <script data-module>, and starts the lab. Modules import each other by names that an import map knows; all other
// files are found by client/inside.ts.
(async () => {
  const here = document.currentScript;
  try {
    const unpack = async (script) => {
      const bytes = Uint8Array.from(atob(script.textContent), (sign) => sign.charCodeAt(0));
      script.remove();
      if (!('packed' in script.dataset)) return bytes;
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    };
    const all = (kind) =>
      Promise.all(
        [...document.querySelectorAll(`script[data-${kind}]`)].map(async (script) => [script.dataset[kind], await unpack(script)]),
      );
    globalThis.cnnlabInside = new Map((await all('file')).map(([path, bytes]) => [`cnnlab:/${path}`, bytes]));
    const decoder = new TextDecoder();
    const imports = {};
    for (const [path, bytes] of await all('module'))
      imports[`cnnlab/${path}`] = `data:text/javascript,${encodeURIComponent(decoder.decode(bytes))}`;
    const map = document.createElement('script');
    map.type = 'importmap';
    map.textContent = JSON.stringify({ imports });
    document.head.append(map);
    for (const entry of here.dataset.entries.split(' ')) await import(`cnnlab/${entry}`);
  } catch (error) {
    const told = document.getElementById('starting');
    if (!told) throw error;
    told.open = true;
    const line = document.createElement('p');
    line.setAttribute('role', 'alert');
    line.textContent = String(error);
    told.append(line);
  }
})();
