import type { XmlElement } from '../xml/element.ts';

/**
 * Is given every new key in clear before it is encrypted and stored, so that it can be kept elsewhere. When it fails,
 * the key is not stored. ASP.NET Core calls it `IKeyEscrowSink`.
 */
export interface KeyEscrowSink {
  store(keyId: string, element: XmlElement): Promise<void> | void;
}
