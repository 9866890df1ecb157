// npm run build [renderer|node|preload ...]: builds dist anew, whether or not it is outdated.
import { buildOutdated } from './outdated.ts';

const wanted = process.argv.slice(3);
await buildOutdated(wanted.length > 0 ? wanted : undefined, { always: true });
