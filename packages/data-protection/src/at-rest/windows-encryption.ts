import { CryptographicError } from '../errors/cryptographic-error.ts';
import type { XmlElement } from '../xml/element.ts';
import type { XmlDecryptor } from './encryption-at-rest.ts';

const remedy =
  'On Windows, let ASP.NET Core protect the ring for a certificate (ProtectKeysWithCertificate) and bring the exported ' +
  'ring here with "poolhouse keys import"; payloads of this key stay unreadable here until then. Do not delete it.';

/** Recognises what Windows DPAPI encrypted; only the user or the machine that wrote it can undo that. */
export class DpapiXmlDecryptor implements XmlDecryptor {
  decrypt(): Promise<XmlElement> {
    return Promise.reject(
      encryptedForWindows('Windows DPAPI, which only the Windows user or machine that wrote it can undo'),
    );
  }
}

/** Recognises what Windows DPAPI-NG encrypted; only the members of a domain that its rule names can undo that. */
export class DpapiNGXmlDecryptor implements XmlDecryptor {
  decrypt(element: XmlElement): Promise<XmlElement> {
    const comments = element.children.flatMap((node) => (node.kind === 'comment' ? [node.text.trim()] : []));
    const rule = comments
      .find((text) => text.startsWith('Rule:'))
      ?.slice('Rule:'.length)
      .trim();
    const whom = rule === undefined ? 'whom its rule names' : `for the rule "${rule.slice(0, 300)}"`;
    return Promise.reject(encryptedForWindows(`Windows DPAPI-NG, which only Windows can undo ${whom}`));
  }
}

function encryptedForWindows(scheme: string): CryptographicError {
  return new CryptographicError('KeyEncryptedForWindows', `It is encrypted with ${scheme}. ${remedy}`);
}
