// What stands in "Create from YAML", kept beside the screen: closing the panel or looking elsewhere loses nothing, and other screens can fill it in.

class CreateDraft {
  isOpen = $state(false);
  manifest = $state('');
  /** What was filled in last by another screen: that, untouched, is nobody's own text. */
  #filledIn = '';

  /** Whether a person's own text stands in it. */
  get isOwn(): boolean {
    return this.manifest.trim() !== '' && this.manifest !== this.#filledIn;
  }

  fillIn(manifest: string): void {
    this.manifest = manifest;
    this.#filledIn = manifest;
    this.isOpen = true;
  }

  /** Another cluster is shown now. */
  forget(): void {
    this.isOpen = false;
    this.manifest = '';
  }
}
export const createDraft = new CreateDraft();
