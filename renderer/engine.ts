/** The engine as the renderer sees it: the connection of `wire.ts`, without the means to end it. */
import type { EngineConnection } from '../electron/engine/wire.ts';

export type EngineClient = Pick<EngineConnection, 'calls' | 'on' | 'onClose'>;
