import type { Plugin } from 'vite';

/**
 * uPlot asks for the browser's number format as soon as it is imported. WebKitGTK under LANG=C.UTF-8 names its
 * language "C", which is no language to Intl: the import fails, and every station with a chart with it. The lab writes
 * its axes itself, so English will do.
 */
export function plainLocale(): Plugin {
  const call = "new Intl.NumberFormat(domEnv ? nav.language : 'en-US')";
  return {
    name: 'cnnlab-plain-locale',
    transform(code, id) {
      if (!/uplot[\\/]dist[\\/]uPlot\.esm\.js/.test(id)) return null;
      if (!code.includes(call)) throw new Error('uPlot has changed: does it still ask for navigator.language when it is imported?');
      return { code: code.replace(call, "new Intl.NumberFormat('en-US')"), map: null };
    },
  };
}
