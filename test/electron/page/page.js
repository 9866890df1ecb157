// Remembers what the preload forwards, as a page of ours would.
window.heard = [];
window.addEventListener('message', (event) => {
  const [port] = event.ports;
  window.heard.push({ data: event.data, ports: event.ports.length, own: event.source === window && event.origin === location.origin });
  if (!port) return;
  window.port = port;
  window.answers = [];
  window.portClosed = new Promise((resolve) => port.addEventListener('close', resolve));
  port.addEventListener('message', ({ data }) => window.answers.push(data));
  port.start();
});
