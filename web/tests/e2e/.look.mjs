import { openLab } from './lab.mjs';
const out = process.argv[2];
const only = process.argv[3]?.split(',');
const lab = await openLab();
const shots = [
  ['conv-1440', '#convolution?lang=en&at=6', { width: 1440, height: 900 }],
  ['conv-360-es-dark', '#convolution?lang=es&at=6', { width: 360, height: 740, scheme: 'dark' }],
  ['conv-768-back', '#convolution?lang=en&way=backward&at=6', { width: 768, height: 1024 }],
  ['conv-1920-garment', '#convolution?lang=es&image=garment&at=100', { width: 1920, height: 1080 }],
  ['conv-390-garment', '#convolution?lang=en&image=garment&at=100&kernel=sobel', { width: 390, height: 844 }],
  ['filter-1440', '#filter?lang=en&speed=4', { width: 1440, height: 900 }],
  ['filter-360-dark-es', '#filter?lang=es&speed=4', { width: 360, height: 740, scheme: 'dark' }],
  ['filter-768', '#filter?lang=es&speed=4', { width: 768, height: 1024 }],
  ['train-1440', '#train?lang=en&images=2000', { width: 1440, height: 900 }],
  ['train-390-dark-es', '#train?lang=es&images=2000', { width: 390, height: 844, scheme: 'dark' }],
  ['train-768', '#train?lang=en&images=2000', { width: 768, height: 1024 }],
  ['train-1920-es', '#train?lang=es&images=2000&tab=layers', { width: 1920, height: 1080 }],
];
for (const [name, hash, options] of shots) {
  if (only && !only.some((o) => name.startsWith(o))) continue;
  const page = await lab.page(hash, options);
  try {
    if (name.startsWith('train'))
      await page.waitForFunction(
        () => {
          const p = document
            .querySelector('lab-shell')
            .shadowRoot.querySelector('lab-train')
            ?.shadowRoot.querySelector('[data-testid=progress]');
          return p && Number(p.dataset.step) > 60;
        },
        null,
        { timeout: 60000 },
      );
    if (name.startsWith('filter')) await page.waitForTimeout(4000);
    await page.waitForTimeout(700);
  } catch (e) {
    console.log(name, String(e).slice(0, 200));
  }
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
  if (page.complaints.length) console.log(name, page.complaints);
  await page.close();
}
await lab.close();
