// Gives every <iframe src=".../embed.html?..."> of the page the height that its station asks for. Accepts only numbers,
// only from a frame of this page, and changes only the height of that frame.
(() => {
  const frames = () => [...document.querySelectorAll('iframe')];
  addEventListener('message', ({ source, data }) => {
    const height = data?.type === 'cnn-lab-height' ? data.height : 0;
    const frame = typeof height === 'number' && height > 0 && height < 2e4 && frames().find((item) => item.contentWindow === source);
    if (!frame) return;
    const border = getComputedStyle(frame).boxSizing === 'border-box' ? frame.offsetHeight - frame.clientHeight : 0;
    frame.style.height = `${Math.ceil(height) + border}px`;
  });
  // Those that were there before this script; the others tell by themselves.
  for (const frame of frames()) frame.contentWindow?.postMessage({ type: 'cnn-lab-ask' }, '*');
})();
