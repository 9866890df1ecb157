// The odd server in a process of its own. It tells its port, and ends with its parent.
import { startOddServer } from './odd-server.ts';

const { port } = await startOddServer();
process.once('disconnect', () => process.exit());
process.send?.(port);
