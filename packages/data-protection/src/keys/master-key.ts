import { requiringEncryption } from '../at-rest/secret-mark.ts';
import { elementOf, textOf, type XmlElement } from '../xml/element.ts';
import { base64Bytes } from '../xml/base64-text.ts';

/** Undefined when there is none: no base64, no byte. */
export function readMasterKey(element: XmlElement): Buffer | undefined {
  const bytes = base64Bytes(textOf(element));
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

/** Marked for encryption, as it stands in a new key. */
export function masterKeyElement(masterKey: Uint8Array): XmlElement {
  return requiringEncryption(
    elementOf('masterKey', {}, [
      { kind: 'comment', text: ' Warning: the key below is in an unencrypted form. ' },
      elementOf('value', {}, [
        Buffer.from(masterKey.buffer, masterKey.byteOffset, masterKey.length).toString('base64'),
      ]),
    ]),
  );
}
