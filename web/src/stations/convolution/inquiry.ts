import type { ConvolutionResult, LabEngine } from '../../client/client.js';
import type { Scene } from './scene.js';

/** Asks the engine for the numbers of a scene: each question once. An answer that was overtaken is dropped. */
export class Inquiry {
  private turn = 0;
  private asked: string | null = null;

  ask(engine: LabEngine, scene: Scene, answered: (result: ConvolutionResult) => void, failed: (error: unknown) => void): void {
    if (scene.key === this.asked) return;
    this.asked = scene.key;
    const turn = ++this.turn;
    engine.convolution(scene.question).then(
      (result) => {
        if (turn === this.turn) answered(result);
      },
      (error: unknown) => {
        if (turn === this.turn) failed(error);
      },
    );
  }
}
