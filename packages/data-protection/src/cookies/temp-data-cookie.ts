import { Buffer } from 'node:buffer';
import type { DataProtectorFactory } from '../protection/data-protector.ts';
import { SecureDataFormat } from './tickets/secure-data-format.ts';

/**
 * The cookie `.AspNetCore.Mvc.CookieTempDataProvider`, which is chunked: the bytes that MVC keeps from one request to
 * the next. Since ASP.NET Core 3.0 they are a JSON object in UTF-8; they were BSON before.
 */
export class TempDataCookieFormat extends SecureDataFormat<Uint8Array> {
  static readonly defaultCookieName = '.AspNetCore.Mvc.CookieTempDataProvider';

  constructor(provider: DataProtectorFactory) {
    super(bytesThemselves, provider.createProtector('Microsoft.AspNetCore.Mvc.CookieTempDataProviderToken.v1'));
  }
}

const bytesThemselves = {
  serialize: (bytes: Uint8Array) => bytes,
  deserialize: (bytes: Uint8Array) => Buffer.from(bytes),
};
