// Whether what terminals write is handed to a screen reader: it makes fast output slower, so a person asks for it.
import { remember, remembered } from '../../state/remembered.ts';

const NAME = 'terminal.read-aloud';
let isOn = $state(remembered(NAME) === 'yes');

export const readAloud = {
  get is(): boolean {
    return isOn;
  },
  toggle(): void {
    isOn = !isOn;
    remember(NAME, isOn ? 'yes' : undefined);
  },
};
