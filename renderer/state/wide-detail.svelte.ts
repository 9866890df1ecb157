// Whether what is looked at beside a table has more room than the table: for lines that are long. Until Podlab is opened anew.
import { rememberedHere, rememberHere } from './remembered.ts';

const NAME = 'wide-detail';

let isWide = $state(rememberedHere(NAME) === 'yes');

export const wideDetail = {
  get is(): boolean {
    return isWide;
  },
  toggle(): void {
    isWide = !isWide;
    rememberHere(NAME, isWide ? 'yes' : 'no');
  },
};
