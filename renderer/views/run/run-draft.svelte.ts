// What stands in "Run", kept beside the screen: closing the panel or looking elsewhere loses nothing, and the Images screen can fill it in.
import { emptyRunForm, nameForImage, portsField, type RunForm } from '../../../shared/kubernetes/run-manifests.ts';

class RunDraft {
  isOpen = $state(false);
  form = $state.raw<RunForm>(emptyRunForm);
  /** The manifest: the form's, or what a person made of it. */
  yaml = $state('');
  /** The YAML was edited: the form does not write it any more. */
  isByHand = $state(false);
  /** Sent once as it was: from then on what is missing is told, too. */
  wasTried = $state(false);
  /** The image as it was left, not as it is being typed: what is asked about it is asked for this one. */
  image = $state('');
  /** What was filled in from the image goes with it; what a person typed stays. */
  #ownName = false;
  #ownPorts = false;

  set(part: Partial<RunForm>): void {
    if (part.name !== undefined) this.#ownName = part.name.trim() !== '';
    if (part.ports !== undefined) this.#ownPorts = part.ports.trim() !== '';
    this.form = { ...this.form, ...part };
  }

  /** The image's field is left: the name follows, unless it is a person's own. */
  takeImage(): void {
    this.image = this.form.image.trim();
    if (!this.#ownName) this.form = { ...this.form, name: nameForImage(this.image) };
  }

  /** The ports that the image names have become known. */
  takePorts(image: string, exposed: readonly string[]): void {
    if (image === this.image && !this.#ownPorts) this.form = { ...this.form, ports: portsField(exposed) };
  }

  /** Whether a person's own work stands in it. */
  get isOwn(): boolean {
    const { image, name, ports, ...rest } = this.form;
    const { image: _image, name: _name, ports: _ports, ...untouched } = emptyRunForm;
    return this.isByHand || (this.#ownName && name !== '') || (this.#ownPorts && ports !== '') || JSON.stringify(rest) !== JSON.stringify(untouched) || (image === '' && name !== '');
  }

  /** Another image, and nothing else of what was there. */
  fillIn(image: string): void {
    this.clear();
    this.form = { ...emptyRunForm, image };
    this.takeImage();
    this.isOpen = true;
  }

  editByHand(yaml: string): void {
    if (yaml === this.yaml) return;
    this.yaml = yaml;
    this.isByHand = true;
  }

  /** What the form wrote; never over a person's own text. */
  write(yaml: string): void {
    if (!this.isByHand) this.yaml = yaml;
  }

  takeForm(): void {
    this.isByHand = false;
  }

  /** An empty form, where it is. */
  clear(): void {
    this.form = emptyRunForm;
    this.yaml = '';
    this.isByHand = false;
    this.wasTried = false;
    this.image = '';
    this.#ownName = false;
    this.#ownPorts = false;
  }

  /** Other clusters are shown now. */
  forget(): void {
    this.isOpen = false;
    this.clear();
  }
}
export const runDraft = new RunDraft();
