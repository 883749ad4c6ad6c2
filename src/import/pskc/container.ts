import { quoted } from '../plain-text.ts';
import { FileRefused, RowRefused } from '../refusals.ts';
import type { RowProblem } from '../row-problem.ts';
import type { Place, TokenRow } from '../token-row.ts';
import { parseElement, parseRoot, type Root } from '../xml/parse-element.ts';
import type { Section } from '../xml/section-scanner.ts';
import { attribute, child, children, childText, type XmlElement } from '../xml/xml-element.ts';
import { ContainerKeys } from './container-keys.ts';
import { HeldRow } from './held-row.ts';
import type { PskcOptions } from './pskc-options.ts';
import { readKey } from './read-key.ts';

/** The root by the RFC and by its first draft. */
const roots = ['KeyContainer', 'SecretContainer'];
/** A token by the RFC and by its drafts. */
const packages = ['KeyPackage', 'Device'];
/** PSKC by the RFC, its drafts and OATH, and what it borrows: signatures, encryption, key derivation. */
const ownNamespaces = /keyprov|pskc|xmldsig|xmlenc|pkcs-5/i;

type Child = Extract<Section, { readonly kind: 'child' }>;
type Row = TokenRow | RowProblem;

/** A KeyContainer (RFC 6030 §4.1), section by section. */
export class Container {
  readonly #file: string;
  readonly #keys: ContainerKeys;
  readonly #held = new HeldRow();
  #root: Root | undefined;
  /** Rows and problems. */
  #count = 0;

  constructor(file: string, options: PskcOptions) {
    this.#file = file;
    this.#keys = new ContainerKeys(options);
  }

  /** @throws FileRefused if nothing more of the file can be imported */
  async *take(section: Section): AsyncGenerator<Row, void, undefined> {
    const { kind, line } = section;
    if (kind === 'root') this.#open(section.text, line);
    else if (kind === 'broken') yield* this.#problem(line, section.message);
    else if (packages.includes(localName(section.name))) yield* this.#package(section);
    else this.#about(section);
  }

  /** Gives what is still held, at the end or before the file is refused. */
  *release(): Generator<Row, void, undefined> {
    yield* this.#held.release();
  }

  /** @throws FileRefused if there was no token in the file */
  *end(line: number): Generator<Row, void, undefined> {
    yield* this.release();
    if (this.#count === 0)
      throw new FileRefused(line, ['There is no token in the file.', ...this.#held.leftOver].join(' '));
  }

  #open(startTag: string, line: number): void {
    const root = ofFile(line, () => parseRoot(startTag));
    const version = attribute(root, 'version') ?? '1.0';
    if (!roots.includes(root.name))
      throw new FileRefused(line, `Not PSKC: the document is ${quoted(root.name)}, not KeyContainer.`);
    if (!/^1(?:\.|$)/.test(version))
      throw new FileRefused(line, `PSKC of version ${quoted(version)} is not read: 1.0 is.`);
    this.#root = root;
  }

  #parse(text: string): XmlElement {
    const { namespaces, namespace } = this.#root as Root;
    return parseElement(text, namespaces, (name) => name === '' || name === namespace || ownNamespaces.test(name));
  }

  /** What the container says of all its packages. */
  #about({ text, line, name }: Child): void {
    const element = ofFile(line, () => this.#parse(text));
    if (element.foreign) return;
    switch (element.name) {
      case 'EncryptionKey':
        this.#keys.setEncryptionKey(element, line);
        break;
      case 'MACMethod':
      case 'MACAlgorithm':
        this.#keys.setMacMethod(element, line);
        break;
      case 'EncryptionMethod':
        refuseDraftEncryption(element, line);
        break;
      case 'Signature':
        this.#held.note('The file is signed; its signature was not checked.');
        break;
      case 'DigestMethod':
      case 'Extensions':
        break;
      default:
        this.#held.note(`${quoted(name)} on line ${line} was not read.`);
    }
  }

  async *#package({ text, line }: Child): AsyncGenerator<Row, void, undefined> {
    let serial: string | undefined;
    try {
      const element = this.#parse(text);
      if (element.foreign) return;
      const device = child(element, 'DeviceInfo', 'DeviceId');
      serial = childText(device, 'SerialNo');
      const keys = children(element, 'Key', 'Secret');
      if (keys.length === 0) throw new RowRefused('There is no Key in it.');
      for (const key of keys) yield* this.#key(key, device, line);
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      yield* this.#problem(line + error.below, serial ? `Token ${quoted(serial)}: ${error.message}` : error.message);
    }
  }

  async *#key(key: XmlElement, device: XmlElement | undefined, line: number): AsyncGenerator<Row, void, undefined> {
    const row = await readKey(key, { place: this.#place(line), device, keys: this.#keys });
    if (row) {
      this.#count++;
      yield* this.#held.swap(row);
    } else this.#held.note(`The PIN on line ${line} was not imported.`);
  }

  *#problem(line: number, message: string): Generator<Row, void, undefined> {
    yield* this.#held.release();
    this.#count++;
    yield { place: this.#place(line), message };
  }

  #place(line: number): Place {
    return { file: this.#file, line };
  }
}

function localName(qualified: string): string {
  return qualified.slice(qualified.indexOf(':') + 1);
}

/** What the whole file depends on: if it is refused, so is the file. */
function ofFile<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RowRefused ? new FileRefused(line + error.below, error.message) : error;
  }
}

/** The drafts take the MAC over what was encrypted, so that it could be checked only after decrypting. */
function refuseDraftEncryption(method: XmlElement, line: number): void {
  const algorithm = attribute(method, 'algorithm') ?? '';
  if (/^(?:|none)$/i.test(algorithm)) return;
  throw new FileRefused(
    line,
    `Encrypted with ${quoted(algorithm)} in the manner of a draft from before RFC 6030, which is not read: ask for the file in the form of RFC 6030.`,
  );
}
