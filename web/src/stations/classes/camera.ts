import type { Rgba } from '../../files/picture-messages.js';
import type { Key } from '../../i18n/index.js';

/** `rested`: it was on until the tab was hidden. */
export type CameraState = 'off' | 'asking' | 'on' | 'rested' | 'none' | 'refused' | 'busy' | 'insecure' | 'unknown' | 'lost';

/** What is said of a state in which one might wait for a picture. */
export const cameraWords: Partial<Record<CameraState, Key>> = {
  asking: 'cameraAsking',
  rested: 'cameraRested',
  none: 'cameraNone',
  refused: 'cameraRefused',
  busy: 'cameraBusy',
  insecure: 'cameraInsecure',
  unknown: 'cameraUnknown',
  lost: 'cameraLost',
};

/** Longest side of a frame that is taken: more would be copied for nothing, as networks take less than half of it. */
const largestFrame = 320;

/** The state for what getUserMedia says. */
export function stateOf(error: unknown): CameraState {
  const name = (error as { name?: string } | null)?.name ?? '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return 'busy';
}

/** The reader's camera. It is asked for only by `start`. Event: `changed`. */
export class Camera extends EventTarget {
  state: CameraState = 'off';
  /** Known once the reader has allowed one. */
  devices: readonly { id: string; label: string }[] = [];
  chosen = '';
  /** Shows what the camera sees. */
  readonly video = document.createElement('video');
  private stream: MediaStream | null = null;
  private readonly canvas = document.createElement('canvas');
  private turn = 0;

  constructor() {
    super();
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.setAttribute('aria-hidden', 'true');
  }

  async start(id = this.chosen): Promise<void> {
    const turn = ++this.turn;
    this.release();
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    if (!mediaDevices?.getUserMedia) return this.to(isSecureContext ? 'unknown' : 'insecure');
    this.to('asking');
    const size = { width: { ideal: 640 }, height: { ideal: 480 } };
    const which = id ? { deviceId: { exact: id } } : { facingMode: 'user' };
    try {
      const stream = await mediaDevices.getUserMedia({ audio: false, video: { ...size, ...which } });
      if (turn !== this.turn) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.stream = stream;
      const [track] = stream.getVideoTracks();
      track?.addEventListener('ended', () => {
        if (stream === this.stream) this.stop('lost');
      });
      this.chosen = track?.getSettings().deviceId ?? id;
      this.video.srcObject = stream;
      await this.video.play();
      const found = await mediaDevices.enumerateDevices();
      if (turn !== this.turn) return;
      this.devices = found.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ id: deviceId, label }));
      this.to('on');
      // The first frame takes longest: not while a button is held.
      setTimeout(() => this.grab());
    } catch (error) {
      if (turn === this.turn) this.stop(stateOf(error));
    }
  }

  stop(state: CameraState = 'off'): void {
    this.turn++;
    this.release();
    this.to(state);
  }

  /** The middle square of what the camera sees now; null: nothing yet. */
  grab(): Rgba | null {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (this.state !== 'on' || width === 0 || height === 0) return null;
    const side = Math.min(width, height);
    const { canvas } = this;
    const small = Math.min(side, largestFrame);
    if (canvas.width !== small) canvas.width = canvas.height = small;
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(this.video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, small, small);
    return context.getImageData(0, 0, small, small);
  }

  private release(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  private to(state: CameraState): void {
    this.state = state;
    this.dispatchEvent(new Event('changed'));
  }
}
