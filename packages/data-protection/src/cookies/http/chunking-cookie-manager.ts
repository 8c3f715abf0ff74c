import { formatSetCookie, type SetCookieOptions } from './set-cookie.ts';

/** Where cookies are looked up by name; `RequestCookies` and objects like `Map<string, string>` are one. */
export interface CookieSource {
  get(name: string): string | null | undefined;
}

export interface ChunkingOptions {
  /** Characters of one `Set-Cookie` field before the cookie is divided. Default 4050: browsers refuse 4096. */
  readonly chunkSize?: number;
  /** Throw when a chunk is missing; else what is there is returned, the marker. Default false. */
  readonly throwForPartialCookies?: boolean;
}

const defaultChunkSize = 4050;
const marker = 'chunks-';
/** Of a name: `C1` to `C50` and a digit. */
const suffixLength = 3;
const leastRoom = 10;
const maximumChunks = 50;

/**
 * Cookies larger than one cookie can be: `name=chunks-2`, `nameC1=…`, `nameC2=…`. ASP.NET Core:
 * `ChunkingCookieManager`.
 */
export class ChunkingCookieManager {
  readonly #chunkSize: number;
  readonly #throwForPartialCookies: boolean;

  constructor({ chunkSize = defaultChunkSize, throwForPartialCookies = false }: ChunkingOptions = {}) {
    this.#chunkSize = chunkSize;
    this.#throwForPartialCookies = throwForPartialCookies;
  }

  /**
   * The whole value of a cookie; null when there is none. When a chunk is missing, or there are said to be more than 50,
   * the marker itself is returned.
   *
   * @throws Error for a missing chunk with `throwForPartialCookies`
   */
  get(cookies: CookieSource, name: string): string | null {
    const value = cookies.get(name);
    if (value == null) return null;
    const count = chunkCount(value);
    if (count === 0 || count > maximumChunks) return value;
    let joined = '';
    for (let chunk = 1; chunk <= count; chunk++) {
      const part = cookies.get(chunkName(name, chunk));
      if (part == null || part === '') {
        if (!this.#throwForPartialCookies) return value;
        throw new Error(`Of the ${count} chunks of the cookie ${name}, chunk ${chunk} is missing.`);
      }
      joined += part;
    }
    return joined;
  }

  /**
   * `Set-Cookie` texts that write a value, one or several.
   *
   * @throws RangeError when name and attributes leave no room in a chunk, or the value needs more than 50
   */
  set(name: string, value: string, options: SetCookieOptions = {}): string[] {
    const templateLength = formatSetCookie(name, '', options).length;
    if (value === '' || this.#chunkSize > templateLength + value.length) return [formatSetCookie(name, value, options)];
    if (this.#chunkSize < templateLength + leastRoom) {
      throw new RangeError(
        `Name and attributes of the cookie ${name} leave no room for data in ${this.#chunkSize} characters.`,
      );
    }
    const dataLength = this.#chunkSize - templateLength - suffixLength;
    const count = Math.ceil(value.length / dataLength);
    if (count > maximumChunks) {
      throw new RangeError(`The cookie ${name} needs ${count} chunks; no more than ${maximumChunks} are read back.`);
    }
    const fields = [formatSetCookie(name, `${marker}${count}`, options)];
    for (let chunk = 1; chunk <= count; chunk++) {
      const data = value.slice((chunk - 1) * dataLength, chunk * dataLength);
      fields.push(formatSetCookie(chunkName(name, chunk), data, options));
    }
    return fields;
  }

  /** `Set-Cookie` texts that delete a cookie and those of its chunks that came with the request. */
  delete(cookies: CookieSource, name: string, options: SetCookieOptions = {}): string[] {
    const { maxAgeSeconds: _, ...kept } = options;
    const ended: SetCookieOptions = { ...kept, expires: new Date(0) };
    const fields = [formatSetCookie(name, '', ended)];
    const count = Math.min(chunkCount(cookies.get(name) ?? ''), maximumChunks);
    for (let chunk = 1; chunk <= count && cookies.get(chunkName(name, chunk)); chunk++) {
      fields.push(formatSetCookie(chunkName(name, chunk), '', ended));
    }
    return fields;
  }
}

/** 0 for what is no marker. */
function chunkCount(value: string): number {
  return value.startsWith(marker) && /^\d{1,9}$/.test(value.slice(marker.length))
    ? Number(value.slice(marker.length))
    : 0;
}

function chunkName(name: string, chunk: number): string {
  return `${name}C${chunk}`;
}
