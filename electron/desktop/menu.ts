// The application menu in English and Korean. Roles do the work; their words are ours, because Electron has them in English only.
import type { MenuItemConstructorOptions } from 'electron';

const english = {
  file: 'File', edit: 'Edit', view: 'View', window: 'Window', help: 'Help',
  about: 'About Podlab', close: 'Close Window', quit: 'Quit Podlab', services: 'Services', hide: 'Hide Podlab', hideOthers: 'Hide Others', unhide: 'Show All',
  undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select All',
  reload: 'Reload', toggleDevTools: 'Developer Tools', resetZoom: 'Actual Size', zoomIn: 'Zoom In', zoomOut: 'Zoom Out', togglefullscreen: 'Full Screen',
  minimize: 'Minimize', zoom: 'Zoom',
  helpImages: 'Kubernetes: Images and Pull Policy', helpPods: 'Kubernetes: Debugging Pods', helpKubectl: 'Kubernetes: kubectl Commands',
};
type Words = typeof english;

const korean: Words = {
  file: '파일', edit: '편집', view: '보기', window: '창', help: '도움말',
  about: 'Podlab 정보', close: '창 닫기', quit: 'Podlab 종료', services: '서비스', hide: 'Podlab 숨기기', hideOthers: '다른 창 숨기기', unhide: '모두 보기',
  undo: '실행 취소', redo: '다시 실행', cut: '잘라내기', copy: '복사', paste: '붙여넣기', selectAll: '모두 선택',
  reload: '새로 고침', toggleDevTools: '개발자 도구', resetZoom: '실제 크기', zoomIn: '확대', zoomOut: '축소', togglefullscreen: '전체 화면',
  minimize: '최소화', zoom: '확대/축소',
  helpImages: 'Kubernetes: 이미지와 가져오기 정책', helpPods: 'Kubernetes: 파드 문제 해결', helpKubectl: 'Kubernetes: kubectl 명령',
};

export interface MenuSurroundings {
  /** A BCP 47 tag as app.getLocale() gives it; Korean is spoken, everything else gets English. */
  readonly locale: string;
  readonly platform: NodeJS.Platform;
  /** Whether the page's developer tools can be opened. */
  readonly devTools: boolean;
  /** Opens a page of documentation in the person's browser. */
  readonly open: (url: string) => void;
}

/** The menu as a template for Menu.buildFromTemplate. */
export function menuTemplate({ locale, platform, devTools, open }: MenuSurroundings): MenuItemConstructorOptions[] {
  const isKorean = locale.toLowerCase().split('-')[0] === 'ko';
  const words = isKorean ? korean : english;
  const isMac = platform === 'darwin';
  const item = (role: keyof Words & NonNullable<MenuItemConstructorOptions['role']>): MenuItemConstructorOptions => ({ role, label: words[role] });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const page = (label: string, path: string): MenuItemConstructorOptions =>
    ({ label, click: () => open(`https://kubernetes.io/${isKorean ? 'ko/' : ''}docs/${path}`) });

  const app: MenuItemConstructorOptions[] = isMac
    ? [{ label: 'Podlab', submenu: [item('about'), line, item('services'), line, item('hide'), item('hideOthers'), item('unhide'), line, item('quit')] }]
    : [];
  return [
    ...app,
    { label: words.file, submenu: isMac ? [item('close')] : [item('close'), line, item('quit')] },
    { label: words.edit, submenu: [item('undo'), item('redo'), line, item('cut'), item('copy'), item('paste'), item('selectAll')] },
    {
      label: words.view,
      submenu: [
        item('reload'), ...(devTools ? [item('toggleDevTools')] : []), line,
        item('resetZoom'), item('zoomIn'), item('zoomOut'), line, item('togglefullscreen'),
      ],
    },
    { label: words.window, submenu: isMac ? [item('minimize'), item('zoom')] : [item('minimize')] },
    {
      label: words.help,
      role: 'help',
      submenu: [
        page(words.helpImages, 'concepts/containers/images/'),
        page(words.helpPods, 'tasks/debug/debug-application/debug-pods/'),
        page(words.helpKubectl, 'reference/kubectl/'),
        ...(isMac ? [] : [line, item('about')]),
      ],
    },
  ];
}
