// The pull policy that a container gets when it names none: kubernetes, pkg/apis/core/v1/defaults.go (SetDefaults_Container) with
// pkg/util/parsers and the reference library. https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting
import { parseImageName } from '../runtime/image-name.ts';

/** A name, a tag and a digest are together shorter: what is longer is not even read. */
const MOST = 1024;

/** The tag that counts: `latest` where neither a tag nor a digest is; '' for a digest alone and for what cannot be read. */
function tagOf(image: string): string {
  if (image.length > MOST) return '';
  try {
    const { tag, digest } = parseImageName(image);
    return tag ?? (digest === undefined ? 'latest' : '');
  } catch {
    return '';
  }
}

/** @returns `Always` for :latest, said or meant; `IfNotPresent` for another tag, a digest alone, and what is no image name. */
export const imagePolicy = (image: string): 'Always' | 'IfNotPresent' => (tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent');
