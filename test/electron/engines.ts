// Engines that do one thing, to run in the place of the built engine-process.js: what the shell does about its engine is tested on them.

/** Answers each text with itself, says what it was opened with when asked, ends when told to. */
export const echoEngine = `
let opened;
process.parentPort.on('message', ({ data, ports }) => {
  if (data.type === 'open') opened = data;
  if (data.type === 'close') process.exit(0);
  if (data.type !== 'serve') return;
  const [port] = ports;
  port.on('message', ({ data }) => {
    if (data === 'die') process.exit(7);
    port.postMessage(data === 'opened with' ? JSON.stringify(opened) : 'echo ' + data);
  });
  port.start();
});
`;

/** Does not close. */
export const stubbornEngine = `process.parentPort.on('message', () => undefined);`;
