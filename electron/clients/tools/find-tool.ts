// Where kind and minikube are on this computer. An app that was started from a desktop has a short PATH, so the folders into which the tools'
// own installation pages put them are looked through as well.
// https://kind.sigs.k8s.io/docs/user/quick-start/#installation ; https://minikube.sigs.k8s.io/docs/start/
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

export interface ToolSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

export const toolsOfThisMachine = (): ToolSurroundings => ({ env: process.env, home: homedir(), platform: process.platform });

/** The folders of programs, PATH's own first; each once. A relative one is left out: what lies in the present folder is no installed tool. */
export function programFolders({ env, home, platform }: ToolSurroundings): string[] {
  const { delimiter, isAbsolute } = platform === 'win32' ? win32 : posix;
  const folders = [...(env[pathName(env)] ?? '').split(delimiter), ...usualFolders(env, home, platform)];
  return [...new Set(folders.filter((folder) => isAbsolute(folder)))];
}

/** The variables of this computer, with PATH made longer by the usual folders: kind and minikube look for `docker` in it. */
export function toolEnvironment(surroundings: ToolSurroundings): Record<string, string | undefined> {
  const { delimiter } = surroundings.platform === 'win32' ? win32 : posix;
  return { ...surroundings.env, [pathName(surroundings.env)]: programFolders(surroundings).join(delimiter) };
}

/** The tool's file, the first that this user may run; undefined where there is none. */
export async function findTool(tool: string, surroundings: ToolSurroundings): Promise<string | undefined> {
  const { join } = surroundings.platform === 'win32' ? win32 : posix;
  for (const folder of programFolders(surroundings)) {
    const file = join(folder, surroundings.platform === 'win32' ? `${tool}.exe` : tool);
    if (await isProgram(file)) return file;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Windows writes it `Path`, and takes any case. */
const pathName = (env: ToolSurroundings['env']) => Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';

function usualFolders(env: ToolSurroundings['env'], home: string, platform: NodeJS.Platform): string[] {
  const given = (name: string, ...rest: string[]) => (env[name] ? [[env[name], ...rest].join(platform === 'win32' ? '\\' : '/')] : []);
  const go = [...given('GOBIN'), ...given('GOPATH', 'bin')];
  if (platform === 'win32') {
    return [
      ...given('LOCALAPPDATA', 'Microsoft', 'WinGet', 'Links'),
      ...given('ProgramFiles', 'Kubernetes', 'Minikube'),
      'C:\\minikube',
      ...given('ChocolateyInstall', 'bin'),
      'C:\\ProgramData\\chocolatey\\bin',
      `${home}\\scoop\\shims`,
      ...go,
      `${home}\\go\\bin`,
      ...given('ProgramFiles', 'Docker', 'Docker', 'resources', 'bin'),
    ];
  }
  return [
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
    ...(platform === 'darwin' ? ['/opt/homebrew/bin', '/opt/local/bin', '/Applications/Docker.app/Contents/Resources/bin'] : []),
    ...(platform === 'linux' ? ['/snap/bin', '/home/linuxbrew/.linuxbrew/bin'] : []),
    `${home}/.local/bin`,
    `${home}/bin`,
    ...go,
    `${home}/go/bin`,
    `${home}/.docker/bin`,
    `${home}/.rd/bin`,
  ];
}
