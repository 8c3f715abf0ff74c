import type * as NodeForge from 'node-forge';

export type Forge = typeof NodeForge;
export type Asn1Node = NodeForge.asn1.Asn1;

/** Takes ASN.1 apart; whatever is not as expected throws. */
export class Asn1Reader {
  readonly #asn1: Forge['asn1'];

  constructor(forge: Forge) {
    this.#asn1 = forge.asn1;
  }

  parse(bytes: Uint8Array): Asn1Node {
    return this.#asn1.fromDer(Buffer.from(bytes).toString('latin1'));
  }

  encode(node: Asn1Node): Buffer {
    return Buffer.from(this.#asn1.toDer(node).getBytes(), 'latin1');
  }

  /** The members of a SEQUENCE or of any other constructed value. */
  sequence(node: Asn1Node | undefined): readonly Asn1Node[] {
    if (node === undefined || typeof node.value === 'string') throw new TypeError('A sequence is missing.');
    return node.value;
  }

  /** The one member of an explicit tag. */
  explicit(node: Asn1Node | undefined): Asn1Node {
    const [member] = this.sequence(node);
    if (member === undefined) throw new TypeError('A tagged value is missing.');
    return member;
  }

  /** The content of a ContentInfo that must be of one type. */
  contentOf(node: Asn1Node | undefined, type: string): Asn1Node | undefined {
    const [actual, content] = this.sequence(node);
    if (this.oid(actual) !== type) throw new TypeError('The content has another type.');
    return content;
  }

  oid(node: Asn1Node | undefined): string {
    return this.#asn1.derToOid(this.#text(node));
  }

  /** Below 2³¹. */
  integer(node: Asn1Node | undefined): number {
    const bytes = Buffer.from(this.#text(node), 'latin1');
    if (bytes.length === 0 || bytes.length > 4 || (bytes[0] as number) > 127)
      throw new TypeError('A number is too large.');
    return bytes.readUIntBE(0, bytes.length);
  }

  /** An OCTET STRING, also one in pieces as BER allows. */
  octets(node: Asn1Node | undefined): Buffer {
    if (node !== undefined && typeof node.value !== 'string') {
      return Buffer.concat(node.value.map((piece) => this.octets(piece)));
    }
    return Buffer.from(this.#text(node), 'latin1');
  }

  isInteger(node: Asn1Node | undefined): boolean {
    return node?.type === this.#asn1.Type.INTEGER && node.tagClass === this.#asn1.Class.UNIVERSAL;
  }

  #text(node: Asn1Node | undefined): string {
    if (typeof node?.value !== 'string') throw new TypeError('A value is missing.');
    return node.value;
  }
}
