// The options of a line of curl by their long names (curl(1)).

export interface CurlOption {
  readonly name: string;
  /** '' for one that has none. */
  readonly value: string;
  /** As it stands in the line, without its value. */
  readonly typed: string;
}
export interface CurlLine {
  readonly options: readonly CurlOption[];
  readonly addresses: readonly string[];
  /** What means nothing here, as it stands in the line. */
  readonly ignored: readonly string[];
}

/** `curl --help all` of 7.88, and what is newer. */
const SHORT: Readonly<Record<string, string>> = {
  A: 'user-agent', b: 'cookie', c: 'cookie-jar', C: 'continue-at', d: 'data', D: 'dump-header', e: 'referer', E: 'cert', F: 'form', H: 'header', K: 'config', m: 'max-time', o: 'output', P: 'ftp-port',
  Q: 'quote', r: 'range', t: 'telnet-option', T: 'upload-file', u: 'user', U: 'proxy-user', w: 'write-out', x: 'proxy', X: 'request', y: 'speed-time', Y: 'speed-limit', z: 'time-cond',
  f: 'fail', g: 'globoff', G: 'get', i: 'include', I: 'head', k: 'insecure', L: 'location', N: 'no-buffer', q: 'disable', s: 'silent', S: 'show-error', v: 'verbose', '#': 'progress-bar', ':': 'next',
};
const WITH_VALUE = new Set((
  'abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii ' +
  'data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout form form-string ' +
  'ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt ' +
  'keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir ' +
  'parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type ' +
  'proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request ' +
  'request-target resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option ' +
  'tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query user user-agent variable vlan-priority write-out'
).split(' '));
const USED = new Set((
  'request header data data-raw data-binary data-ascii data-urlencode json form form-string user user-agent referer cookie max-time upload-file oauth2-bearer url-query get head insecure location compressed'
).split(' '));
/** They only say how curl itself tells of it, or what is so here in any case. */
const SILENT = new Set('fail fail-with-body globoff include show-headers no-buffer disable silent show-error verbose progress-bar no-progress-meter path-as-is http1.1 basic'.split(' '));

/** @param words those after `curl`; undefined where a value is missing */
export function curlOptions(words: readonly string[]): CurlLine | undefined {
  const options: CurlOption[] = [];
  const addresses: string[] = [];
  const ignored = new Set<string>();
  const rest = [...words];
  const take = (name: string, typed: string, attached?: string): boolean => {
    const value = WITH_VALUE.has(name) ? (attached ?? rest.shift()) : '';
    if (value === undefined) return false;
    if (name === 'url') addresses.push(value);
    else if (USED.has(name)) options.push({ name, value, typed });
    else if (!SILENT.has(name)) ignored.add(typed);
    return true;
  };
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '--') addresses.push(...rest.splice(0));
    else if (word === '--next' || word === '-:') {
      // Another request, of which nothing is meant for this one.
      ignored.add(word);
      break;
    } else if (word.startsWith('--')) {
      if (!take(word.slice(2), word)) return undefined;
    } else if (word.startsWith('-') && word.length > 1) {
      if (!takeShort(word.slice(1), take)) return undefined;
    } else addresses.push(word);
  }
  for (const more of addresses.slice(1)) ignored.add(more);
  return { options, addresses, ignored: [...ignored] };
}

/** `-sSL` are three, and `-XPOST` has its value attached. */
function takeShort(letters: string, take: (name: string, typed: string, attached?: string) => boolean): boolean {
  for (const [at, letter] of Array.from(letters).entries()) {
    const name = SHORT[letter] ?? letter;
    const attached = letters.slice(at + 1);
    if (WITH_VALUE.has(name)) return take(name, `-${letter}`, attached === '' ? undefined : attached);
    take(name, `-${letter}`);
  }
  return true;
}
