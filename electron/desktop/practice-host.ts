// The practice cluster's process, forked for the engine: only the main process may fork one.
import { utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import type { FromPractice } from '../practice-link.ts';
import type { EngineMessage, ShellMessage } from './engine-message.ts';

export interface PracticeHost {
  /** Does what the engine asks for. */
  take(message: ShellMessage): void;
  /** The engine has gone: what it had started goes, too. */
  end(): void;
}

/** @param tell tells the engine that asked. */
export function hostPractice(modulePath: string, tell: (message: EngineMessage) => void): PracticeHost {
  let child: UtilityProcess | undefined;
  const fork = (): void => {
    const forked = utilityProcess.fork(modulePath, [], { serviceName: 'Podlab practice cluster', stdio: 'inherit' });
    child = forked;
    forked.on('message', (message: FromPractice) => tell({ type: 'practice-said', message }));
    forked.on('exit', (code) => {
      if (child === forked) child = undefined;
      tell({ type: 'practice-ended', code });
    });
  };
  return {
    take(message) {
      if (message.type === 'practice-fork') fork();
      else if (message.type === 'practice-tell') child?.postMessage(message.message);
      else child?.kill();
    },
    end: () => child?.postMessage({ type: 'stop' }),
  };
}
