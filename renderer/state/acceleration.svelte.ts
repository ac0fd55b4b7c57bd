/** What training computes on, as it is heard of, and what the user asks of it. */
import type { Acceleration } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';

export class AccelerationState {
  /** Null until the engine has answered. */
  current = $state.raw<Acceleration | null>(null);
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  async load(): Promise<void> {
    this.current = await this.#engine.calls.acceleration();
  }

  hear(acceleration: Acceleration): void {
    this.current = acceleration;
  }

  async install(): Promise<void> {
    this.current = await this.#engine.calls.accelerate({});
  }

  async stop(): Promise<void> {
    this.current = await this.#engine.calls.stopAccelerating();
  }

  async remove(): Promise<void> {
    this.current = await this.#engine.calls.removeAcceleration();
  }
}
